package stdctx_test

import (
	"context"
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"
	"weak"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

type foreignKey struct{}

// Variables survive everything that derives a Context, and what the standard
// library derives below ours works: cancellation, causes, deadlines, values.
func TestValuesSurvive(t *testing.T) {
	boom := errors.New("boom")
	base := user.WithContext(context.WithValue(context.Background(), foreignKey{}, 1), "ann")
	reads := func(c context.Context) {
		t.Helper()
		x, ok := user.From(c)
		equal(t, x, "ann")
		equal(t, ok, true)
		equal(t, user.Get(stdctx.State(c)), "ann")
		equal(t, c.Value(foreignKey{}), any(1))
	}
	c, cancel := context.WithCancelCause(base)
	reads(c)
	below := tenant.WithContext(c, "acme") // ours below theirs
	reads(below)
	d, stop := context.WithTimeout(below, time.Hour)
	defer stop()
	reads(d)
	equal(t, tenant.Get(stdctx.State(d)), "acme")
	free := context.WithoutCancel(d)
	reads(free)
	called := make(chan context.Context, 1)
	context.AfterFunc(d, func() { called <- d })
	cancel(boom)
	reads(<-called)
	<-d.Done()
	isError(t, context.Cause(d), boom)
	isError(t, context.Cause(below), boom)
	isError(t, d.Err(), context.Canceled)
	equal(t, free.Err(), nil)
	deadline, ok := tenant.WithContext(d, "x").Deadline()
	want, _ := d.Deadline()
	equal(t, deadline, want)
	equal(t, ok, true)
}

// Standard children of our contexts attach to the parent's cancellation without
// a goroutine, however deep and mixed the chain is.
func TestNoExtraGoroutine(t *testing.T) {
	root, cancel := context.WithCancel(context.Background())
	c := root
	var stops []func()
	for i := range 100 {
		c = ctx.FromContext(c).With(tenant.To("t")).Context(c)
		switch i % 4 {
		case 0:
			var stop context.CancelFunc
			c, stop = context.WithCancel(c)
			stops = append(stops, stop)
		case 1:
			var stop context.CancelFunc
			c, stop = context.WithTimeout(c, time.Hour)
			stops = append(stops, stop)
		case 2:
			stops = append(stops, func(f func() bool) func() { return func() { f() } }(context.AfterFunc(c, func() {})))
		case 3:
			c = context.WithValue(c, foreignKey{}, i)
		}
	}
	equal(t, watchers(), 0)
	for _, stop := range stops {
		defer stop()
	}
	// A Context of another make costs one: what is counted above is what would be there.
	_, stop := context.WithCancel(madeElsewhere{c})
	defer stop()
	equal(t, watchers(), 1)
	cancel()
	isError(t, c.Err(), context.Canceled)
	for i := 0; watchers() > 0 && i < 1e6; i++ {
		runtime.Gosched()
	}
	equal(t, watchers(), 0)
}

// madeElsewhere hides from package context that its Done is that of a Context of its own.
type madeElsewhere struct{ context.Context }

func (madeElsewhere) Value(any) any { return nil }

// watchers counts the goroutines that package context started to carry a
// cancellation from a parent to a child. It looks at stacks, as the number of all
// goroutines changes with what other tests leave to end.
func watchers() int {
	stacks := make([]byte, 1<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	n := 0
	for g := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(g, "created by context.(*cancelCtx).propagateCancel") {
			n++
		}
	}
	return n
}

func TestState(t *testing.T) {
	c := user.WithContext(context.Background(), "ann")
	st := stdctx.State(c)
	user.Set(st, "bob")
	x, _ := user.From(c)
	equal(t, x, "ann") // a State never writes into a Context
	x, _ = user.From(st.Snapshot().Context(c))
	equal(t, x, "bob")
	equal(t, tenant.Get(stdctx.State(nil)), "none")
}

// Detach keeps variables, obeys their policies, keeps named foreign values, and
// lets everything else of the request go.
func TestDetach(t *testing.T) {
	type otherKey struct{}
	type big struct{ _ [1 << 12]byte }
	request := new(big)
	gone := weak.Make(request)
	detached := func() context.Context {
		c, cancel := context.WithTimeout(context.Background(), time.Hour)
		c = context.WithValue(c, foreignKey{}, request)
		c = context.WithValue(c, otherKey{}, "kept")
		c = user.WithContext(c, "ann")
		c = local.WithContext(c, "of this request")
		request = nil
		d := stdctx.Detach(c, otherKey{}, 42)
		cancel()
		return d
	}()
	equal(t, detached.Err(), nil)
	_, deadline := detached.Deadline()
	equal(t, deadline, false)
	x, _ := user.From(detached)
	equal(t, x, "ann")
	_, ok := local.From(detached)
	equal(t, ok, false)
	equal(t, detached.Value(otherKey{}), any("kept"))
	equal(t, detached.Value(foreignKey{}), nil)
	for range 5 {
		if runtime.GC(); gone.Value() == nil {
			break
		}
	}
	if gone.Value() != nil {
		t.Fatal("a detached Context keeps the request alive")
	}
	runtime.KeepAlive(detached)
}
