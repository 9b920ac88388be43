package stdctx_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

// At most two downloads run at a time.
func ExampleNewGroup() {
	g := stdctx.NewGroup(context.Background(), 2)
	sizes := make([]int, 3)
	for i, page := range []string{"home", "news", "about"} {
		g.Go(nil, func(*ctx.State, context.Context) error {
			sizes[i] = len(page)
			return nil
		})
	}
	fmt.Println(g.Wait(), sizes)
	// Output: <nil> [4 4 5]
}

// A task starts with the variables of whoever starts it, and its Context carries them.
func ExampleGroup_Go() {
	st := ctx.NewState()
	user.Set(st, "ann")
	g := stdctx.NewGroup(context.Background(), 0)
	g.Go(st, func(st *ctx.State, c context.Context) error {
		fromContext, _ := user.From(c)
		fmt.Println(user.Get(st), fromContext)
		return nil
	})
	_ = g.Wait()
	// Output: ann ann
}

// The first error cancels the other tasks and is what Wait returns.
func ExampleGroup_Wait() {
	g := stdctx.NewGroup(context.Background(), 0)
	g.Go(nil, func(_ *ctx.State, c context.Context) error {
		<-c.Done()
		return c.Err()
	})
	g.Go(nil, func(*ctx.State, context.Context) error { return errors.New("disk full") })
	fmt.Println(g.Wait())
	// Output: disk full
}

// A filter behind the handler counts the lines that came with a secret.
func ExampleLogHandler_redacted() {
	secrets := 0
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		switch {
		case a.Key == slog.TimeKey:
			return slog.Attr{}
		case a.Value.String() == stdctx.Redacted:
			secrets++
		}
		return a
	}})
	log := slog.New(stdctx.NewLogHandler(text, stdctx.Attr("token", secret)))
	log.InfoContext(secret.WithContext(context.Background(), "t0ken"), "signed in")
	fmt.Println(secrets)
	// Output:
	// level=INFO msg="signed in" token=[redacted]
	// 1
}
