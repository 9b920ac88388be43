package main

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

// A stage plays the hand-written programs and prints what came out, one line for each step.
type stage struct {
	out   io.Writer
	plant string

	lines, wrong [3]int // lines printed, and those where a system differs from the frames
}

// A step is one line of a program's table.
type step struct {
	name string
	want string
	got  []string
}

// A scene is one program on the stage.
type scene struct {
	*play
	steps []step
	// The lookup under way, and how it is to be shown.
	name string
	show func([]*block) string
	said []step
}

func newSystems(plant string) []system {
	s := system(newStrata())
	if plant != "" {
		s = plants[plant]()
	}
	return []system{s, newTaskLocal(), newCaptured()}
}

// play runs one program and prints its table.
func (st *stage) play(title, source string, program func(*scene, *frame)) {
	sc := &scene{play: &play{systems: newSystems(st.plant)}}
	sc.looked = func(_ *frame, _ *variable, want []*block, got [][]*block) {
		s := step{name: sc.name, want: sc.show(want)}
		for _, g := range got {
			s.got = append(s.got, sc.show(g))
		}
		sc.said = append(sc.said, s)
	}
	sc.failed = func(_ *frame, system int, b *block, err error) {
		s := step{name: fmt.Sprintf("leaving %d", b.value), want: "fine", got: slices.Repeat([]string{"fine"}, len(sc.systems))}
		s.got[system] = "crash"
		sc.steps = append(sc.steps, s)
	}
	if err := sc.run(0, func(f *frame) { program(sc, f) }); err != nil {
		panic(err)
	}
	fmt.Fprintf(st.out, "\n%s\n\n%s\n", title, indent(source))
	st.table(sc.steps)
}

// line is a step of one lookup.
func (sc *scene) line(f *frame, name string, v *variable, show func([]*block) string) {
	sc.name, sc.show = name, show
	f.look(v)
	sc.steps = append(sc.steps, sc.said[len(sc.said)-1])
}

// quiet is a lookup that only together shows.
func (sc *scene) quiet(f *frame, v *variable, show func([]*block) string) {
	sc.name, sc.show = "", show
	f.look(v)
}

// together is a step of several lookups: those since forget whose step has the name, or all if it is "".
func (sc *scene) together(name string, of ...string) {
	s := step{name: name, got: make([]string, len(sc.systems))}
	for _, x := range sc.said {
		if len(of) > 0 && !slices.Contains(of, x.name) {
			continue
		}
		s.want = strings.TrimSpace(s.want + " " + x.want)
		for i, g := range x.got {
			s.got[i] = strings.TrimSpace(s.got[i] + " " + g)
		}
	}
	sc.said = nil
	sc.steps = append(sc.steps, s)
}

var columns = []string{"", "frames", "strata", "task-local", "captured"}

// table prints the steps in aligned columns, with the verdicts.
func (st *stage) table(steps []step) {
	rows := [][]string{columns}
	for _, s := range steps {
		row := []string{s.name, s.want}
		for i, got := range s.got {
			st.lines[i]++
			verdict := ""
			switch {
			case got != s.want && i == 0:
				verdict = " ✗"
			case got != s.want:
				verdict = " wrong"
			case i == 0:
				verdict = " ✓"
			}
			if got != s.want {
				st.wrong[i]++
			}
			row = append(row, got+verdict)
		}
		rows = append(rows, row)
	}
	printColumns(st.out, rows)
}

// printColumns prints the first column at least 26 and the others at least 12 wide.
func printColumns(out io.Writer, rows [][]string) {
	width := []int{26, 12, 12, 12, 0}
	for _, row := range rows {
		for i, cell := range row[:len(row)-1] {
			width[i] = max(width[i], utf8.RuneCountInString(cell)+2)
		}
	}
	for _, row := range rows {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell + strings.Repeat(" ", max(0, width[i]-utf8.RuneCountInString(cell))))
		}
		fmt.Fprintln(out, "  "+strings.TrimRight(b.String(), " "))
	}
}

func indent(source string) string {
	return "    " + strings.ReplaceAll(strings.Trim(source, "\n"), "\n", "\n    ") + "\n"
}

// listed shows the values of a stack variable, outermost first.
func listed(blocks []*block) string {
	var values []int
	for _, b := range blocks {
		values = append(values, b.value)
	}
	return fmt.Sprint(values)
}

// named shows an ordinary variable whose values stand for names.
func named(names ...string) func([]*block) string {
	return func(blocks []*block) string {
		if len(blocks) == 0 {
			return "nothing"
		}
		return names[blocks[len(blocks)-1].value]
	}
}
