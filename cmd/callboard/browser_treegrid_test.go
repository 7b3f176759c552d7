package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

func TestBrowserTreegridKeys(t *testing.T) {
	t.Parallel()
	g := openGrid(t, startDemo(t, "--quiet-traffic"), "?face=outline")
	tabTo(t, g.Page, "#rows > .row")
	g.at("cache")
	g.press("ArrowDown ArrowDown", "a2")
	g.press("ArrowLeft", "cache")
	g.press("End", "c1")
	g.press("Home ArrowUp", "head Director")
	g.press("ArrowRight ArrowRight", "head References")
	g.press("ArrowDown", "cache")
	g.press("PageDown", "c1")
	g.press("Control+Home", "cache")
	g.press("s", "site")
	g.press("ArrowDown", "pool_a")
	g.press("ArrowRight ArrowRight", "pool_a: healthy members 3/3")
	g.press("End Home ArrowLeft", "pool_a")

	g.press("ArrowLeft", "pool_a")
	g.WaitVisible(g.line("pool_a", 0) + `[aria-expanded="false"]`)
	g.press("ArrowDown", "pool_b")
	g.press("ArrowLeft", "pool_b")
	g.WaitVisible(g.line("pool_b", 0) + `[aria-expanded="false"]`)
	g.Press("*")
	g.WaitVisible(g.line("pool_a", 0) + `[aria-expanded="true"]`)
	g.WaitVisible(g.line("pool_b", 0) + `[aria-expanded="true"]`)
	g.at("pool_b")
	g.press("ArrowLeft", "pool_b")
	g.WaitVisible(g.line("pool_b", 0) + `[aria-expanded="false"]`)
	g.Press("ArrowRight")
	g.WaitVisible(g.line("pool_b", 0) + `[aria-expanded="true"]`)

	g.Press("Enter")
	g.WaitText("#inspector-name", "boot.pool_b")
	g.at("pool_b")
	g.press("a", "a1") // no key of the page while the outline has the focus
	if g.Count("#add-name") != 0 {
		t.Error("a letter opened the form for a new director")
	}
	tabTo(t, g.Page, "#inspector a, #inspector button") // one stop, and out
}

// A name that was begun is over with any other key, also at once: the clock of the
// page stands still here.
func TestBrowserTreegridEndsNames(t *testing.T) {
	t.Parallel()
	g := openGrid(t, startDemo(t, "--quiet-traffic"), "?face=outline")
	tabTo(t, g.Page, "#rows > .row")
	browser.Eval[any](g.Page, `void (window.setTimeout = () => 0)`)
	g.press("s", "site")
	g.press("p o", "site") // no name begins so
	g.press("Space", "site")
	g.press("p o", "pool_a")
	g.Press("Enter")
	g.WaitText("#inspector-name", "boot.pool_a")
	g.press("c", "c1")
	g.Click(g.line("site", 0) + " .pick")
	g.press("b", "b1")
}

func TestBrowserTreegridSorts(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	g := openGrid(t, r, "?face=outline")
	own := g.names()
	for _, want := range []string{"ascending", "descending"} {
		g.Click(`#columns th:first-child .sort`)
		g.WaitVisible(`#columns th:first-child[aria-sort="` + want + `"]`)
	}
	if got, want := g.names(), "site pool_b b2 b1 pool_a a3 a2 a1 c1 cache a3 a2 a1"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	g.Click(`#columns th:first-child .sort`)
	g.WaitGone(`#columns [aria-sort]`)
	if got := g.names(); got != own {
		t.Errorf("after the third click: got %s, want %s", got, own)
	}

	// What is sorted moves as it changes, and the focus with it.
	g.Click(`#columns th:nth-child(2) .sort`)
	g.WaitURL("sort=health")
	g.Click(g.line("b2", 0) + " td:nth-child(3)")
	g.at("b2")
	r.must("PUT", "health", `{"pattern":"b2","admin":"sick"}`)
	g.WaitFor(`(n => n.includes("b2 b1") || {not: n})([...document.querySelectorAll("#rows .name")].map(e => e.textContent).join(" "))`)
	g.at("b2")
	g.press("ArrowDown", "b1")
	waitSame(t, g.Page, r.openPage("?face=outline&sort=health"))
}

func TestBrowserTreegridSelects(t *testing.T) {
	t.Parallel()
	g := openGrid(t, startDemo(t, "--quiet-traffic"), "?face=outline")
	g.Click(g.line("a1", 0) + " .pick")
	g.selected(1, "a1", "a1") // in both of its lines
	g.press("Shift+ArrowDown Shift+ArrowDown", "a3")
	g.selected(3, "a1", "a2", "a3", "a1", "a2", "a3")
	g.press("Shift+ArrowUp", "a2")
	g.selected(2, "a1", "a2", "a1", "a2")
	g.press("Space", "a2")
	g.selected(1, "a1", "a1")
	g.Click(g.line("b1", 0)+" td:nth-child(3)", "Control")
	g.Click(g.line("c1", 0)+" td:nth-child(3)", "Shift")
	g.selected(4, "a1", "a1", "b1", "b2", "c1")
	g.Press("Control+a")
	g.WaitText(".bulk-count", "10 selected")
	g.Press("Escape")
	g.selected(0)
	g.Click(g.line("b1", 0)+" td:nth-child(3)", "Control")
	g.bulk("Clear")
	g.selected(0)
	g.at("b1")
}

func TestBrowserTreegridCommandsForMany(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	g := openGrid(t, r, "?face=outline")
	for _, name := range []string{"a1", "a2", "b1"} {
		g.Click(g.line(name, 0) + " .pick")
	}
	g.bulk("Sick")
	g.WaitText(".bulk-outcome", "Sick: 3 of 3 done")
	for _, name := range []string{"a1", "a2", "b1"} {
		g.WaitVisible(g.line(name, 0) + `[data-health="sick"] .health[data-admin]`)
	}
	g.WaitText(".bulk-count", "3 selected")
	g.bulk("Auto")
	g.WaitText(".bulk-outcome", "Auto: 3 of 3 done")
	g.WaitVisible(g.line("b1", 0) + `[data-health="healthy"]`)
	g.bulk("Pin")
	g.WaitText(".bulk-outcome", "Pin: 3 of 3 done")
	if got := strings.Count(r.must("GET", "directors", ""), `"kind":"pin"`); got != 3 {
		t.Errorf("got %d pins, want 3", got)
	}
}

func TestBrowserTreegridDeletesMany(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	g := openGrid(t, r, "?face=outline&select=boot.a2")
	g.Click(g.line("cache", 0) + " .pick")
	g.Click(g.line("b1", 0) + " .pick")
	g.bulk("Delete…")
	g.WaitText("#bulk-delete", "Delete 2 directors?")
	for _, want := range []string{"a1, a2, a3", "cache", "lingers while held by", "pool_b"} {
		g.WaitText("#bulk-delete", want)
	}
	g.Press("Escape")
	g.WaitGone("#bulk-delete")
	g.selected(2, "cache", "b1")
	g.WaitVisible("#inspector-name") // the key closed the question only
	g.bulk("Delete…")
	g.WaitVisible("#bulk-delete")
	g.WaitFor(`document.activeElement.textContent === "Keep them"`)
	g.Press("Shift+Tab")
	g.Press("Enter")
	g.WaitFor(`!document.querySelector("#rows").textContent.includes("cache")`)
	g.WaitVisible(g.line("b1", 0) + `[data-phase="lingering"]`)
	g.WaitText(".bulk-outcome", "Delete: 2 of 2 done")
	g.WaitFor(`document.activeElement.matches("#rows > .row") || {not: document.activeElement.outerHTML.slice(0, 80)}`)

	// What is deleted already is refused, and stays selected.
	g.Click(g.line("b1", 0) + " .pick")
	g.Click(g.line("c1", 0) + " .pick")
	g.bulk("Delete…")
	g.WaitVisible("#bulk-delete")
	g.Allow(`^network: .*status of 409`)
	g.Click(`#bulk-delete [value="delete"]`)
	g.WaitText(".bulk-outcome", "Delete: 1 of 2 done")
	g.WaitText(".bulk-refusals", "b1: ")
	g.selected(1, "b1")
	g.bulk("Undo")
	g.WaitText(".bulk-outcome", "Undo: 1 of 1 done")
	g.WaitVisible(g.line("c1", 0) + `[data-phase="live"]`)
}

// Under a filter, all are those that it found, not what leads to them.
func TestBrowserTreegridSelectsWhatWasFound(t *testing.T) {
	t.Parallel()
	g := openGrid(t, startDemo(t, "--quiet-traffic"), "?face=outline&q=a1")
	g.Click(g.line("a1", 0) + " td:nth-child(3)")
	g.Press("Control+a")
	g.selected(1, "a1", "a1") // in both lines
}

// inSight waits until a line is whole in the outline's room.
func (g grid) inSight(name string) {
	g.t.Helper()
	g.WaitFor(`(names => names.includes(` + quoted(name) + `) || {not: names.join(" ")})((room => [...document.querySelectorAll("#rows > .row")]
		.filter(row => row.getBoundingClientRect().top >= room.top && row.getBoundingClientRect().bottom <= room.bottom)
		.map(row => row.querySelector(".name").textContent))(document.getElementById("outline").getBoundingClientRect()))`)
}

// A link that selects what is far down shows it, be it in the first window of
// lines or in another one.
func TestBrowserTreegridOpensWhereTheSelectionIs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"web_3_25", "web_9_20", "pool_30"} {
		scene := sizedState(1000, "?face=outline&open=boot.pool_3,boot.pool_5,boot.pool_9&select=boot."+name)(t)
		p := newPage(t) // ends before the board does
		scene.open(p)
		grid{p, nil, t}.inSight(name)
	}
}

// Of a long outline the page has the lines that are in sight and some beside
// them; the others come as one scrolls, or goes there by keys.
func TestBrowserTreegridScrollsALongOutline(t *testing.T) {
	t.Parallel()
	scene := sizedState(4000, "?face=outline&open=boot.pool_3,boot.pool_20")(t)
	p := newPage(t) // ends before the board does
	scene.open(p)
	g := grid{p, nil, t}
	g.WaitCount(`#outline [tabindex="0"]`, 1)
	p.WaitFor(`document.querySelector("#space-below td").style.height !== ""`)
	height := browser.Eval[int](p, `document.getElementById("outline").scrollHeight`)
	inSight := func(name string) {
		t.Helper()
		g.inSight(name)
		if n := p.Count("#rows > .row"); n > 100 {
			t.Errorf("got %d lines, want no more than a window's", n)
		}
		if now := browser.Eval[int](p, `document.getElementById("outline").scrollHeight`); now < height-20 || now > height+20 {
			t.Errorf("the outline is %d pixels high, and was %d", now, height)
		}
	}
	for range 7 {
		p.Wheel("#outline", 0, 400)
	}
	p.WaitURL("at=")
	inSight("pool_20")

	p.WaitVisible(`#rows > .row[tabindex="0"]`)
	tabTo(t, p, "#rows > .row")
	p.Press("End")
	p.WaitFor(`document.activeElement.matches("#rows > .row:last-child") || {not: document.activeElement.outerHTML.slice(0, 80)}`)
	inSight(browser.Eval[string](p, `document.activeElement.querySelector(".name").textContent`))
	p.Press("Home")
	inSight("site")
	g.at("site")
	if got := p.Attr("#rows > .row:nth-child(2)", "aria-setsize"); got == "1" || got == "" {
		t.Errorf("got aria-setsize %q, want how many members site has", got)
	}
	for range 3 {
		p.Press("ArrowDown")
	}
	g.at("pool_3")
	p.Press("ArrowLeft") // shuts it
	p.WaitVisible(`[aria-expanded="false"]:focus`)
	g.at("pool_3")
	p.Press("ArrowRight")
	p.WaitVisible(`[aria-expanded="true"]:focus`)
	p.WaitCount(`#outline [tabindex="0"]`, 1)

	// What is selected stays so when it has scrolled away.
	p.Press("Space")
	p.WaitText(".bulk-count", "1 selected")
	p.Press("End")
	p.WaitFor(`![...document.querySelectorAll("#rows .name")].some(e => e.textContent === "pool_3")`)
	p.WaitText(".bulk-count", "1 selected")
}

func TestBrowserTreegridFocusOutlivesItsLine(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	g := openGrid(t, r, "?face=outline")
	g.Click(g.line("a2", 0) + " td:nth-child(3)")
	g.at("a2")
	g.Press("ArrowRight")
	slots := browser.Eval[[]string](g.Page, `[...document.querySelectorAll("#rows .name")].map(e => e.textContent)`)
	if !slices.Contains(slots, "a2") {
		t.Fatal("a2 is not there")
	}
	r.must("PUT", "health", `{"pattern":"a2","admin":"sick"}`)
	g.WaitVisible(g.line("a2", 0) + `[data-health="sick"]`)
	g.at("a2: a2")
	for _, test := range []struct{ slot, want string }{{"2", "a3"}, {"3", "a1"}, {"1", "cache"}} {
		r.must("DELETE", "directors/cache/members/"+test.slot, "")
		r.waitSeq(g.Page)
		g.at(test.want)
	}
	g.WaitText("#announcer", "is gone")
	r.must("DELETE", "directors/cache", "")
	g.WaitFor(`!document.querySelector("#rows").textContent.includes("cache")`)
	g.WaitCount(`#outline [tabindex="0"]`, 1)
	g.WaitFor(`document.activeElement.matches("#rows > .row") || {not: document.activeElement.outerHTML.slice(0, 80)}`)

	// A reader who has left is left in peace.
	g.Click("#q")
	r.must("PUT", "health", `{"pattern":"c1","admin":"sick"}`)
	g.WaitVisible(g.line("c1", 0) + `[data-health="sick"]`)
	g.WaitFor(`document.activeElement.id === "q"`)
}

// On a phone the inspector is below the outline: only who selects a director is
// led there, not who sorts or opens.
func TestBrowserTreegridStaysInSight(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := newPage(t)
	p.SetViewport(360, 740, 1)
	r.live(r.page("?select=boot.a2"))(p)
	p.WaitCount(`#outline [tabindex="0"]`, 1)
	p.Click("#columns th:nth-child(3) .sort")
	p.WaitVisible(`#columns [aria-sort="ascending"]`)
	p.WaitFor("scrollY < 200 || {not: scrollY}")
	p.Click("#rows > .row:last-child .row-name")
	p.WaitFor("scrollY > 200 || {not: scrollY}")
}
