package stdctx_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
)

// Each request has variables of its own, which handlers read from their State or
// from the request's Context; nested middleware adds to them.
func TestMiddleware(t *testing.T) {
	set := func(st *ctx.State, r *http.Request) error {
		user.Set(st, r.URL.Query().Get("user"))
		return nil
	}
	inner := stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, r *http.Request) {
		x, _ := user.From(r.Context())
		user.Set(st, "changed")
		y, _ := user.From(r.Context())
		io.WriteString(w, x+" "+y+" "+tenant.Get(st))
	})
	h := stdctx.Middleware(set)(stdctx.Middleware(stdctx.Header("X-Tenant", tenant, 10))(inner))
	srv := httptest.NewServer(h)
	defer srv.Close()
	get := func(name string, tenants ...string) (int, string) {
		r, err := http.NewRequest(http.MethodGet, srv.URL+"?user="+name, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range tenants {
			r.Header.Add("X-Tenant", x)
		}
		resp, err := srv.Client().Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, strings.TrimSpace(string(body))
	}
	for _, c := range []struct {
		name    string
		tenants []string
		code    int
		body    string
	}{
		{"ann", nil, 200, "ann ann none"},
		{"bob", []string{"acme"}, 200, "bob bob acme"},
		{"eve", []string{"a", "b"}, 400, "Bad Request"},
		{"eve", []string{"much too long"}, 400, "Bad Request"},
	} {
		code, body := get(c.name, c.tenants...)
		equal(t, code, c.code)
		equal(t, body, c.body)
	}
}

// The error of a setter, and of a guard, refuses the request and is not shown.
func TestMiddleware_Refuses(t *testing.T) {
	guarded := ctx.Static("guarded", ctx.Guard(func(x string) error {
		if strings.Contains(x, "<") {
			return errors.New("no markup: " + x)
		}
		return nil
	}))
	h := stdctx.Middleware(stdctx.Header("X-Name", guarded, 100))(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		t.Error("the handler ran")
	}))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.Header.Set("X-Name", "<script>")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	equal(t, w.Code, http.StatusBadRequest)
	if strings.Contains(w.Body.String(), "script") {
		t.Error("the refusal repeats what the client sent")
	}
}
