package fuzz

import "testing"

func TestDiffer(t *testing.T) {
	for _, c := range []struct {
		got, want string
		line      int
		a, b      string
	}{
		{"", "", 0, "", ""},
		{"a\nb", "a\nb", 0, "", ""},
		{"a", "b", 1, "a", "b"},
		{"a\nb\nc", "a\nx\nc", 2, "b", "x"},
		{"a\nb", "a", 1, "a", "a"}, // one of them ends here
		{"a\n", "a\nb", 2, "", "b"},
	} {
		if line, a, b := Differ(c.got, c.want); line != c.line || a != c.a || b != c.b {
			t.Errorf("%q and %q: line %d is %q and %q", c.got, c.want, line, a, b)
		}
	}
}

func TestPrograms(t *testing.T) {
	var lengths []int
	Programs(t, 80, 10, func(_ *testing.T, data []byte) { lengths = append(lengths, len(data)) })
	want := 80
	if testing.Short() {
		want = 10
	}
	for _, n := range lengths {
		if n < 1 || n > 10 {
			t.Errorf("a program of %d bytes", n)
		}
	}
	if len(lengths) != want {
		t.Errorf("%d programs, want %d", len(lengths), want)
	}
	if a, b := Bytes(1, 2, 100), Bytes(1, 2, 100); string(a) != string(b) || string(a) == string(Bytes(2, 2, 100)) {
		t.Error("bytes do not go by the seed")
	}
}
