package main

import (
	"fmt"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// A look is a window and a scheme of colours.
type look struct {
	width, height int
	scale         float64
	dark          bool
}

func (l look) String() string {
	scheme := "light"
	if l.dark {
		scheme = "dark"
	}
	return fmt.Sprintf("%s-%d", scheme, l.width)
}

func (l look) apply(p *browser.Page) {
	p.SetViewport(l.width, l.height, l.scale)
	p.Dark(l.dark)
}

// looks are the windows that every state is checked in: a desk, a phone, and a
// window in which everything is twice as large.
var looks = []look{{1440, 900, 1, false}, {360, 740, 1, false}, {640, 400, 2, false}}

// Every state is accessible by WCAG 2.2 AA as far as a program can tell, in both
// schemes, on a desk and on a phone, without an error in the console. It fits
// into each window, and into one of 320 pixels; on a desk the board's page does
// not scroll as a whole. And while changes arrive, nothing in it jumps; what grows may move what is below
// it in the same list.
//
// It is one test, because most of its time goes into starting what a state shows
// and loading the page.
func TestBrowserStates(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			scene := s.prepare(t)
			p := newPage(t)
			for _, l := range looks {
				l.apply(p)
				scene.open(p)
				checkFits(t, p, l)
				if l.scale > 1 {
					continue // as a page it is the one of 640 pixels
				}
				p.Axe(l.String())
				l.dark = true
				l.apply(p)
				p.AxeColours(l.String())
				l.dark = false
				l.apply(p)
				if scene.change != nil {
					checkStandsStill(t, p, l, scene.change)
				}
				if l.width < 400 {
					narrowest := look{320, 640, 1, false}
					narrowest.apply(p)
					checkFits(t, p, narrowest)
				}
			}
		})
	}
}

func checkFits(t *testing.T, p *browser.Page, l look) {
	t.Helper()
	browser.Eval[any](p, drawn) // in a window that has just become another
	for _, e := range browser.Eval[[]string](p, tooWide) {
		t.Errorf("%s: this is wider than the window: %s", l, e)
	}
	if high := browser.Eval[float64](p, tooHigh); high > 0 {
		t.Errorf("%s: the page scrolls by %v pixels, and not the parts of it", l, high)
	}
}

func checkStandsStill(t *testing.T, p *browser.Page, l look, change func(*browser.Page)) {
	t.Helper()
	browser.Eval[any](p, watchShifts)
	change(p)
	for _, shift := range browser.Eval[[]string](p, readShifts) {
		t.Errorf("%s: %s", l, shift)
	}
}

// tooWide lists what makes the page scroll sideways. The board and the outline
// scroll by themselves.
const tooWide = `(() => {
	if (document.documentElement.scrollWidth <= innerWidth) return [];
	const wide = [...document.body.querySelectorAll("*")].filter(e =>
		e.getBoundingClientRect().right > innerWidth && !e.closest(".viewport, .outline, .unseen"));
	return wide.slice(0, 5).map(e => e.cloneNode(false).outerHTML).concat(wide.length ? [] : ["something that nobody knows"]);
})()`

// tooHigh is by how much a page scrolls whose parts should.
const tooHigh = `document.querySelector("#page[data-face]") && innerWidth >= 960
	? document.documentElement.scrollHeight - innerHeight : 0`

// drawn is a promise of the second frame from now.
const drawn = `new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => resolve(null))))`

// watchShifts collects what the browser reports as layout shifts, once what was
// done before is drawn. It reports none for what is animated by a transform. Beads may come and go to the left of
// their count.
const watchShifts = drawn + `.then(() => {
	window.shifts = [];
	const note = (list) => {
		for (const shift of list) {
			for (const { node, previousRect: a, currentRect: b } of shift.sources) {
				const e = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
				if (!e || e.closest("#event-list, #inspector-body, .refs")) continue;
				// In one column, the list of events is below the lists of the inspector.
				if (e.closest(".journal") && innerWidth < 720) continue;
				window.shifts.push(shift.value.toFixed(4) + ": " + e.cloneNode(false).outerHTML +
					" went from " + [a.x, a.y, a.width, a.height] + " to " + [b.x, b.y, b.width, b.height]);
			}
		}
	};
	window.observer = new PerformanceObserver(list => note(list.getEntries()));
	window.observer.observe({type: "layout-shift"});
	window.noteShifts = note;
	return null;
})`

// readShifts waits for two frames, in which the last patch is drawn.
const readShifts = `new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(() => {
	window.noteShifts(window.observer.takeRecords());
	resolve(window.shifts);
})))`

// newPage returns an empty page that is as patient as this machine needs.
func newPage(t *testing.T) *browser.Page {
	t.Helper()
	p := browser.New(t)
	p.Timeout = patience
	return p
}
