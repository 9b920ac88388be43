package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// ask asks the handler as a browser on this machine would.
func ask(t *testing.T, h http.Handler, method, path, body string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, path, strings.NewReader(body))
	r.Host = "127.0.0.1:1234"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func decode[T any](t *testing.T, w *httptest.ResponseRecorder) (x T) {
	t.Helper()
	require.Equal(t, http.StatusOK, w.Code, w.Body)
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &x))
	return x
}

// below lists the nodes of a version.
func below(p picture, root int) map[int]bool {
	set := map[int]bool{}
	var walk func(int)
	walk = func(n int) {
		set[n] = true
		for _, k := range p.Nodes[n].Kids {
			walk(k.To)
		}
	}
	if root >= 0 {
		walk(root)
	}
	return set
}

func TestMap(t *testing.T) {
	h := newServer()
	p := decode[picture](t, ask(t, h, "GET", "/map", ""))
	require.Len(t, p.Versions, 3)
	require.Equal(t, []int{48, 48, 49}, []int{p.Versions[0].Len, p.Versions[1].Len, p.Versions[2].Len})

	p = decode[picture](t, ask(t, h, "POST", "/map", `{"op":"set","key":"a\"b\\l: c","value":"new","from":0}`))
	require.Len(t, p.Versions, 4)
	v0, v1 := p.Versions[0], p.Versions[3]
	require.Equal(t, 49, v1.Len)
	require.Equal(t, []string{`+a"b\l: c:new`}, v1.Changes)
	require.NotEqual(t, v0.Root, v1.Root)
	old, now, shared := below(p, v0.Root), below(p, v1.Root), 0
	found := false
	for n := range now {
		if old[n] {
			shared++
		}
		for _, line := range p.Nodes[n].Text {
			found = found || line == `a"b\l: c: new` && !old[n]
		}
	}
	require.Positive(t, shared, "the versions share nodes")
	require.True(t, found, "the entry stands in a new node: %v", p.Nodes)

	// A branch from the first version; an edit that changes nothing is the same version.
	p = decode[picture](t, ask(t, h, "POST", "/map", `{"op":"delete","key":"apple","from":0}`))
	require.Equal(t, []string{"-apple:3"}, p.Versions[4].Changes)
	p = decode[picture](t, ask(t, h, "POST", "/map", `{"op":"delete","key":"nothing","from":4}`))
	require.True(t, p.Versions[5].Same)
	require.Equal(t, p.Versions[4].Root, p.Versions[5].Root)

	for range 2 * maxVersions {
		p = decode[picture](t, ask(t, h, "POST", "/map", `{"op":"set","key":"kiwi","value":"2","from":`+fmt.Sprint(p.Versions[len(p.Versions)-1].ID)+`}`))
	}
	require.Len(t, p.Versions, maxVersions)
}

func TestMapEmpties(t *testing.T) {
	tr := newTrie()
	for k := range tr.versions[len(tr.versions)-1].m.Keys() {
		require.NoError(t, tr.do(edit{Op: "delete", Key: k, From: tr.next - 1}))
	}
	p := tr.picture()
	require.Equal(t, -1, p.Versions[len(p.Versions)-1].Root)
}

func TestRefusals(t *testing.T) {
	h := newServer()
	for body, want := range map[string]string{
		`{"op":"set","key":"","from":0}`:                                     "a key has 1 to 20 letters",
		`{"op":"set","key":"` + strings.Repeat("x", 21) + `","from":0}`:      "a key has 1 to 20 letters",
		`{"op":"swap","key":"x","from":0}`:                                   "set or delete",
		`{"op":"set","key":"x","from":9}`:                                    "no version 9",
		`{"op":"set","key":"x","from":0,"more":1}`:                           "not an edit",
		`{"op":"set","key":"x","value":"` + strings.Repeat("x", 5000) + `"}`: "not an edit",
		`nonsense`: "not an edit",
	} {
		w := ask(t, h, "POST", "/map", body)
		require.Equal(t, http.StatusBadRequest, w.Code, body)
		require.Contains(t, w.Body.String(), want)
	}
	require.Equal(t, http.StatusNotFound, ask(t, h, "GET", "/other", "").Code)

	r := httptest.NewRequestWithContext(t.Context(), "GET", "/map", nil)
	r.Host = "visualizer.example:80"
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusForbidden, w.Code, "a name that was made to lead here")

	r = httptest.NewRequestWithContext(t.Context(), "POST", "/map", strings.NewReader(`{"op":"set","key":"x","from":0}`))
	r.Host = "127.0.0.1:1234"
	r.Header.Set("Origin", "https://elsewhere.example")
	w = httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, http.StatusForbidden, w.Code, "a page from elsewhere")
}

func TestAddress(t *testing.T) {
	for addr, want := range map[string]bool{
		"127.0.0.1:0": true, "127.3.2.1:80": true, "[::1]:0": true, "localhost:8080": true, "[::ffff:127.0.0.1]:1": true,
		":8080": false, "0.0.0.0:80": false, "[::]:80": false, "192.168.1.2:80": false, "example.com:80": false, "127.0.0.1": false, "": false,
	} {
		require.Equal(t, want, loopback(addr), addr)
	}
	var out, errs bytes.Buffer
	require.Equal(t, 2, run([]string{"-addr=0.0.0.0:0"}, &out, &errs))
	require.Contains(t, errs.String(), "not a loopback address")
	require.Empty(t, out.String())
}

// The page loads nothing from anywhere.
func TestPage(t *testing.T) {
	w := ask(t, newServer(), "GET", "/", "")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Header().Get("Content-Security-Policy"), "default-src 'none'")
	html := strings.ReplaceAll(w.Body.String(), "http://www.w3.org/2000/svg", "")
	for _, s := range []string{"http:", "https:", "src=", "href=", "@import", "url("} {
		require.NotContains(t, html, s)
	}
}

// What the program reads, worked out by hand from its text.
func TestProgram(t *testing.T) {
	p := decode[script](t, ask(t, newServer(), "GET", "/program", ""))
	var got []string
	for _, s := range p.Steps {
		require.GreaterOrEqual(t, s.Line, 0, s.Say)
		var names, reads []string
		for _, l := range s.Levels {
			names = append(names, l.Name)
		}
		for _, v := range s.Reads {
			reads = append(reads, v.Value)
		}
		got = append(got, fmt.Sprintf("%2d %s: %s", s.Line, strings.Join(names, " over "), strings.Join(reads, ", ")))
	}
	require.Equal(t, strings.Split(strings.Trim(want, "\n"), "\n"), got)
}

const want = `
 0 main: not set, not set, not set
 1 main: ann, 28, not set
 2 main: ann, 28, not set
13 pages over main: ann, 28, not set
14 pages over main: ann, 4, not set
 3 main: ann, 28, not set
 4 main: ann, 28, [20]
15 pages over main: ann, 4, [20]
16 pages over main: ann, 4, [20 10]
25 words over pages over main: ann, 4, [20 10]
26 words over pages over main: root, 4, [20 10 5]
18 pages over main: ann, 4, [20 10]
 5 main: ann, 28, [20]
 6 main: ann, 28, not set
 7 main: not set, not set, not set
 8 main: bob, not set, not set
20 pages over main: bob, 4, not set
21 pages over main: bob, not set, not set
 9 main: bob, not set, not set
11 main: not set, not set, not set
`

// What each level shows as its own where the stack is highest, and what waits later.
func TestProgramLevels(t *testing.T) {
	show := func(levels []level) string {
		var list []string
		for _, l := range levels {
			list = append(list, fmt.Sprint(l))
		}
		return strings.Join(list, " ")
	}
	steps := play().Steps
	require.Equal(t, "{words overlay [{deadlines [5] true} {user root true}]} "+
		"{pages overlay [{deadlines [10] true} {precision 4 true}]} "+
		"{main base [{deadlines [20] true} {precision 28 false} {user ann false}]}", show(steps[10].Levels))
	require.Equal(t, "{words overlay [{deadlines [5] true} {user root true}]} "+
		"{pages overlay [{deadlines [10] true} {precision 4 true}]}", show(steps[12].Suspended))
	require.Empty(t, steps[len(steps)-1].Suspended)
}
