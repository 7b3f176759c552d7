package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// picturesLimit is how many bytes all pictures of states may have together.
const picturesLimit = 4_000_000

// The looks that pictures are taken in.
var (
	desk      = look{1440, 900, 1, false}
	deskDark  = look{1440, 900, 1, true}
	window    = look{900, 700, 1, false}
	phone     = look{360, 740, 1, false}
	phoneDark = look{360, 740, 1, true}
)

// pictures says which states have their picture taken in which looks; all others
// at a desk in light.
var pictures = map[string][]look{
	"graph":     {desk, deskDark, window, phone, phoneDark},
	"outline":   {desk, deskDark, window, phone},
	"lingering": {desk, deskDark, window, phone},
	"half-sick": {desk, deskDark, phone},
	"offline":   {desk, deskDark, phone},
	"empty":     {desk, deskDark, phone},
	"delete":    {desk, phone},
	"add":       {desk, phone},
	"60-graph":  {desk, deskDark},

	"10000-graph":   {desk, deskDark},
	"10000-outline": {desk, phone},
}

// sizes are states that only pictures are taken of.
var sizes = []state{
	{"1-graph", sizedState(1, "?face=graph")},
	{"6-graph", sizedState(6, "?face=graph")},
	{"60-graph", sizedState(60, "?face=graph")},
	{"60-outline", sizedState(60, "?face=outline")},
	{"10000-graph", sizedState(10_000, "?face=graph")},
	{"10000-outline", sizedState(10_000, "?face=outline")},
}

// The pictures of the states, for those who change the page: screenshots/ has
// one for each state and look.
func TestScreenshotsOfStates(t *testing.T) {
	folder := filepath.Join(browser.Pictures(t), "screenshots")
	for _, s := range append(append([]state{}, states...), sizes...) {
		t.Run(s.name, func(t *testing.T) {
			looks, chosen := pictures[s.name]
			if !chosen {
				looks = []look{desk}
			}
			scene := s.prepare(t)
			p := newPage(t)
			p.ReducedMotion(true)
			for _, l := range looks {
				l.apply(p)
				scene.open(p)
				p.SmallScreenshot(filepath.Join(folder, s.name+"-"+l.String()+".png"))
			}
		})
	}
	checkSize(t, folder)
}

// checkSize keeps the repository from growing with every picture.
func checkSize(t *testing.T, folder string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	var total int64
	for _, file := range files {
		info, err := file.Info()
		if err != nil {
			t.Fatal(err)
		}
		total += info.Size()
	}
	if t.Logf("%d pictures, %d bytes", len(files), total); total > picturesLimit {
		t.Errorf("the pictures have %d bytes, want no more than %d", total, picturesLimit)
	}
}
