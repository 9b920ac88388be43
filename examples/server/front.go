package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
	"github.com/strata-go/strata/ctx/wire"
)

// frontPatience is how long the front gives the back.
const frontPatience = 500 * time.Millisecond

// frontHandler serves clients: it sets the variables of a request and passes it
// on to the back.
func frontHandler(backURL string) http.Handler {
	pass := stdctx.Handler(func(st *ctx.State, w http.ResponseWriter, r *http.Request) {
		out, err := http.NewRequestWithContext(r.Context(), http.MethodGet, backURL+r.URL.Path, nil)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		wire.Inject(st.Snapshot(), out.Header)
		resp, err := http.DefaultClient.Do(out)
		if err != nil {
			http.Error(w, "the back does not answer", http.StatusBadGateway)
			return
		}
		defer resp.Body.Close()
		w.WriteHeader(resp.StatusCode)
		_, _ = io.Copy(w, resp.Body) // an error here is the client's to see
	})
	return stdctx.Middleware(baggage(), authenticate, limit)(pass)
}

// authenticate sets who asks, and the secret that proves it.
func authenticate(st *ctx.State, r *http.Request) error {
	name, password, ok := r.BasicAuth()
	if !ok {
		return errors.New("no credentials")
	}
	Token.Set(st, password)
	_, err := User.TrySet(st, name)
	return err
}

func limit(st *ctx.State, _ *http.Request) error {
	Deadline.Set(st, time.Now().Add(frontPatience))
	return nil
}

// baggage receives the named variables, and unknown members to forward. A
// carrier with anything wrong in it refuses the request.
func baggage(allow ...string) stdctx.Setter {
	return func(st *ctx.State, r *http.Request) error {
		in := wire.Extract(r.Header, allow...)
		in.Set(st)
		return errors.Join(in.Errors()...)
	}
}

// reply is what the back reports, and the HTTP status that it came with.
type reply struct {
	PID      int
	User     string
	LeftMS   int64 // until the deadline
	HasToken bool
	Baggage  string // as it arrived
	Forwards string // what the back would send on besides its own
	Status   int    `json:"-"`
}

// ask is the client. The zero reply says that something went wrong.
func ask(c context.Context, url, user, baggage string) (r reply) {
	req, err := http.NewRequestWithContext(c, http.MethodGet, url, nil)
	if err != nil {
		return r
	}
	if user != "" {
		req.SetBasicAuth(user, "s3cret")
	}
	if baggage != "" {
		req.Header["Baggage"] = []string{baggage}
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return r
	}
	defer resp.Body.Close()
	_ = json.NewDecoder(resp.Body).Decode(&r) // refusals are no JSON
	r.Status = resp.StatusCode
	return r
}
