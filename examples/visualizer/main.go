// Visualizer shows in a browser how versions of a map share nodes, and how levels of context variables stack.
//
//	go run ./examples/visualizer
//	go run ./examples/visualizer -addr=127.0.0.1:8080
//
// It serves one page on a free port of this machine and prints its address. It accepts loopback addresses only, sends
// nothing anywhere, and needs nothing from outside. What the page draws is asked of the library while it runs: the map
// is a hamt.Map, its picture comes from WriteDOT, and the levels are those of a ctx.State that runs generators of seq.
//
//	trie.go      versions of a map, and their nodes
//	program.go   a program with generators, and the levels at each of its lines
//	server.go    both as JSON; page.html draws it
//
// A test drives the page in a real browser by keyboard, which CI machines do not have: it edits the map, steps through
// the program, and looks in dark and light at four widths for what overlaps, is cut or too faint. It writes pictures of
// what it saw if told where to:
//
//	go test ./examples/visualizer -chromium=chromium
//	go test ./examples/visualizer -chromium=chromium -shots=DIRECTORY
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/signal"
	"time"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

// run serves until it is interrupted. It returns 2 for a wrong command line, 1 when it cannot serve.
func run(args []string, out, errs io.Writer) int {
	flags := flag.NewFlagSet("visualizer", flag.ContinueOnError)
	flags.SetOutput(errs)
	addr := flags.String("addr", "127.0.0.1:0", "loopback address and port; port 0 is a free one")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if flags.NArg() > 0 {
		fmt.Fprintln(errs, "visualizer: it takes no arguments")
		return 2
	}
	if !loopback(*addr) {
		fmt.Fprintf(errs, "visualizer: -addr=%s is not a loopback address: use 127.0.0.1:PORT, [::1]:PORT or localhost:PORT\n", *addr)
		return 2
	}
	ln, err := net.Listen("tcp", *addr)
	if err != nil {
		fmt.Fprintln(errs, "visualizer:", err)
		return 1
	}
	srv := &http.Server{Handler: newServer(), ReadHeaderTimeout: 5 * time.Second}
	stop := make(chan os.Signal, 1)
	signal.Notify(stop, os.Interrupt)
	go func() {
		<-stop
		_ = srv.Close() // Serve tells of it
	}()
	fmt.Fprintf(out, "http://%s/    interrupt to stop\n", ln.Addr())
	if err := srv.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		fmt.Fprintln(errs, "visualizer:", err)
		return 1
	}
	return 0
}

// loopback reports whether host:port is of this machine's loopback. A name counts if it is localhost.
func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}
