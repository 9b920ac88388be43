// Server shows context variables crossing a process boundary. It starts a copy
// of itself and talks to it over HTTP on the loopback interface:
//
//	go run ./examples/server
//
//	client ──HTTP──▶ front (this process) ──HTTP, Baggage──▶ back (the copy)
//	                 user, deadline, token                   user, deadline
//
// The front knows who asks, until when an answer is worth having, and a secret.
// The first two cross to the back, the secret stays; what others put into the
// baggage header goes through both; and a header that nobody honest sends is
// refused. The exit code is 0 when all of that is so, and 1 otherwise.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/wire"
)

func main() {
	if os.Getenv(backRole) != "" {
		if err := back(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "back:", err)
			os.Exit(1)
		}
		return
	}
	if err := demo(os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		os.Exit(1)
	}
}

// The variables of the program. What crosses is registered, and nothing else.
var (
	User = ctx.Static("user", ctx.Guard(func(name string) error {
		if name == "" || len(name) > 32 {
			return errors.New("a user has 1 to 32 characters")
		}
		for _, c := range name {
			if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
				return errors.New("a user is letters and digits")
			}
		}
		return nil
	}))
	Deadline = ctx.Static[time.Time]("deadline")
	Token    = ctx.Static("token", ctx.Redact[string])
)

func init() {
	wire.Register(User, "user", wire.String, 10)
	wire.Register(Deadline, "deadline", wire.Remaining, 20)
}

// demo runs both processes and prints what it sees.
func demo(out io.Writer) (err error) {
	c, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	peer, err := startBack(c)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, peer.stop()) }()
	srv, err := listen(frontHandler(peer.url))
	if err != nil {
		return err
	}
	defer srv.close()
	check := &checker{out: out}

	r := ask(c, srv.url+"/whoami", "ann", "vendor=42;ttl=1")
	check.that("the back is another process", r.PID != 0 && r.PID != os.Getpid())
	check.that("the user crosses", r.User == "ann")
	check.that("the deadline crosses", 0 < r.LeftMS && r.LeftMS <= frontPatience.Milliseconds())
	check.that("the secret stays", !r.HasToken && r.Baggage != "")
	check.that("unknown baggage is forwarded", r.Forwards == "vendor=42;ttl=1")

	started := time.Now()
	r = ask(c, srv.url+"/slow", "ann", "")
	check.that("the back stops at the front's deadline", r.Status == http.StatusGatewayTimeout && time.Since(started) < slowWork)

	for _, hostile := range []struct{ what, baggage string }{
		{"a line break in a value is refused", "user=root%0d%0aX-Admin:%201"},
		{"a name that occurs twice is refused", "user=ann,user=root"},
		{"nonsense for a deadline is refused", "deadline=never"},
		{"a user that is too long is refused", "user=" + strings.Repeat("a", 33)},
		{"a header of 9000 bytes is refused", "vendor=" + strings.Repeat("x", 9000)},
	} {
		r = ask(c, peer.url+"/whoami", "", hostile.baggage)
		check.that(hostile.what, r.Status == http.StatusBadRequest)
	}
	r = ask(c, peer.url+"/whoami", "", "user=bob")
	check.that("an honest header is not refused", r.Status == http.StatusOK && r.User == "bob")
	return check.err
}

// checker prints what holds and notes what does not.
type checker struct {
	out io.Writer
	err error
}

func (c *checker) that(what string, holds bool) {
	mark := "yes"
	if !holds {
		mark = "NO"
		c.err = errors.Join(c.err, fmt.Errorf("not so: %s", what))
	}
	fmt.Fprintf(c.out, "%-42s %s\n", what, mark)
}
