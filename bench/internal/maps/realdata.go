package maps

import (
	"go/build"
	"go/scanner"
	"go/token"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"unicode"
)

// Words are the words of the comments in the standard library's sources.
func Words() Kind[string] {
	return textKind("word", firstOf(func() []string { return corpus().words }))
}

// Identifiers are the Go identifiers of the same files.
func Identifiers() Kind[string] {
	return textKind("identifier", firstOf(func() []string { return corpus().identifiers }))
}

// Headers are the names of HTTP header fields.
func Headers() Kind[string] {
	return textKind("header", firstOf(func() []string { return strings.Fields(headerNames) }))
}

// headerSize is how many header names a workload can hold: as many are absent.
func headerSize() int { return len(strings.Fields(headerNames)) / 2 }

// firstOf makes a generator that takes at most n of a list.
func firstOf(list func() []string) func(int, *rand.Rand) []string {
	return func(n int, rng *rand.Rand) []string {
		all := append([]string(nil), list()...)
		rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:min(n, len(all))&^1]
	}
}

type texts struct{ words, identifiers []string }

// corpus reads the standard library once: about 30 MB, half a second.
var corpus = sync.OnceValue(func() texts {
	words, identifiers := map[string]bool{}, map[string]bool{}
	var t texts
	add := func(seen map[string]bool, list *[]string, s string) {
		if !seen[s] {
			s = strings.Clone(s)
			seen[s] = true
			*list = append(*list, s)
		}
	}
	src := filepath.Join(build.Default.GOROOT, "src")
	// Unreadable files are skipped: whatever is there is the data.
	_ = filepath.WalkDir(src, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if d.IsDir() {
			if n := d.Name(); n == "cmd" || n == "testdata" || n == "vendor" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return nil
		}
		var s scanner.Scanner
		s.Init(token.NewFileSet().AddFile(path, -1, len(text)), text, func(token.Position, string) {}, scanner.ScanComments)
		for {
			_, tok, lit := s.Scan()
			switch tok {
			case token.EOF:
				return nil
			case token.IDENT:
				add(identifiers, &t.identifiers, lit)
			case token.COMMENT:
				for w := range strings.FieldsFuncSeq(lit, func(r rune) bool { return !unicode.IsLetter(r) }) {
					if len(w) > 1 {
						add(words, &t.words, strings.ToLower(w))
					}
				}
			}
		}
	})
	return t
})

const headerNames = `
Accept Accept-Charset Accept-Encoding Accept-Language Accept-Patch Accept-Ranges Access-Control-Allow-Credentials
Access-Control-Allow-Headers Access-Control-Allow-Methods Access-Control-Allow-Origin Access-Control-Expose-Headers
Access-Control-Max-Age Access-Control-Request-Headers Access-Control-Request-Method Age Allow Alt-Svc Authorization
Cache-Control Clear-Site-Data Connection Content-Disposition Content-Encoding Content-Language Content-Length
Content-Location Content-Range Content-Security-Policy Content-Security-Policy-Report-Only Content-Type Cookie
Cross-Origin-Embedder-Policy Cross-Origin-Opener-Policy Cross-Origin-Resource-Policy Date Device-Memory Digest Dnt
Downlink Early-Data Etag Expect Expect-Ct Expires Forwarded From Host If-Match If-Modified-Since If-None-Match
If-Range If-Unmodified-Since Keep-Alive Last-Modified Link Location Max-Forwards Nel Origin Permissions-Policy Pragma
Proxy-Authenticate Proxy-Authorization Range Referer Referrer-Policy Retry-After Rtt Save-Data Sec-Ch-Ua
Sec-Ch-Ua-Mobile Sec-Ch-Ua-Platform Sec-Fetch-Dest Sec-Fetch-Mode Sec-Fetch-Site Sec-Fetch-User Sec-Websocket-Accept
Server Server-Timing Service-Worker-Navigation-Preload Set-Cookie Sourcemap Strict-Transport-Security Te
Timing-Allow-Origin Trailer Transfer-Encoding Upgrade Upgrade-Insecure-Requests User-Agent Vary Via Want-Digest
Warning Www-Authenticate X-Content-Type-Options X-Dns-Prefetch-Control X-Forwarded-For X-Forwarded-Host
X-Forwarded-Proto X-Frame-Options X-Request-Id X-Xss-Protection Traceparent Tracestate Baggage`
