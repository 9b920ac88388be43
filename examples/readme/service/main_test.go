package main

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/strata-go/strata/ctx/stdctx"
	"github.com/stretchr/testify/require"
)

func TestGreeting(t *testing.T) {
	var logged bytes.Buffer
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(stdctx.NewLogHandler(slog.NewTextHandler(&logged, nil), stdctx.Attr("user", User))))

	r := httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil)
	r.Header.Set("X-User", "ann")
	w := httptest.NewRecorder()
	authenticated(http.HandlerFunc(greet)).ServeHTTP(w, r)
	require.Equal(t, "hello ann\n", w.Body.String())
	require.Contains(t, logged.String(), "level=INFO msg=greeting known=true user=ann\n")

	logged.Reset()
	w = httptest.NewRecorder()
	greet(w, httptest.NewRequestWithContext(t.Context(), http.MethodGet, "/", nil))
	require.Equal(t, "hello \n", w.Body.String())
	require.Contains(t, logged.String(), "level=INFO msg=greeting known=false\n")
}
