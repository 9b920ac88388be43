package charts

import (
	"image/color"
	"io"
	"os"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

type style struct {
	color  color.Color
	glyph  draw.GlyphDrawer
	dashes []vg.Length
	width  vg.Length
}

// The palette of Okabe and Ito (2008).
var (
	black     = color.RGBA{0x00, 0x00, 0x00, 0xff}
	orange    = color.RGBA{0xe6, 0x9f, 0x00, 0xff}
	sky       = color.RGBA{0x56, 0xb4, 0xe9, 0xff}
	green     = color.RGBA{0x00, 0x9e, 0x73, 0xff}
	blue      = color.RGBA{0x00, 0x72, 0xb2, 0xff}
	vermilion = color.RGBA{0xd5, 0x5e, 0x00, 0xff}
	purple    = color.RGBA{0xcc, 0x79, 0xa7, 0xff}
	grey      = color.RGBA{0x77, 0x77, 0x77, 0xff}
)

var (
	dashed = []vg.Length{vg.Points(6), vg.Points(3)}
	dotted = []vg.Length{vg.Points(1.5), vg.Points(2.5)}
)

// styles gives the subject the strongest line; the builtin map is black.
var styles = map[string]style{
	"hamt":                {vermilion, draw.CircleGlyph{}, nil, vg.Points(2.6)},
	"hamt-against":        {orange, draw.CircleGlyph{}, dashed, vg.Points(2)},
	"builtin":             {black, draw.SquareGlyph{}, nil, vg.Points(1.5)},
	"maps.Clone":          {black, draw.BoxGlyph{}, dashed, vg.Points(1.5)},
	"benbjohnson":         {blue, draw.TriangleGlyph{}, nil, vg.Points(1.5)},
	"benbjohnson-maphash": {blue, draw.PyramidGlyph{}, dashed, vg.Points(1.5)},
	"statedb-part":        {green, draw.PlusGlyph{}, nil, vg.Points(1.5)},
	"iradix":              {purple, draw.CrossGlyph{}, nil, vg.Points(1.5)},
	"tidwall-btree":       {sky, draw.RingGlyph{}, nil, vg.Points(1.5)},
	"google-btree":        {orange, draw.RingGlyph{}, dashed, vg.Points(1.5)},

	"ctx":           {vermilion, draw.CircleGlyph{}, nil, vg.Points(2.6)},
	"field":         {black, draw.SquareGlyph{}, nil, vg.Points(1.5)},
	"context.Value": {blue, draw.TriangleGlyph{}, nil, vg.Points(1.5)},
	"sync.Map":      {green, draw.PlusGlyph{}, nil, vg.Points(1.5)},
	"routine":       {purple, draw.CrossGlyph{}, nil, vg.Points(1.5)},
	"ctx-against":   {orange, draw.CircleGlyph{}, dashed, vg.Points(2)},
	"captured-map":  {sky, draw.RingGlyph{}, dashed, vg.Points(1.5)},
}

func styleOf(impl string) style {
	if s, ok := styles[impl]; ok {
		return s
	}
	return style{grey, draw.RingGlyph{}, dotted, vg.Points(1.5)}
}

func writeTo(name string, w io.WriterTo) error {
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	if _, err := w.WriteTo(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}
