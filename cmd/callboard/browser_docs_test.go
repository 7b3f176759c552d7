package main

import (
	"slices"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// The description of the API can be read at every width: its chapters stand one
// below the other and fill the column, and nothing leads beyond the window.
func TestBrowserDocsAreReadableAtEveryWidth(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	for _, width := range []int{360, 900, 960, 1280, 1440, 1920} {
		p := newPage(t)
		p.SetViewport(width, 800, 1)
		p.Navigate(r.board + "api/docs")
		widths := browser.Eval[[]float64](p, `[...document.querySelectorAll(".chapters > section")].map(e => e.getBoundingClientRect().width)`)
		if len(widths) < 5 {
			t.Fatalf("%d pixels: got %d chapters, want all", width, len(widths))
		}
		if least, most := slices.Min(widths), slices.Max(widths); least < 300 || least != most {
			t.Errorf("%d pixels: chapters are %g to %g pixels wide, want all alike and no less than 300", width, least, most)
		}
		if covered := browser.Eval[int](p, `[...document.querySelectorAll(".chapters > section")].filter((e, i, all) =>
			i && e.getBoundingClientRect().top < all[i - 1].getBoundingClientRect().bottom).length`); covered != 0 {
			t.Errorf("%d pixels: %d chapters begin before the one above ends", width, covered)
		}
		if over := browser.Eval[int](p, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			t.Errorf("%d pixels: the page is %d wider than the window", width, over)
		}
	}
}
