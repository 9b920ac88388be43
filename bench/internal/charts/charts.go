// Package charts draws the pictures of docs/performance.md from the raw
// outputs of a run.
//
//	report.json ──> one chart per question ──> NAME.svg and NAME.png
//
// Axes are logarithmic where figures span decades. Every implementation has
// one colour (Okabe and Ito's palette, which survives colour blindness), one
// marker and one dash pattern on all charts, so that none of the three alone
// has to carry the difference.
package charts

import (
	"fmt"
	"image/color"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgimg"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/strata-go/strata/bench/internal/harness"
)

// Chart is one picture: a figure of each implementation against one part of
// the name.
type Chart struct {
	File, Title string
	X, XLabel   string // the name part on the x axis: n, depth
	YLabel      string
	Prefix      string   // groups whose name begins so
	Suffix      string   // and ends so
	Impls       []string // nil: all
	Value       func(harness.Result) float64
	LinearY     bool
	MaxX        float64
}

// Time reads the lower quartile of the timings.
func Time(r harness.Result) float64 { return r.Q1 }

// Bytes reads the bytes allocated per operation.
func Bytes(r harness.Result) float64 { return r.Bytes }

// All are the charts that the repository commits.
func All() []Chart {
	var all []Chart
	for _, op := range []struct{ op, title string }{
		{"get", "Get of a present key"}, {"miss", "Get of an absent key"},
		{"insert", "Set of a new key, old version kept"}, {"replace", "Set of an old key, old version kept"},
		{"delete", "Delete, old version kept"},
	} {
		for _, kind := range []string{"int", "string"} {
			all = append(all, Chart{
				File: op.op + "-" + kind, Title: op.title + ", " + kind + " keys", X: "n", XLabel: "entries",
				YLabel: "time per operation", Prefix: "op=" + op.op + "/key=" + kind + "/", Value: Time,
			})
		}
	}
	for _, op := range []struct{ op, title string }{
		{"iterate", "Iteration over all entries"}, {"build", "Bulk build"}, {"builder", "Build through a builder"},
	} {
		all = append(all, Chart{
			File: op.op + "-int", Title: op.title + ", int keys", X: "n", XLabel: "entries",
			YLabel: "time per entry", Prefix: "op=" + op.op + "/key=int/", Value: Time,
		})
	}
	for _, kind := range []string{"int", "string"} {
		all = append(all, Chart{
			File: "heap-" + kind, Title: "Memory per entry, " + kind + " keys → int (key bytes apart)", X: "n", XLabel: "entries",
			YLabel: "bytes per entry", Prefix: "op=heap/key=" + kind + "/", Value: Time,
		}, Chart{
			File: "bytes-" + kind, Title: "Bytes allocated by one Set of an old key, " + kind + " keys", X: "n", XLabel: "entries",
			YLabel: "bytes per operation", Prefix: "op=replace/key=" + kind + "/", Value: Bytes,
			Impls: []string{"maps.Clone", "hamt", "benbjohnson", "benbjohnson-maphash", "statedb-part", "iradix", "tidwall-btree", "google-btree"},
		})
	}
	all = append(all, Chart{
		File: "clone-or-trie", Title: "Change one entry of a map that others still read (PEP 550's picture)", X: "n", XLabel: "entries",
		YLabel: "time per change", Prefix: "op=replace/key=int/", Value: Time, MaxX: 10_000,
		Impls: []string{"maps.Clone", "hamt", "benbjohnson"},
	}, Chart{
		File: "get-depth", Title: "Reading a context variable below other values", X: "depth", XLabel: "values set, the oldest is read",
		YLabel: "time per read", Prefix: "op=ctx-get/", Value: Time,
	})
	return all
}

// Write draws the charts for which the report has data and returns the files
// it wrote.
func Write(dir string, report *harness.Report, charts []Chart) ([]string, error) {
	var files []string
	for _, c := range charts {
		lines := c.lines(report.Results)
		if len(lines) == 0 {
			continue
		}
		names, err := c.draw(dir, lines, report.Env)
		if err != nil {
			return files, fmt.Errorf("%s: %w", c.File, err)
		}
		files = append(files, names...)
	}
	return files, nil
}

type line struct {
	impl   string
	points plotter.XYs
}

// lines collects one line per implementation, at least two points each; the
// line that ends highest comes first, so that the legend reads like the chart.
func (c Chart) lines(rs []harness.Result) []line {
	var out []line
	for _, r := range rs {
		if !strings.HasPrefix(r.Name, c.Prefix) || !strings.HasSuffix(r.Group(), c.Suffix) {
			continue
		}
		impl := r.Field("impl")
		x, err := strconv.ParseFloat(r.Field(c.X), 64)
		y := c.Value(r)
		if err != nil || c.Impls != nil && !slices.Contains(c.Impls, impl) || c.MaxX > 0 && x > c.MaxX ||
			x <= 0 || y <= 0 && !c.LinearY { // no place on a logarithmic axis
			continue
		}
		i := slices.IndexFunc(out, func(l line) bool { return l.impl == impl })
		if i < 0 {
			i = len(out)
			out = append(out, line{impl: impl})
		}
		out[i].points = append(out[i].points, plotter.XY{X: x, Y: y})
	}
	out = slices.DeleteFunc(out, func(l line) bool { return len(l.points) < 2 })
	for _, l := range out {
		slices.SortFunc(l.points, func(a, b plotter.XY) int { return int(math.Copysign(1, a.X-b.X)) })
	}
	slices.SortStableFunc(out, func(a, b line) int {
		return int(math.Copysign(1, b.points[len(b.points)-1].Y-a.points[len(a.points)-1].Y))
	})
	return out
}

const (
	width  = 8.4 * vg.Inch
	height = 4.6 * vg.Inch
	legend = 2 * vg.Inch
	dpi    = 144
)

func (c Chart) draw(dir string, lines []line, env harness.Env) ([]string, error) {
	svg, png := filepath.Join(dir, c.File+".svg"), filepath.Join(dir, c.File+".png")
	sc := vgsvg.NewWith(vgsvg.UseWH(width, height))
	if err := c.paint(draw.New(sc), lines, env); err != nil {
		return nil, err
	}
	pc := vgimg.NewWith(vgimg.UseWH(width, height), vgimg.UseDPI(dpi))
	if err := c.paint(draw.New(pc), lines, env); err != nil {
		return nil, err
	}
	if err := writeTo(svg, sc); err != nil {
		return nil, err
	}
	return []string{svg, png}, writeTo(png, vgimg.PngCanvas{Canvas: pc})
}

func sans(size vg.Length) text.Style {
	return text.Style{
		Color: ink, Font: font.Font{Typeface: "Liberation", Variant: "Sans", Size: size},
		Handler: plot.DefaultTextHandler,
	}
}

var (
	ink  = color.RGBA{0x22, 0x22, 0x22, 0xff}
	pale = color.RGBA{0xe4, 0xe4, 0xe4, 0xff}
)

func (c Chart) paint(canvas draw.Canvas, lines []line, env harness.Env) error {
	canvas.SetColor(color.White)
	canvas.Fill(canvas.Rectangle.Path())
	p := plot.New()
	p.Title.Text, p.X.Label.Text, p.Y.Label.Text = c.Title, c.XLabel, c.YLabel
	p.Title.Padding, p.BackgroundColor = vg.Points(8), color.Transparent
	size := map[*text.Style]vg.Length{
		&p.Title.TextStyle: 13, &p.X.Label.TextStyle: 11, &p.Y.Label.TextStyle: 11,
		&p.X.Tick.Label: 10, &p.Y.Tick.Label: 10,
	}
	for style, s := range size {
		style.Font, style.Color = sans(s).Font, ink
	}
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decades{count}
	format := duration
	if strings.HasPrefix(c.YLabel, "bytes") {
		format = byteCount
	}
	if !c.LinearY {
		p.Y.Scale, p.Y.Tick.Marker = plot.LogScale{}, decades{format}
	}
	for _, a := range []*plot.Axis{&p.X, &p.Y} {
		a.Padding, a.Color, a.Tick.Color = vg.Points(4), ink, ink
	}
	grid := plotter.NewGrid()
	grid.Horizontal.Color, grid.Vertical.Color = pale, pale
	p.Add(grid)
	key := plot.NewLegend()
	key.TextStyle, key.Top, key.Left = sans(9.5), true, true
	key.TextStyle.YAlign = -0.3
	key.ThumbnailWidth, key.Padding = vg.Points(24), vg.Points(6)
	for _, l := range lines {
		s := styleOf(l.impl)
		pl, err := plotter.NewLine(l.points)
		if err != nil {
			return err
		}
		pl.Color, pl.Width, pl.Dashes = s.color, s.width, s.dashes
		pp, err := plotter.NewScatter(l.points)
		if err != nil {
			return err
		}
		pp.GlyphStyle = draw.GlyphStyle{Color: s.color, Radius: vg.Points(2.8), Shape: s.glyph}
		p.Add(pl, pp)
		key.Add(l.impl, pl, pp)
	}
	widen(&p.X, 1.15, false)
	if c.LinearY {
		p.Y.Min = 0
		p.Y.Max *= 1.08
	} else {
		widen(&p.Y, 1.3, true)
	}
	foot := vg.Points(16)
	p.Draw(draw.Crop(canvas, vg.Points(6), -legend, foot, -vg.Points(6)))
	key.Draw(draw.Crop(canvas, width-legend+vg.Points(8), 0, foot, -vg.Points(34)))
	small := sans(7.5)
	small.Color = color.RGBA{0x66, 0x66, 0x66, 0xff}
	canvas.FillText(small, vg.Point{X: canvas.Min.X + vg.Points(8), Y: canvas.Min.Y + vg.Points(5)},
		fmt.Sprintf("%s, %s, GOAMD64=%s, %d CPUs, commit %s. Lower quartiles of interleaved rounds.", env.Go, env.CPU, env.AMD64, env.CPUs, env.Commit))
	return nil
}

// widen leaves room around the points; whole gives the axis at least one
// decade, so that there are two labels on it.
func widen(a *plot.Axis, by float64, whole bool) {
	a.Min /= by
	a.Max *= by
	if whole && a.Max/a.Min < 12 {
		mid := math.Sqrt(a.Max * a.Min)
		a.Min, a.Max = mid/math.Sqrt(12), mid*math.Sqrt(12)
	}
}

// decades labels powers of ten, and 2 and 5 times those where fewer than
// three powers are in sight.
type decades struct{ format func(float64) string }

func (d decades) Ticks(lo, hi float64) []plot.Tick {
	var ts []plot.Tick
	if lo <= 0 || math.IsInf(hi, 0) {
		return nil
	}
	few := math.Log10(hi/lo) < 3
	for e := math.Floor(math.Log10(lo)); e <= math.Ceil(math.Log10(hi)); e++ {
		for m := 1.0; m < 10; m++ {
			v := m * math.Pow(10, e)
			if v < lo || v > hi {
				continue
			}
			t := plot.Tick{Value: v}
			if m == 1 || few && (m == 2 || m == 5) {
				t.Label = d.format(v)
			}
			ts = append(ts, t)
		}
	}
	return ts
}

func scaled(v float64, units []string, step float64) string {
	i := 0
	for ; v >= step*0.9999 && i < len(units)-1; i++ {
		v /= step
	}
	return strings.TrimSpace(strconv.FormatFloat(v, 'g', 4, 64) + " " + units[i])
}

func duration(v float64) string  { return scaled(v, []string{"ns", "µs", "ms", "s"}, 1000) }
func byteCount(v float64) string { return scaled(v, []string{"B", "kB", "MB"}, 1000) }
func count(v float64) string     { return scaled(v, []string{"", "k", "M"}, 1000) }
