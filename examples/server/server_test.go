package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain lets the test's own binary be the back.
func TestMain(m *testing.M) {
	if os.Getenv(backRole) != "" {
		if err := back(os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, "back:", err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// The whole program, with both processes.
func TestDemo(t *testing.T) {
	var out strings.Builder
	if err := demo(&out); err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if n := strings.Count(out.String(), " yes\n"); n != 12 || strings.Contains(out.String(), "NO") {
		t.Errorf("%d of 12 hold:\n%s", n, &out)
	}
}

// The front refuses what has no credentials or a user that the guard refuses,
// and what clients say about registered variables.
func TestFrontRefuses(t *testing.T) {
	srv, err := listen(frontHandler("http://127.0.0.1:1")) // nobody serves there
	if err != nil {
		t.Fatal(err)
	}
	defer srv.close()
	for _, c := range []struct {
		user, baggage string
		status        int
	}{
		{"", "", http.StatusBadRequest},
		{"Robert'); DROP TABLE", "", http.StatusBadRequest},
		{"ann", "user=root", http.StatusBadRequest},
		{"ann", "vendor=1", http.StatusBadGateway},
	} {
		if r := ask(t.Context(), srv.url+"/whoami", c.user, c.baggage); r.Status != c.status {
			t.Errorf("user %q, baggage %q: status %d, want %d", c.user, c.baggage, r.Status, c.status)
		}
	}
}

// A deadline that has passed in transport stops the back at once.
func TestBackObeysTheDeadline(t *testing.T) {
	srv, err := listen(backHandler())
	if err != nil {
		t.Fatal(err)
	}
	defer srv.close()
	c, cancel := context.WithTimeout(t.Context(), slowWork/2)
	defer cancel()
	if r := ask(c, srv.url+"/slow", "", "deadline=0"); r.Status != http.StatusGatewayTimeout {
		t.Errorf("status %d, want %d", r.Status, http.StatusGatewayTimeout)
	}
	r := ask(c, srv.url+"/whoami", "", "deadline=60000")
	if left := time.Duration(r.LeftMS) * time.Millisecond; left <= 0 || left > time.Minute {
		t.Errorf("%v left of a minute", left)
	}
}
