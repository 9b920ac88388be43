package readme

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

var Account = ctx.Static[string]("user")

// authenticated is middleware that sets the variable for everything below it.
func authenticated(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c := Account.WithContext(r.Context(), r.Header.Get("X-User"))
		next.ServeHTTP(w, r.WithContext(c))
	})
}

func greet(w http.ResponseWriter, r *http.Request) {
	user, ok := Account.From(r.Context()) // typed; ok says whether anybody set it
	slog.InfoContext(r.Context(), "greeting", "known", ok)
	fmt.Fprintf(w, "hello %s", user)
}

func Example_http() {
	text := slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key == slog.TimeKey {
			return slog.Attr{}
		}
		return a
	}})
	defer slog.SetDefault(slog.Default())
	slog.SetDefault(slog.New(stdctx.NewLogHandler(text, stdctx.Attr("user", Account))))

	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-User", "ann")
	w := httptest.NewRecorder()
	authenticated(http.HandlerFunc(greet)).ServeHTTP(w, r)
	fmt.Println(w.Body)
	// Output:
	// level=INFO msg=greeting known=true user=ann
	// hello ann
}
