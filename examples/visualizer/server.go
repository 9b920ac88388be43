package main

import (
	_ "embed"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
)

//go:embed page.html
var page []byte

// A server holds one session: whoever opens the page sees the same map.
type server struct {
	mu   sync.Mutex
	trie *trie
}

func newServer() http.Handler {
	s := &server{trie: newTrie()}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		// The page loads nothing and talks to this server only.
		w.Header().Set("Content-Security-Policy",
			"default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; connect-src 'self'; frame-ancestors 'none'")
		_, _ = w.Write(page) // who went away misses nothing
	})
	mux.HandleFunc("GET /map", s.show)
	mux.HandleFunc("POST /map", s.edit)
	mux.HandleFunc("GET /program", func(w http.ResponseWriter, r *http.Request) { reply(w, play()) })
	return guard(mux)
}

// guard refuses what other web pages in the same browser send: names that were made to lead to this machine, and
// requests from elsewhere.
func guard(next http.Handler) http.Handler {
	csrf := http.NewCrossOriginProtection()
	return csrf.Handler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := r.Host
		if !strings.Contains(host, ":") || strings.HasSuffix(host, "]") {
			host += ":80"
		}
		if !loopback(host) {
			http.Error(w, "this server answers under loopback addresses only", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

func (s *server) show(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply(w, s.trie.picture())
}

// edit makes one more version and answers with the new picture.
func (s *server) edit(w http.ResponseWriter, r *http.Request) {
	var e edit
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, 4096))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&e); err != nil {
		http.Error(w, "the body is not an edit in JSON: "+err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.trie.do(e); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	reply(w, s.trie.picture())
}

func reply(w http.ResponseWriter, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_ = json.NewEncoder(w).Encode(body) // who went away misses nothing
}
