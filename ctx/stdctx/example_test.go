package stdctx_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/pprof"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

// A function of a library knows only context.Context.
func ExampleState() {
	library := func(c context.Context) {
		st := stdctx.State(c) // a task begins
		fmt.Println(user.Get(st))
	}
	st := ctx.NewState()
	user.Set(st, "ann")
	library(st.Snapshot().Context(context.Background()))
	// Output: ann
}

func ExampleDetach() {
	c, cancel := context.WithCancel(user.WithContext(context.Background(), "ann"))
	d := stdctx.Detach(c)
	cancel() // the request is over
	x, _ := user.From(d)
	fmt.Println(x, c.Err(), d.Err())
	// Output: ann context canceled <nil>
}

func ExampleMiddleware() {
	h := stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "hello", user.Get(st))
	})
	setUser := func(st *ctx.State, r *http.Request) error {
		name, _, ok := r.BasicAuth()
		if !ok {
			return errors.New("who are you?")
		}
		user.Set(st, name)
		return nil
	}
	srv := stdctx.Middleware(setUser)(h)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	fmt.Println(w.Code)
	r.SetBasicAuth("ann", "")
	w = httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	fmt.Print(w.Code, " ", w.Body)
	// Output:
	// 400
	// 200 hello ann
}

func ExampleSetter() {
	var set stdctx.Setter = func(st *ctx.State, r *http.Request) error {
		path.Push(st, r.URL.Path)
		return nil
	}
	st := ctx.NewState()
	fmt.Println(set(st, httptest.NewRequest(http.MethodGet, "/a", nil)), path.Get(st))
	// Output: <nil> /a
}

func ExampleHandler() {
	h := stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, tenant.Get(st))
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Body)
	// Output: none
}

func ExampleHandler_ServeHTTP() {
	var h http.Handler = stdctx.Handler(func(_ *ctx.State, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
	fmt.Println(w.Code)
	// Output: 418
}

func ExampleHeader() {
	set := stdctx.Header("X-Tenant", tenant, 20)
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Tenant", "acme")
	st := ctx.NewState()
	fmt.Println(set(st, r), tenant.Get(st))
	r.Header.Add("X-Tenant", "evil")
	fmt.Println(set(st, r))
	// Output:
	// <nil> acme
	// stdctx: header "X-Tenant" occurs 2 times
}

func plain() slog.Handler {
	return slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey && len(groups) == 0 {
			return slog.Attr{}
		}
		return a
	}})
}

func ExampleNewLogHandler() {
	log := slog.New(stdctx.NewLogHandler(plain(), stdctx.Attr("user", user), stdctx.Attr("token", secret)))
	st := ctx.NewState()
	user.Set(st, "ann")
	secret.Set(st, "hunter2")
	log.InfoContext(st.Snapshot().Context(context.Background()), "done")
	// Output: level=INFO msg=done user=ann token=[redacted]
}

func ExampleAttr() {
	log := slog.New(stdctx.NewLogHandler(plain(), stdctx.Attr("tenant", tenant)))
	log.InfoContext(context.Background(), "a default is not logged")
	log.InfoContext(tenant.WithContext(context.Background(), "acme"), "a value is")
	// Output:
	// level=INFO msg="a default is not logged"
	// level=INFO msg="a value is" tenant=acme
}

func ExampleList() {
	log := slog.New(stdctx.NewLogHandler(plain(), stdctx.List("path", path)))
	st := ctx.NewState()
	defer path.Push(st, "outer").Pop(st)
	defer path.Push(st, "inner").Pop(st)
	log.InfoContext(st.Snapshot().Context(context.Background()), "here")
	// Output: level=INFO msg=here path="[outer inner]"
}

func ExampleLogAttr() {
	attrs := []stdctx.LogAttr{stdctx.Attr("user", user), stdctx.List("path", path)}
	slog.New(stdctx.NewLogHandler(plain(), attrs...)).Info("nothing is set")
	// Output: level=INFO msg="nothing is set"
}

func ExampleLogHandler() {
	var h slog.Handler = stdctx.NewLogHandler(plain(), stdctx.Attr("user", user))
	h = h.WithAttrs([]slog.Attr{slog.Int("pid", 1)}).WithGroup("request")
	c := user.WithContext(context.Background(), "ann")
	if h.Enabled(c, slog.LevelInfo) {
		slog.New(h).InfoContext(c, "done", "status", 200)
	}
	// Output: level=INFO msg=done pid=1 user=ann request.status=200
}

func ExampleGroup() {
	st := ctx.NewState()
	user.Set(st, "ann")
	g := stdctx.NewGroup(context.Background(), 4)
	squares := make([]int, 5)
	for i := range squares {
		g.Go(st, func(st *ctx.State, c context.Context) error {
			user.Set(st, "task") // its own
			squares[i] = i * i
			return c.Err()
		})
	}
	fmt.Println(g.Wait(), squares, user.Get(st))
	// Output: <nil> [0 1 4 9 16] ann
}

func ExampleGroup_TryGo() {
	g := stdctx.NewGroup(context.Background(), 1)
	hold := make(chan struct{})
	wait := func(*ctx.State, context.Context) error { <-hold; return nil }
	fmt.Println(g.TryGo(nil, wait), g.TryGo(nil, wait))
	close(hold)
	fmt.Println(g.Wait())
	// Output:
	// true false
	// <nil>
}

func ExamplePanicError() {
	g := stdctx.NewGroup(context.Background(), 0)
	g.Go(nil, func(*ctx.State, context.Context) error { panic("boom") })
	defer func() {
		crash := recover().(*stdctx.PanicError)
		fmt.Println(crash.Value, len(crash.Stack) > 0)
	}()
	_ = g.Wait()
	// Output: boom true
}

func ExampleProfile() {
	st := ctx.NewState()
	user.Put(st, "ann")
	stdctx.Profile(st.Snapshot().Context(context.Background()), func(c context.Context) {
		who, _ := pprof.Label(c, "user") // samples of what runs here carry user=ann
		fmt.Println(who)
	}, stdctx.Attr("user", user))
	// Output: ann
}
