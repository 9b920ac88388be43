package readme

import (
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	fence   = regexp.MustCompile("(?ms)^```.*?^```")
	code    = regexp.MustCompile("`[^`\n]*`")
	link    = regexp.MustCompile(`\]\(([^)\s]+)`)
	scheme  = regexp.MustCompile(`^[a-z]+:`)
	heading = regexp.MustCompile(`(?m)^#{1,6} +(.*)$`)
	named   = regexp.MustCompile(`<a (?:id|name)="([^"]+)"`)
	text    = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
	dropped = regexp.MustCompile(`[^\p{L}\p{N}_\- ]`)
)

// TestLinks: each relative link of each page leads to a file of the repository and, with an anchor, to a heading there.
func TestLinks(t *testing.T) {
	links := 0
	for _, page := range pages(t) {
		content := fence.ReplaceAllString(read(t, page), "")
		for _, target := range link.FindAllStringSubmatch(code.ReplaceAllString(content, ""), -1) {
			if scheme.MatchString(target[1]) {
				continue
			}
			links++
			assert.True(t, leads(t, page, target[1]), "%s: link to %s", page, target[1])
		}
	}
	require.Positive(t, links)
}

// TestLinksSeesDeadOnes: a link to nothing, and to a heading that is not there, leads nowhere.
func TestLinksSeesDeadOnes(t *testing.T) {
	readme := filepath.Join("..", "..", "README.md")
	assert.True(t, leads(t, readme, "CHANGELOG.md"))
	assert.True(t, leads(t, readme, "docs/coming-from.md"))
	assert.False(t, leads(t, readme, "docs/nothing.md"))
	assert.False(t, leads(t, readme, "#no-heading-of-this-page"))
	assert.False(t, leads(t, readme, "CHANGELOG.md#no-heading-of-this-page"))
}

// pages are the Markdown files of the repository.
func pages(t *testing.T) (list []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(filepath.Join("..", ".."), func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && (d.Name() == ".git" || d.Name() == "node_modules" || d.Name() == "testdata"):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".md"):
			list = append(list, path)
		}
		return nil
	}))
	require.NotEmpty(t, list)
	return list
}

func leads(t *testing.T, page, target string) bool {
	t.Helper()
	file, anchor, _ := strings.Cut(target, "#")
	if file == "" {
		file = page
	} else {
		file = filepath.Join(filepath.Dir(page), filepath.FromSlash(file))
	}
	if !exists(file) {
		return false
	}
	return anchor == "" || !strings.HasSuffix(file, ".md") || anchors(read(t, file))[anchor]
}

// anchors are the names that GitHub gives to headings.
func anchors(content string) map[string]bool {
	content = fence.ReplaceAllString(content, "")
	found := map[string]bool{}
	for _, h := range heading.FindAllStringSubmatch(content, -1) {
		name := strings.ToLower(strings.TrimSpace(text.ReplaceAllString(h[1], "$1")))
		found[strings.ReplaceAll(dropped.ReplaceAllString(name, ""), " ", "-")] = true
	}
	for _, a := range named.FindAllStringSubmatch(content, -1) {
		found[a[1]] = true
	}
	return found
}
