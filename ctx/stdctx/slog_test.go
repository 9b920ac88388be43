package stdctx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"testing/slogtest"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

func handler(w *bytes.Buffer) *stdctx.LogHandler {
	return stdctx.NewLogHandler(slog.NewJSONHandler(w, nil), stdctx.Attr("user", user), stdctx.Attr("token", secret), stdctx.List("path", path))
}

// The handler keeps the contract of slog.Handler.
func TestLogHandler_Slogtest(t *testing.T) {
	var buf bytes.Buffer
	slogtest.Run(t, func(*testing.T) slog.Handler {
		buf.Reset()
		return handler(&buf)
	}, func(t *testing.T) map[string]any {
		var m map[string]any
		if err := json.Unmarshal(buf.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		return m
	})
}

// Named variables are logged where they are set, at the top level also inside
// groups; redacted ones never with their value, others not at all.
func TestLogHandler_Variables(t *testing.T) {
	var buf bytes.Buffer
	log := slog.New(handler(&buf))
	st := ctx.NewState()
	user.Set(st, "ann")
	tenant.Set(st, "not named")
	secret.Set(st, "hunter2")
	path.Push(st, "a")
	path.Push(st, "b")
	c := st.Snapshot().Context(context.Background())
	for _, s := range []struct {
		log  func()
		want string
	}{
		{func() { log.InfoContext(c, "m", "k", 1) }, `"k":1,"user":"ann","token":"[redacted]","path":["a","b"]}`},
		{func() { log.With("w", 2).InfoContext(c, "m") }, `"w":2,"user":"ann","token":"[redacted]","path":["a","b"]}`},
		{func() { log.With("w", 2).WithGroup("g").With("x", 3).InfoContext(c, "m", "k", 1) }, `"w":2,"user":"ann","token":"[redacted]","path":["a","b"],"g":{"x":3,"k":1}}`},
		{func() { log.WithGroup("g").InfoContext(context.Background(), "m", "k", 1) }, `"g":{"k":1}}`},
		{func() { log.InfoContext(user.WithContext(context.Background(), "bob"), "m") }, `"user":"bob"}`},
		{func() { log.Info("m") }, `"msg":"m"}`},
		{func() { log.InfoContext(nil, "m") }, `"msg":"m"}`}, //nolint:staticcheck // some callers do
		{func() { log.DebugContext(c, "m") }, ``},
	} {
		buf.Reset()
		s.log()
		if got := strings.TrimSpace(buf.String()); !strings.HasSuffix(got, s.want) || (s.want == "") != (got == "") {
			t.Errorf("got %s, want …%s", got, s.want)
		}
		if strings.Contains(buf.String(), "hunter2") || strings.Contains(buf.String(), "not named") {
			t.Errorf("logged too much: %s", &buf)
		}
	}
}

// Handlers derived from one another do not share what they add.
func TestLogHandler_Derived(t *testing.T) {
	var buf bytes.Buffer
	g := slog.New(handler(&buf)).WithGroup("g").With("a", 1)
	x, y := g.With("x", 1), g.With("y", 1)
	x.InfoContext(user.WithContext(context.Background(), "ann"), "m")
	y.InfoContext(user.WithContext(context.Background(), "ann"), "m")
	if got := buf.String(); !strings.Contains(got, `"g":{"a":1,"x":1}`) || !strings.Contains(got, `"g":{"a":1,"y":1}`) {
		t.Error(got)
	}

	secrets := ctx.StaticStack("secrets", ctx.Redact[string])
	st := ctx.NewState()
	secrets.Push(st, "hunter2")
	buf.Reset()
	slog.New(stdctx.NewLogHandler(slog.NewTextHandler(&buf, nil), stdctx.List("secrets", secrets))).
		InfoContext(st.Snapshot().Context(context.Background()), "m")
	if got := buf.String(); !strings.Contains(got, "secrets="+stdctx.Redacted) || strings.Contains(got, "hunter2") {
		t.Error(got)
	}
}
