// Command service greets, and logs who asked.
package main

import (
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

var User = ctx.Static[string]("user")

// authenticated is middleware that sets the variable for everything below it.
func authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := User.WithContext(r.Context(), r.Header.Get("X-User"))
		next.ServeHTTP(w, r.WithContext(c))
	})
}

func greet(w http.ResponseWriter, r *http.Request) {
	user, ok := User.From(r.Context()) // typed; ok says whether anybody set it
	slog.InfoContext(r.Context(), "greeting", "known", ok)
	fmt.Fprintln(w, "hello", user)
}

func main() {
	slog.SetDefault(slog.New(stdctx.NewLogHandler(slog.NewTextHandler(os.Stdout, nil), stdctx.Attr("user", User))))
	http.Handle("/", authenticated(http.HandlerFunc(greet)))
	fmt.Println(http.ListenAndServe("localhost:8080", nil))
}
