package stdctx_test

import (
	"bytes"
	"context"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

// labels returns those of c.
func labels(c context.Context) map[string]string {
	m := map[string]string{}
	pprof.ForLabels(c, func(key, value string) bool { m[key] = value; return true })
	return m
}

var profiled = []stdctx.LogAttr{
	stdctx.Attr("user", user), stdctx.Attr("tenant", tenant), stdctx.Attr("token", secret), stdctx.List("path", path),
}

// Named variables that are set become labels, above those that are there, for f
// and no longer; a redacted one shows that it is set and nothing else.
func TestProfile(t *testing.T) {
	st := ctx.NewState()
	user.Put(st, "ann")
	secret.Put(st, "s3cret")
	path.Push(st, "a")
	path.Push(st, "b")
	outer := pprof.WithLabels(t.Context(), pprof.Labels("user", "nobody", "job", "7"))
	c := st.Snapshot().Context(outer)
	ran := false
	stdctx.Profile(c, func(c context.Context) {
		ran = true
		equal(t, labels(c), map[string]string{"user": "ann", "token": stdctx.Redacted, "path": "[a b]", "job": "7"})
		user.Put(st, "bob")
		equal(t, labels(c)["user"], "ann")
		u, _ := user.From(c)
		equal(t, u, "ann")

		var profile bytes.Buffer
		if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
			t.Error(err)
		}
		equal(t, strings.Contains(profile.String(), `"user":"ann"`), true)
		equal(t, strings.Contains(profile.String(), "s3cret"), false)
	}, profiled...)
	equal(t, ran, true)
	equal(t, labels(c)["user"], "nobody")

	stdctx.Profile(nil, func(c context.Context) { equal(t, len(labels(c)), 0) }, profiled...) //nolint:staticcheck // some pass none
}

// A panic of f passes through, and the labels end with it.
func TestProfile_Panic(t *testing.T) {
	st := ctx.NewState()
	user.Put(st, "left-by-a-panic")
	func() {
		defer func() { equal(t, recover(), any("boom")) }()
		stdctx.Profile(st.Snapshot().Context(t.Context()), func(context.Context) { panic("boom") }, profiled...)
	}()
	var profile bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&profile, 1); err != nil {
		t.Error(err)
	}
	equal(t, strings.Contains(profile.String(), "left-by-a-panic"), false)
}

// An execution trace holds the values.
func TestProfile_Trace(t *testing.T) {
	var buf bytes.Buffer
	if err := trace.Start(&buf); err != nil {
		t.Skip("somebody else traces: ", err) // go test -trace
	}
	st := ctx.NewState()
	user.Put(st, "traced-user")
	secret.Put(st, "s3cret")
	stdctx.Profile(st.Snapshot().Context(t.Context()), func(context.Context) {}, profiled...)
	trace.Stop()
	equal(t, bytes.Contains(buf.Bytes(), []byte("traced-user")), true)
	equal(t, bytes.Contains(buf.Bytes(), []byte("s3cret")), false)
}
