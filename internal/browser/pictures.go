package browser

import (
	"bytes"
	"cmp"
	"context"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// PicturesEnv names the folder for the pictures of the documentation.
const PicturesEnv = "CALLBOARD_SCREENSHOTS"

// Pictures returns the folder that the test shall write its pictures to. It
// skips the test unless somebody asked for them: `make screenshots` does, and
// runs every test that has Screenshot in its name.
func Pictures(t testing.TB) string {
	t.Helper()
	folder := os.Getenv(PicturesEnv)
	if folder == "" {
		t.Skipf("browser: %s is not set; make screenshots takes the pictures", PicturesEnv)
	}
	return folder
}

// paletteSize is how many colours a small screenshot has.
const paletteSize = 96

// SmallScreenshot writes the visible part of the page to a PNG file of at most
// 96 colours, a third to a half as large as one of [Page.Screenshot]: a page
// has few colours but those of the edges of its letters.
func (p *Page) SmallScreenshot(file string) {
	p.t.Helper()
	if err := captureSmall(p.ctx, file); err != nil {
		p.fatal("taking a screenshot", err)
	}
}

func captureSmall(ctx context.Context, file string) error {
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		return err
	}
	picture, err := png.Decode(bytes.NewReader(shot.Data))
	if err != nil {
		return err
	}
	var small bytes.Buffer
	encoder := png.Encoder{CompressionLevel: png.BestCompression}
	if err := encoder.Encode(&small, reduce(picture)); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, small.Bytes(), 0o644)
}

// reduce draws the picture with the colours that are most frequent in it, each
// pixel in the one nearest to its own.
func reduce(picture image.Image) *image.Paletted {
	bounds := picture.Bounds()
	counts := make(map[color.RGBA]int)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			counts[rgba(picture, x, y)]++
		}
	}
	frequent := slices.SortedFunc(maps.Keys(counts), func(a, b color.RGBA) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a.R, b.R), cmp.Compare(a.G, b.G), cmp.Compare(a.B, b.B))
	})
	palette := choose(frequent)
	nearest := make(map[color.RGBA]uint8, len(counts))
	for c := range counts {
		nearest[c] = uint8(palette.Index(c))
	}
	drawn := image.NewPaletted(bounds, palette)
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			drawn.SetColorIndex(x, y, nearest[rgba(picture, x, y)])
		}
	}
	return drawn
}

// choose takes up to paletteSize of the colours, the most frequent first: those
// that are unlike all others, so that no sign loses its colour for being small,
// and then those that are at least a little different.
func choose(frequent []color.RGBA) color.Palette {
	var palette color.Palette
	for _, distance := range []uint8{32, 3} {
		for _, c := range frequent {
			if len(palette) < paletteSize && !slices.ContainsFunc(palette, func(taken color.Color) bool {
				return apart(c, taken.(color.RGBA)) < distance
			}) {
				palette = append(palette, c)
			}
		}
	}
	return palette
}

// apart is the largest difference between two colours in a channel.
func apart(a, b color.RGBA) uint8 {
	difference := func(x, y uint8) uint8 { return max(x, y) - min(x, y) }
	return max(difference(a.R, b.R), difference(a.G, b.G), difference(a.B, b.B))
}

func rgba(picture image.Image, x, y int) color.RGBA {
	return color.RGBAModel.Convert(picture.At(x, y)).(color.RGBA)
}
