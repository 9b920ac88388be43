package stdctx

import (
	"fmt"
	"net/http"

	"github.com/strata-go/strata/ctx"
)

// A Setter sets variables from a request, before its handler runs. An error
// refuses the request.
type Setter func(st *ctx.State, r *http.Request) error

// Middleware makes handlers run with variables: for each request it makes a
// State over what the request's Context carries already, runs the setters on
// it in order, and puts the resulting variables into the request's Context.
//
// When a setter returns an error the handler does not run: the client gets 400
// Bad Request without the error's text, which may hold what it sent.
func Middleware(setters ...Setter) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			c := r.Context()
			st := State(c)
			for _, set := range setters {
				if err := set(st, r); err != nil {
					http.Error(w, http.StatusText(http.StatusBadRequest), http.StatusBadRequest)
					return
				}
			}
			next.ServeHTTP(w, r.WithContext(st.Snapshot().Context(c)))
		})
	}
}

// Handler is an http.Handler that is given a State of its own, with what the
// request's Context carries.
type Handler func(st *ctx.State, w http.ResponseWriter, r *http.Request)

// ServeHTTP calls h with a new State.
func (h Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h(State(r.Context()), w, r)
}

// Header is a Setter that sets v to the value of a request's header, when it
// has one. It refuses a request that has the header more than once or longer
// than limit bytes, and a value that v's guard refuses.
func Header(name string, v ctx.Var[string], limit int) Setter {
	return func(st *ctx.State, r *http.Request) error {
		switch values := r.Header.Values(name); {
		case len(values) == 0:
			return nil
		case len(values) > 1:
			return fmt.Errorf("stdctx: header %q occurs %d times", name, len(values))
		case len(values[0]) > limit:
			return fmt.Errorf("stdctx: header %q has %d bytes, more than %d", name, len(values[0]), limit)
		default:
			_, err := v.TrySet(st, values[0])
			return err
		}
	}
}
