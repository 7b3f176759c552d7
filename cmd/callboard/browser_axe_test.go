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

// Every state is accessible by WCAG 2.2 AA as far as a program can tell, in both
// schemes, on a desk and on a phone, without an error in the console.
func TestBrowserStatesAreAccessible(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			scene := s.prepare(t)
			p := newPage(t)
			for _, l := range []look{{1440, 900, 1, false}, {1440, 900, 1, true}, {360, 740, 1, false}, {360, 740, 1, true}} {
				l.apply(p)
				scene.open(p)
				p.Axe(l.String())
			}
		})
	}
}

// Every state fits into a window of 320 pixels, into one of 1280 where
// everything is twice as large, and on a desk, where the board's page does not
// scroll as a whole.
func TestBrowserStatesFit(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			scene := s.prepare(t)
			p := newPage(t)
			for _, l := range []look{{320, 640, 1, false}, {640, 400, 2, false}, {1440, 900, 1, false}} {
				l.apply(p)
				scene.open(p)
				for _, e := range browser.Eval[[]string](p, tooWide) {
					t.Errorf("%s: this is wider than the window: %s", l, e)
				}
				if high := browser.Eval[float64](p, tooHigh); high > 0 {
					t.Errorf("%s: the page scrolls by %v pixels, and not the parts of it", l, high)
				}
			}
		})
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

// While changes arrive, nothing in any state jumps; what grows may move what is
// below it in the same list.
func TestBrowserStatesStandStill(t *testing.T) {
	t.Parallel()
	for _, s := range states {
		t.Run(s.name, func(t *testing.T) {
			scene := s.prepare(t)
			if scene.change == nil {
				t.SkipNow()
			}
			p := newPage(t)
			for _, l := range []look{{1440, 900, 1, false}, {360, 740, 1, false}} {
				l.apply(p)
				scene.open(p)
				browser.Eval[any](p, watchShifts)
				scene.change(p)
				for _, shift := range browser.Eval[[]string](p, readShifts) {
					t.Errorf("%s: %s", l, shift)
				}
			}
		})
	}
}

// watchShifts collects what the browser reports as layout shifts, once what was
// done before is drawn. It reports none for what is animated by a transform. Beads may come and go to the left of
// their count.
const watchShifts = `new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))).then(() => {
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
