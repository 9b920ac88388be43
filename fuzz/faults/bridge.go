package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
	"github.com/strata-go/strata/ctx/wire"
	"github.com/strata-go/strata/internal/ctxmodel"
)

var bridgeOps = []op{
	{"std.context", bridgeRoom, 4, func(m *machine, s Step) { m.brdg.context(s) }},
	{"std.serve", bridgeRoom, 3, func(m *machine, s Step) { m.brdg.serve(s) }},
	{"std.profile", bridgeRoom, 2, func(m *machine, s Step) { m.brdg.profile(s) }},
	{"std.log", bridgeRoom, 2, func(m *machine, s Step) { m.brdg.log(s) }},
	{"std.group", bridgeRoom, 4, func(m *machine, s Step) { m.brdg.group(s) }},
	{"wire.encode", bridgeRoom, 4, func(m *machine, s Step) { m.brdg.encode(s) }},
	{"wire.decode", bridgeRoom, 4, func(m *machine, s Step) { m.brdg.decode(s) }},
}

// number is a user's codec.
var number = wire.Codec[int]{
	Encode: func(x int) (string, error) {
		cur.user(atCodec)
		if x%5 == 0 {
			return "", errCodec
		}
		return strconv.Itoa(x), nil
	},
	Decode: func(s string) (int, error) {
		cur.user(atCodec)
		return strconv.Atoi(s)
	},
}

var errCodec = errors.New("not to be sent")

type bridge struct {
	m   *machine
	reg wire.Registry
}

func (r *bridge) start(m *machine) {
	r.m = m
	wire.RegisterIn(&r.reg, variable[plain], "plain", number, 1)
	wire.RegisterIn(&r.reg, variable[guarded], "guarded", number, 2)
	wire.RegisterIn(&r.reg, variable[copied], "copied", wire.Int, 3)
}

// in runs steps in a State that starts with a snapshot, as user code called
// from p.
func (r *bridge) in(p place, st *ctx.State, model ctxmodel.Snap, steps int) {
	r.m.vars.in(p, &frame{st, &ctxmodel.Frame{Kind: ctxmodel.Alone, Level: ctxmodel.NewLevel(model)}}, steps)
}

func (r *bridge) context(s Step) {
	v := &r.m.vars
	c := context.WithValue(v.at().st.Snapshot().Context(foreign{r.m, context.Background()}), r, 1)
	model := v.flatten()
	switch s.C % 4 {
	case 0:
		c = stdctx.Detach(c, r)
		model = v.model.Inherited(model)
	case 1:
		x := v.next()
		if v.model.Refuses(guarded, x) {
			if err := v.refusal(func() { variable[guarded].WithContext(c, x) }); !errors.Is(err, errGuard) {
				r.m.failf("a refused WithContext gives %v", err)
			}
			return
		}
		c = variable[guarded].WithContext(c, x)
		model = v.model.Bind(model, guarded, x)
	}
	if c.Value(r) != 1 {
		r.m.failf("the context has lost its value")
	}
	if got, ok := variable[plain].From(c); true {
		if want, has := v.model.In(model, plain); ok != has || ok && got != want {
			r.m.failf("From: %d, %v, want %d, %v", got, ok, want, has)
		}
	}
	r.in(atRun, stdctx.State(c), model, int(s.B)%4)
}

// foreign is somebody else's context, which never ends.
type foreign struct {
	m *machine
	context.Context
}

func (c foreign) Deadline() (t time.Time, ok bool) { c.m.user(atForeign); return t, false }
func (c foreign) Done() <-chan struct{}            { c.m.user(atForeign); return nil }
func (c foreign) Err() error                       { c.m.user(atForeign); return nil }
func (c foreign) Value(key any) any                { c.m.user(atForeign); return c.Context.Value(key) }

// profile runs steps under the labels of a profiler.
func (r *bridge) profile(s Step) {
	f, model := r.m.vars.at(), r.m.vars.flatten()
	c := f.st.Snapshot().Context(foreign{r.m, context.Background()})
	stdctx.Profile(c, func(c context.Context) {
		r.in(atProfile, stdctx.State(c), model, int(s.B)%4)
	}, stdctx.Attr("plain", variable[plain]))
}

// serve sends a request through the middleware.
func (r *bridge) serve(s Step) {
	v := &r.m.vars
	f := v.at()
	x := v.next()
	model := v.model.Bind(v.flatten(), plain, x)
	refuse := s.C&7 == 0
	served := false
	h := stdctx.Middleware(func(st *ctx.State, _ *http.Request) error {
		r.m.user(atSetter)
		variable[plain].Put(st, x)
		if refuse {
			return errGuard
		}
		return nil
	})(stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, _ *http.Request) {
		served = true
		r.in(atHandler, st, model, int(s.B)%4)
		w.WriteHeader(http.StatusNoContent)
	}))
	req := httptest.NewRequest(http.MethodGet, "/", nil)
	req = req.WithContext(f.st.Snapshot().Context(req.Context()))
	w := httptest.NewRecorder()
	h.ServeHTTP(w, req)
	if served == refuse || (w.Code == http.StatusBadRequest) != refuse {
		r.m.failf("served %v, refused %v, code %d", served, refuse, w.Code)
	}
}

// sink is a user's slog.Handler.
type sink struct {
	r *bridge
	b *strings.Builder
}

func (h sink) Enabled(context.Context, slog.Level) bool { h.r.m.user(atLog); return true }
func (h sink) WithGroup(string) slog.Handler            { h.r.m.user(atLog); return h }
func (h sink) WithAttrs(attrs []slog.Attr) slog.Handler {
	h.r.m.user(atLog)
	fmt.Fprint(h.b, attrs)
	return h
}
func (h sink) Handle(_ context.Context, rec slog.Record) error {
	h.r.m.user(atLog)
	rec.Attrs(func(a slog.Attr) bool {
		fmt.Fprint(h.b, a)
		return true
	})
	return nil
}

func (r *bridge) log(s Step) {
	var b strings.Builder
	f := r.m.vars.at()
	log := slog.New(stdctx.NewLogHandler(sink{r, &b}, stdctx.Attr("plain", variable[plain]), stdctx.List("stack", stacks[0])))
	if s.C&1 != 0 {
		log = log.WithGroup("g").With("a", 1)
	}
	x, ok := r.m.vars.model.In(r.m.vars.flatten(), plain)
	log.InfoContext(f.st.Snapshot().Context(context.Background()), "done")
	if ok != strings.Contains(b.String(), fmt.Sprint("plain=", x)) {
		r.m.failf("the log has %q, want plain=%d: %v", &b, x, ok)
	}
}

// group runs tasks one after the other: what one throws comes out of Wait.
func (r *bridge) group(s Step) {
	v := &r.m.vars
	f := v.at()
	limit := 1 + int(s.C)%2
	g := stdctx.NewGroup(f.st.Snapshot().Context(context.Background()), limit)
	var fell fallen
	fails := s.C&24 == 0
	tasks := 1 + int(s.A)%3
	waited := false
	defer func() {
		if waited {
			return
		}
		// Go has thrown: no task was started, and no place is taken.
		fl := r.m.flying
		r.m.flying = nil
		r.m.muted++
		r.emptied(g, limit)
		r.m.muted--
		r.m.flying = fl
	}()
	for i := range tasks {
		model := v.model.Inherited(v.flatten())
		done := make(chan struct{})
		g.Go(f.st, func(st *ctx.State, _ context.Context) error {
			defer close(done)
			defer fell.task(r.m)()
			r.in(atWork, st, model, int(s.B)%3)
			if fails && i == 0 {
				return errThrown
			}
			return nil
		})
		<-done
	}
	waited = true
	r.m.flying = fell.any
	err := g.Wait()
	if fell.any != nil {
		r.m.failf("Wait returns %v where a task panicked", err)
	}
	if (err != nil) != (fell.exited || fails) || fails && !fell.exited && err != errThrown {
		r.m.failf("Wait returns %v (Goexit %v, error %v)", err, fell.exited, fails)
	}
}

// emptied waits for the tasks of a group and finds all its places free.
func (r *bridge) emptied(g *stdctx.Group, limit int) {
	defer func() { _ = recover() }() // what a task threw
	_ = g.Wait()
	hold := make(chan struct{})
	defer close(hold)
	for i := range limit {
		if !g.TryGo(nil, func(*ctx.State, context.Context) error { <-hold; return nil }) {
			r.m.failf("%d of %d places of a group are taken, and no task runs", limit-i, limit)
			return
		}
	}
}

func (r *bridge) encode(s Step) {
	v := &r.m.vars
	snap, model := v.at().st.Snapshot(), v.flatten()
	pairs, dropped := r.reg.Encode(snap, wire.Pair{Name: "other", Value: "x"})
	got := map[string]string{}
	for _, p := range pairs {
		got[p.Name] = p.Value
	}
	refused := 0
	for name, i := range map[string]int{"plain": plain, "guarded": guarded, "copied": copied} {
		x, ok := v.model.In(model, i)
		if ok && i != copied && x%5 == 0 {
			ok = false
			refused++
		}
		if text, has := got[name]; has != ok || ok && text != strconv.Itoa(x) {
			r.m.failf("Encode sends %q, %v for %s, want %d, %v", text, has, name, x, ok)
		}
	}
	if len(dropped) != refused || got["other"] != "x" {
		r.m.failf("Encode drops %v and sends %v", dropped, pairs)
	}
}

func (r *bridge) decode(s Step) {
	v := &r.m.vars
	f := v.at()
	x, y := v.next(), v.next()
	pairs := []wire.Pair{{Name: "plain", Value: strconv.Itoa(x)}, {Name: "guarded", Value: strconv.Itoa(y)}, {Name: "copied", Value: "no"}, {Name: "other", Value: "z"}}
	refused := 1
	var in wire.Received
	hit := false // a codec or guard panicked: its member is refused
	in = r.reg.Decode(pairs, "plain", "guarded", "copied")
	if r.m.flying != nil {
		hit = true
		r.m.absorbed()
	}
	wantY := !v.model.Refuses(guarded, y)
	if !wantY {
		refused++
	}
	if !hit && (in.Refused() != refused || in.Len() != 3-refused) {
		r.m.failf("Decode takes %d and refuses %d, want %d refused: %v", in.Len(), in.Refused(), refused, in.Errors())
	}
	if hit && in.Len() < 2-refused {
		r.m.failf("one panic of a codec refuses more than its member: %d, %d", in.Len(), in.Refused())
	}
	snap := in.Into(ctx.Snapshot{})
	if got, ok := variable[plain].In(snap); !hit && (!ok || got != x) {
		r.m.failf("Into: plain is %d, %v", got, ok)
	}
	in.Set(f.st)
	for i, z := range map[int]int{plain: x, guarded: y} {
		if got, ok := variable[i].In(snap); ok && got == z {
			v.model.Set(f.f, i, z)
		} else if ok {
			r.m.failf("Into: %s is %d, want %d", variable[i].Name(), got, z)
		}
	}
}
