package main

import (
	"fmt"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// scaleOf reads how much of a card the board shows.
const scaleOf = `document.getElementById("board").dataset.scale`

// cameraOf reads where the board stands.
const cameraOf = `document.getElementById("board").style.transform`

// smallest is the smallest size of a text that the board shows, in pixels of
// the screen.
const smallest = `(() => {
	const k = new DOMMatrix(getComputedStyle(document.getElementById("board")).transform).a;
	const walker = document.createTreeWalker(document.getElementById("board"), NodeFilter.SHOW_TEXT);
	let least = 100;
	for (let n; n = walker.nextNode();) {
		const style = getComputedStyle(n.parentElement);
		const size = parseFloat(style.fontSize) * k;
		if (n.data.trim() && n.parentElement.getClientRects().length && style.clipPath === "none" && size > 0) least = Math.min(least, size);
	}
	return least;
})()`

// latticesApart compares the lattice of the scripts with the stylesheet's.
const latticesApart = `(async () => {
	const { lattice } = await import(new URL("./camera.js", document.querySelector("script[type=module]").src).href);
	const style = getComputedStyle(document.documentElement);
	const tokens = {column: "--column", row: "--row", width: "--card-width", height: "--card-height"};
	return Object.entries(tokens).filter(([k, token]) => style.getPropertyValue(token).trim() !== lattice[k] + "px").map(([k]) => k);
})()`

// A board is read at every scale: in full, as badges, as tiles; what is not
// drawn is still said.
func TestBrowserBoardFromAfar(t *testing.T) {
	t.Parallel()
	scene := sizedState(60, "?face=graph")(t)
	page := newPage(t) // ends before the board does
	page.SetViewport(1440, 900, 1)
	scene.open(page)
	if apart := browser.Eval[[]string](page, latticesApart); len(apart) > 0 {
		t.Errorf("camera.js and tokens.css differ: %q", apart)
	}
	seen := map[string]bool{}
	for range 14 {
		scale := browser.Eval[string](page, scaleOf)
		seen[scale] = true
		if least := browser.Eval[float64](page, smallest); least < 9 {
			t.Errorf("as a %s: got a text of %.1f px, want no less than 9", scale, least)
		}
		if bare := browser.Eval[int](page, `[...document.querySelectorAll(".face")].filter(f => !f.textContent.includes(f.dataset.name) || getComputedStyle(f.querySelector(".name")).display === "none").length`); bare > 0 {
			t.Errorf("as a %s: %d cards do not say their names", scale, bare)
		}
		browser.Eval[any](page, `(document.querySelector('[data-zoom="out"]').click(), null)`)
	}
	for _, want := range []string{"badge", "tile"} {
		if !seen[want] {
			t.Errorf("no scale showed a %s: got %v", want, seen)
		}
	}
}

// The map shows where the window is, and moves it.
func TestBrowserMinimap(t *testing.T) {
	t.Parallel()
	scene := sizedState(12, "?face=graph")(t)
	page := newPage(t) // ends before the board does
	page.SetViewport(1000, 700, 1)
	scene.open(page)
	browser.Eval[any](page, `(() => { for (let i = 0; i < 8; i++) document.querySelector('[data-zoom="in"]').click(); return null })()`)
	page.WaitFor(`!document.getElementById("minimap").hasAttribute("hidden")`)
	page.WaitFor(`document.querySelector(".map-healthy").getAttribute("d")?.length > 0`)
	before := browser.Eval[string](page, cameraOf)
	page.DragBy("#minimap", 20, 20)
	page.WaitFor(cameraOf + ` !== ` + quoted(before))
	page.Click(`[data-zoom="fit"]`)
	page.WaitFor(`document.getElementById("minimap").hasAttribute("hidden")`)
}

// The camera follows the events only while the reader has it do that.
func TestBrowserFollow(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=graph")
	still := browser.Eval[string](p, cameraOf)
	r.must("POST", "directors/b2/pins", `{"note":"x"}`)
	r.waitSeq(p)
	if got := browser.Eval[string](p, cameraOf); got != still {
		t.Errorf("the camera moved by itself: got %s, want %s", got, still)
	}
	p.Click("[data-follow]")
	p.WaitFor(`document.querySelector("[data-follow]").getAttribute("aria-pressed") === "true"`)
	r.must("POST", "directors/c1/pins", `{"note":"y"}`)
	p.WaitFor(fmt.Sprintf(`(() => {
		const card = document.querySelector(%q).getBoundingClientRect(), view = document.getElementById("viewport").getBoundingClientRect();
		return Math.abs(card.x + card.width / 2 - view.x - view.width / 2) < 40 && Math.abs(card.y + card.height / 2 - view.y - view.height / 2) < 60;
	})()`, face("c1")))
}

// On a phone the graph begins at its left edge with a whole card, and the head
// leaves it the screen.
func TestBrowserGraphOnAPhone(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := newPage(t)
	p.SetViewport(360, 640, 1)
	r.live(r.page("?face=graph"))(p)
	got := browser.Eval[map[string]float64](p, `(() => {
		const root = document.querySelector('.card[data-x="0"]').getBoundingClientRect();
		return {left: root.left, right: root.right, top: document.getElementById("top").offsetHeight, graph: document.getElementById("graph").offsetHeight};
	})()`)
	if got["left"] < 0 || got["right"] > 360 {
		t.Errorf("the first card stands from %.0f to %.0f, want it inside of 0 to 360", got["left"], got["right"])
	}
	if got["top"] > 104 || got["graph"] < 440 {
		t.Errorf("got a head of %.0f and a graph of %.0f px, want at most 104 and at least 440", got["top"], got["graph"])
	}
}

// The keys move the board, scale it and lead from card to card.
func TestBrowserGraphByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=graph")
	tabTo(t, p, "#viewport")
	camera := func() [3]float64 {
		return browser.Eval[[3]float64](p, `(m => [m.e, m.f, m.a])(new DOMMatrix(document.getElementById("board").style.transform))`)
	}
	start := camera()
	for range 2 {
		p.Press("+")
	}
	if now := camera(); now[2] <= start[2] {
		t.Errorf("+: got scale %v, want more than %v", now[2], start[2])
	}
	before := camera()
	p.Press("ArrowRight")
	p.Press("ArrowDown")
	if now := camera(); now[0] >= before[0] || now[1] >= before[1] {
		t.Errorf("arrows: got %v, want to the left of %v and above", now, before)
	}
	p.Press("-")
	p.Press("0")
	if now := camera(); now[2] > 1 || now[2] < start[2]-.01 {
		t.Errorf("0: got scale %v, want that of the whole board", now[2])
	}

	at := func(name string) {
		t.Helper()
		p.WaitFor(`document.activeElement.matches(` + quoted(face(name)) + `) || {not: document.activeElement.outerHTML.slice(0, 100)}`)
	}
	tabTo(t, p, face("a1"))
	waitModule(p, "cardkeys.js")
	p.Press("ArrowDown")
	at("a2")
	p.Press("ArrowLeft")
	at("c1")
	p.Press("Enter")
	p.WaitText("#inspector-name", "boot.c1")
}
