package browser

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"
)

func TestReduceKeepsFrequentColours(t *testing.T) {
	picture := image.NewRGBA(image.Rect(0, 0, 256, 4))
	blue := color.RGBA{0, 0, 200, 255}
	amber := color.RGBA{130, 90, 10, 255}
	for x := range 256 {
		picture.Set(x, 0, color.RGBA{uint8(x), uint8(x), uint8(x), 255})
		for y := 1; y < 4; y++ {
			picture.Set(x, y, blue)
		}
	}
	picture.Set(9, 3, amber)
	got := reduce(picture)
	if n := len(got.Palette); n > paletteSize || n < 60 {
		t.Errorf("got %d colours, want up to %d", n, paletteSize)
	}
	if c := got.At(7, 2); c != blue {
		t.Errorf("the most frequent colour: got %v, want %v", c, blue)
	}
	if c := got.At(9, 3); c != amber {
		t.Errorf("a colour of one pixel that is like no other: got %v, want %v", c, amber)
	}
	for x := range 256 {
		if c := got.At(x, 0).(color.RGBA); apart(c, color.RGBA{uint8(x), uint8(x), uint8(x), 255}) > 32 {
			t.Errorf("grey %d: got %v", x, c)
		}
	}
}

func TestSmallScreenshot(t *testing.T) {
	p := Open(t, site(t))
	file := filepath.Join(t.TempDir(), "sub", "page.png")
	p.SmallScreenshot(file)
	content, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer content.Close()
	picture, err := png.Decode(content)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := picture.(*image.Paletted); !ok || picture.Bounds().Dx() != 1280 {
		t.Errorf("got a %T of %v, want one with a palette, 1280 wide", picture, picture.Bounds())
	}
}
