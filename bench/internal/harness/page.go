package harness

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/template"
)

// WritePage fills a page of documentation with figures, so that none is copied by
// hand. The page is a text/template. Beside the fields of a Report it has
//
//	{{table "op=get/key=int" "n" "8,1000" "hamt,builtin"}}
//	{{time "op=get/key=int/n=8" "hamt"}}
//	{{ratio "op=get/key=int/n=8" "builtin" "hamt"}}
//	{{bytes "op=get/key=int/n=8" "hamt"}}
//
// A table has a row for each implementation and a column for each size; times are
// multiples of the first implementation's. A figure that the report does not have is an
// error, in a table a dash.
func WritePage(w io.Writer, page string, r *Report) error {
	find := func(group, impl string) (Result, error) {
		x, ok := r.Find(group + "/impl=" + impl)
		if !ok {
			return x, fmt.Errorf("no result %s/impl=%s", group, impl)
		}
		return x, nil
	}
	t, err := template.New("page").Funcs(template.FuncMap{
		"table": func(op, column, sizes, impls string) string {
			return table(r, op, column, strings.Split(sizes, ","), strings.Split(impls, ","))
		},
		"time": func(group, impl string) (string, error) {
			x, err := find(group, impl)
			return withUnit(x), err
		},
		"ratio": func(group, impl, to string) (string, error) {
			x, err := find(group, impl)
			if err != nil {
				return "", err
			}
			y, err := find(group, to)
			return multiple(x.Q1 / y.Q1), err
		},
		"bytes": func(group, impl string) (string, error) {
			x, err := find(group, impl)
			return fmt.Sprintf("%.0f", x.Bytes), err
		},
	}).Parse(page)
	if err != nil {
		return err
	}
	return t.Execute(w, r)
}

func table(r *Report, op, column string, sizes, impls []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s |", map[string]string{"n": "entries", "depth": "values"}[column])
	for _, x := range sizes {
		fmt.Fprintf(&b, " %s |", thousands(x))
	}
	b.WriteString("\n|---|" + strings.Repeat("--:|", len(sizes)))
	for _, impl := range impls {
		fmt.Fprintf(&b, "\n| %s |", impl)
		for _, x := range sizes {
			group := op + "/" + column + "=" + x
			cell, ok := r.Find(group + "/impl=" + impl)
			switch base, has := r.Find(group + "/impl=" + impls[0]); {
			case !ok:
				b.WriteString(" – |")
			case !has || impl == impls[0]:
				fmt.Fprintf(&b, " **%s** |", withUnit(cell))
			default:
				fmt.Fprintf(&b, " %s (%s ×) |", withUnit(cell), multiple(cell.Q1/base.Q1))
			}
		}
	}
	return b.String()
}

// thousands parts the digits of a number in groups of three.
func thousands(number string) string {
	if n, err := strconv.Atoi(number); err != nil || n < 1000 {
		return number
	}
	at := len(number) - 3
	return thousands(number[:at]) + " " + number[at:]
}

func withUnit(r Result) string {
	x, unit := r.Q1, strings.Split(r.Unit, "/")[0]
	if unit == "ns" {
		switch {
		case x >= 1e6:
			x, unit = x/1e6, "ms"
		case x >= 1e4:
			x, unit = x/1e3, "µs"
		}
	}
	return short(x) + " " + unit
}

// short has two digits, and three from a hundred on.
func short(x float64) string {
	switch {
	case x < 1:
		return fmt.Sprintf("%.2f", x)
	case x < 9.95:
		return fmt.Sprintf("%.1f", x)
	}
	return fmt.Sprintf("%.0f", x)
}

func multiple(x float64) string {
	if x < 0.095 {
		return fmt.Sprintf("%.3f", x)
	}
	return short(x)
}
