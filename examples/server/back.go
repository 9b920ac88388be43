package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/ctx/stdctx"
	"github.com/strata-go/strata/ctx/wire"
)

// backRole is the environment variable that makes a copy of the program the
// back.
const backRole = "STRATA_EXAMPLE_BACK"

// slowWork is what /slow takes when nobody stops it.
const slowWork = 10 * time.Second

// back serves until in is closed: when the front ends, however it ends, so does
// the back. Its first line of output is its address.
func back(in io.Reader, out io.Writer) error {
	srv, err := listen(backHandler())
	if err != nil {
		return err
	}
	defer srv.close()
	if _, err := fmt.Fprintln(out, srv.url); err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, in)
	return err
}

func backHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/whoami", stdctx.Handler(whoami))
	mux.Handle("/slow", stdctx.Handler(slow))
	return stdctx.Middleware(baggage("user", "deadline"))(mux)
}

// whoami reports the variables it sees.
func whoami(st *ctx.State, w http.ResponseWriter, r *http.Request) {
	var others []wire.Pair
	pairs, _ := wire.Encode(st.Snapshot())
	for _, p := range pairs {
		if p.Name != "user" && p.Name != "deadline" {
			others = append(others, p)
		}
	}
	_, hasToken := Token.Lookup(st)
	answer := reply{
		PID:      os.Getpid(),
		User:     User.Or(st, ""),
		HasToken: hasToken || strings.Contains(fmt.Sprint(r.Header), "s3cret"),
		Baggage:  strings.Join(r.Header.Values(wire.HeaderName), ","),
		Forwards: wire.Header(others),
	}
	if at, ok := Deadline.Lookup(st); ok {
		answer.LeftMS = time.Until(at).Milliseconds()
	}
	_ = json.NewEncoder(w).Encode(answer) // an error here is the caller's to see
}

// slow works until the caller's deadline at most.
func slow(st *ctx.State, w http.ResponseWriter, r *http.Request) {
	c := r.Context()
	if at, ok := Deadline.Lookup(st); ok {
		var cancel context.CancelFunc
		c, cancel = context.WithDeadline(c, at)
		defer cancel()
	}
	select {
	case <-time.After(slowWork):
		w.WriteHeader(http.StatusOK)
	case <-c.Done():
		http.Error(w, "too late", http.StatusGatewayTimeout)
	}
}

// server is an HTTP server on the loopback interface.
type server struct {
	http.Server
	url string
}

func listen(h http.Handler) (*server, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &server{http.Server{Handler: h, ReadHeaderTimeout: 5 * time.Second}, "http://" + l.Addr().String()}
	go func() { _ = s.Serve(l) }() // ends with close
	return s, nil
}

func (s *server) close() { _ = s.Close() }

// process is the back as the front sees it.
type process struct {
	cmd  *exec.Cmd
	hold io.Closer // its standard input
	url  string
}

// startBack runs a copy of this program as the back.
func startBack(c context.Context) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(c, self)
	cmd.Env = append(os.Environ(), backRole+"=1")
	cmd.Stderr = os.Stderr
	hold, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	says, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	p := &process{cmd: cmd, hold: hold}
	line, err := bufio.NewReader(says).ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("the back does not tell its address: %w", err), p.stop())
	}
	p.url = strings.TrimSpace(line)
	return p, nil
}

// stop ends the back and waits for it.
func (p *process) stop() error {
	_ = p.hold.Close()
	return p.cmd.Wait()
}
