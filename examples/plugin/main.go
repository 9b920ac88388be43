// Plugin shows two libraries in one program that keep their context variables to themselves.
//
//	go run ./examples/plugin
//
// Packages audit and shop both have a variable called user. A variable is an object, and its name is for people, so
// there is nothing to collide. Who holds the variable reads and writes it, who holds a namespace lists its own
// variables' values, and who holds neither, as this file, sees names and types:
//
//	          audit                 shop                this file
//	reads     user session steps    user discount       what they export
//	lists     its namespace         its namespace       names and types, no value
package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/strata-go/strata/ctx"
	"github.com/strata-go/strata/examples/plugin/audit"
	"github.com/strata-go/strata/examples/plugin/shop"
)

func main() { run(os.Stdout) }

func run(out io.Writer) {
	st := ctx.NewState()
	audit.As(st, "ann", "hunter2", func() {
		shop.For(st, 42, func() {
			audit.Step(st, "checkout", func() {
				if err := shop.Sale(st, 25, func() { inside(out, st) }); err != nil {
					panic(err) // 25 is a percentage
				}
			})
		})
	})
	line(out, "after the blocks", st.Snapshot().String())
}

// inside is code of the program, called with both libraries' variables set.
func inside(out io.Writer, st *ctx.State) {
	all := st.Snapshot()

	title(out, "1  Two variables called user. Each library finds its own.")
	line(out, "audit says", audit.Line(st))
	line(out, "shop says", shop.Price(st, 1000))

	title(out, "2  A library lists its own values, and no others. A secret is read, never listed.")
	line(out, "audit's list", strings.Join(audit.Dump(all), "  "))
	line(out, "shop's list", strings.Join(shop.Dump(all), "  "))
	key, _ := audit.Proof(all)
	line(out, "audit's proof", fmt.Sprintf("%d letters", len(key)))

	title(out, "3  The program sees what is there, and no value.")
	line(out, "the snapshot", all.String())
	line(out, "its variables", strings.Join(names(all), "  "))
	mine := ctx.New[string]("user") // a third one
	defer mine.Release()
	_, ok := mine.In(all)
	line(out, "a user of its own", fmt.Sprintf("set: %v", ok))

	title(out, "4  A snapshot may leave with some namespaces only.")
	table := func(what string, s ctx.Snapshot) {
		job := s.NewState()
		line(out, what, fmt.Sprintf("%-18s %s", audit.Line(job), shop.Price(job, 1000)))
	}
	table("all of it", all)
	table("audit only", audit.Keep(all))
	table("without audit", audit.Drop(all))

	title(out, "5  What a library refuses to itself it refuses to all.")
	err := shop.Sale(st, 250, func() {})
	line(out, "a sale of 250", err.Error())
	line(out, "so still", shop.Price(st, 1000))
	fmt.Fprintln(out)
}

// names is all that a stranger to both libraries gets.
func names(s ctx.Snapshot) []string {
	var list []string
	for v := range s.Vars() {
		list = append(list, fmt.Sprintf("%s.%s:%s", v.Namespace, v.Name, v.Type))
	}
	slices.Sort(list)
	return list
}

func title(out io.Writer, text string) {
	if text[0] != '1' {
		fmt.Fprintln(out)
	}
	fmt.Fprintf(out, "%s\n\n", text)
}

func line(out io.Writer, what, text string) { fmt.Fprintf(out, "   %-18s %s\n", what, text) }
