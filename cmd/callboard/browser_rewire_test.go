package main

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// rewirable opens a page that rewires: it has loaded what that needs.
func (r *running) rewirable(query string) *browser.Page {
	r.t.Helper()
	p := r.openPage(query)
	prepareRewire(p)
	return p
}

func prepareRewire(p *browser.Page) {
	p.Hover("#viewport")
	p.WaitFor(`document.getElementById("rewire-layer") !== null && document.getElementById("menu-layer") !== null`)
}

// memberAt is the name of what a slot points at.
func (r *running) memberAt(director string, slot int) string {
	r.t.Helper()
	for _, m := range r.membersOf(director) {
		if m.Slot == slot {
			return m.Director
		}
	}
	return ""
}

type apiMember struct {
	Slot     int
	Director string
}

func (r *running) membersOf(director string) []apiMember {
	r.t.Helper()
	var d struct{ Members []apiMember }
	if err := json.Unmarshal([]byte(r.must("GET", "directors/"+director, "")), &d); err != nil {
		r.t.Fatal(err)
	}
	return d.Members
}

// pickUp picks up what the part of the inspector is about.
func pickUp(p *browser.Page, part string) {
	p.Click(part + " [data-pick-up]")
	p.WaitVisible("#carrying")
}

func handle(director string, slot int) string {
	return fmt.Sprintf(`.handle[data-of=%q][data-slot="%d"]`, director, slot)
}

func card(name string) string { return `.card:has(> .face[data-name="` + name + `"])` }

func TestBrowserRewireByDragging(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.rewirable("?face=graph&select=boot.pool_a")

	p.Drag(handle("pool_a", 2), face("c1"))
	p.WaitText("#rewire-title", "Point slot 2 of pool_a at c1?")
	p.WaitText(".rewire-effects", "a2 3 → 2 references")
	p.WaitText(".rewire-effects", "c1 2 → 3 references")
	if got := r.memberAt("pool_a", 2); got != "a2" {
		t.Fatalf("before it is agreed to, slot 2 points at %s, want a2", got)
	}
	p.Click(`#rewire [data-rewire-do="assign"]`)
	p.WaitText("#rewire .outcome", "Done · #")
	if got := r.memberAt("pool_a", 2); got != "c1" {
		t.Errorf("slot 2 points at %s, want c1", got)
	}
	p.WaitText(`#rewire [data-rewire-do="assign"]`, "Undo")
	p.Click(`#rewire [data-rewire-do="assign"]`)
	r.eventually("it is taken back", func() bool { return r.memberAt("pool_a", 2) == "a2" })
	p.Click(`#rewire [data-rewire-do="keep"]`)
	p.WaitGone("#rewire[open]")

	// A card onto a director: it becomes a member. The link is not followed.
	p.Drag(face("c1"), face("cache"))
	p.WaitText("#rewire-title", "Make c1 a member of cache?")
	p.Click(`#rewire [data-rewire-do="keep"]`)
	p.WaitGone("#rewire[open]")
	if got := len(r.membersOf("cache")); got != 3 {
		t.Errorf("cache has %d members, want 3: it was kept as it was", got)
	}
	p.WaitText("#inspector-name", "boot.pool_a")
}

func TestBrowserRewireByClicks(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_b")
	p.Click(member(1) + " [data-pick-up]")
	p.WaitText("#carrying", "Carrying pool_b slot 1 (b1): click the director it should point at, or Esc.")
	p.WaitVisible(card("site") + `[data-rewire="loop"]`)
	p.WaitVisible(card("c1") + `[data-rewire="target"]`)
	p.Press("Escape")
	p.WaitGone("#carrying")
	p.WaitText("#inspector-name", "boot.pool_b")

	pickUp(p, member(1))
	p.Click(face("c1"))
	p.WaitText("#rewire-title", "Point slot 1 of pool_b at c1?")
	p.Click(`#rewire [data-rewire-do="assign"]`)
	p.WaitText("#rewire .outcome", "Done · #")
	if got := r.memberAt("pool_b", 1); got != "c1" {
		t.Errorf("slot 1 points at %s, want c1", got)
	}
	p.Press("Escape")
	p.WaitGone("#rewire[open]")

	// A director is given to another, by a row of the outline.
	p.Click(`[data-section="commands"] [data-pick-up]`)
	p.WaitText("#carrying", "Carrying pool_b: click the director that should get it as a member")
	p.WaitVisible(card("a1") + `[data-rewire="leaf"]`)
	p.Press("o")
	p.WaitVisible("#rows")
	p.Click(`#rows .row-name[href*="boot.cache"]`)
	p.WaitText("#rewire-title", "Make pool_b a member of cache?")
}

func TestBrowserRewireByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	tabTo(t, p, face("pool_a"))
	p.Press("m")
	p.WaitText("#rewire-picker-title", "Rewire pool_a")
	p.WaitFor(`document.activeElement.id === "rewire-slot"`)
	p.Press("ArrowDown") // slot 2
	p.Press("Tab")
	p.Press("c")
	p.Press("1")
	p.WaitText("#rewire-options", "c1")
	p.WaitText("#rewire-picker .rewire-report", "a2 3 → 2 references")
	p.WaitText("#rewire-picker .rewire-report", "c1 2 → 3 references")
	p.Press("Enter") // takes it
	p.WaitGone("#rewire-options")
	p.Press("Enter") // agrees
	p.WaitText("#rewire .outcome", "Done · #")
	if got := r.memberAt("pool_a", 2); got != "c1" {
		t.Errorf("slot 2 points at %s, want c1", got)
	}
	p.Press("Escape")
	p.WaitGone("#rewire[open]")
	p.WaitFor(`document.activeElement.matches(` + quoted(face("pool_a")) + `) || {not: document.activeElement.outerHTML}`)

	// A backend has no members: it can become one.
	r.live(r.page("?select=boot.c1"))(p)
	p.Press("m")
	p.WaitText("#rewire-picker-title", "Give c1 to another")
	p.Press("p")
	p.WaitText("#rewire-options", "pool_b")
	p.Press("Escape") // the list
	p.WaitGone("#rewire-options")
	p.Press("Escape") // the dialog, and nothing else
	p.WaitGone("#rewire-picker")
}

func TestBrowserRewireRefusesALoop(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.rewirable("?face=graph&select=boot.pool_a")
	p.Drag(handle("pool_a", 1), face("site"))
	p.WaitText("#rewire", "This would close a loop: pool_a → site → pool_a.")
	if p.Count(`#rewire [data-rewire-do="assign"]:not([hidden])`) != 0 {
		t.Error("a loop can be agreed to")
	}
	loop := func() {
		t.Helper()
		p.WaitFor(`document.querySelectorAll("#cards .card[data-loop]").length === 2 && document.querySelectorAll("#edges path[data-loop]").length === 1 && document.querySelector(".loop-line") !== null`)
	}
	loop()
	r.must("PUT", "health", `{"pattern":"boot.pool_a","admin":"sick"}`)
	p.WaitVisible(face("pool_a") + `[data-health="sick"]`)
	loop() // it stays while the board changes
	p.Press("Escape")
	p.WaitFor(`document.querySelectorAll("[data-loop], .loop-line").length === 0`)
	p.WaitText("#inspector-name", "boot.pool_a")
}

func TestBrowserRewireIsNotOfferedToReaders(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=graph&select=boot.pool_a")
	if p.Count("[data-pick-up]") == 0 {
		t.Fatal("nothing can be picked up, want a button for each member")
	}
	browser.Eval[any](p, `document.getElementById("page").setAttribute("data-readonly", "")`)
	for _, selector := range []string{member(1) + " [data-pick-up]", `[data-section="commands"] [data-pick-up]`} {
		p.WaitGone(selector)
	}
}

// rewireState is the demo with a pool selected, brought to where a member is
// about to be rewired.
func rewireState(query string, bring func(*browser.Page)) func(*testing.T) scene {
	return func(t *testing.T) scene {
		r := startDemo(t, "--quiet-traffic")
		return scene{open: func(p *browser.Page) {
			r.live(r.page(query))(p)
			bring(p)
		}}
	}
}

var (
	rewirePickerState = rewireState("?select=boot.pool_a", func(p *browser.Page) {
		p.Press("m")
		p.WaitVisible("#rewire-picker")
		p.Type("#rewire-target", "c1")
		p.WaitText("#rewire-picker .rewire-report", "c1 2 → 3 references")
	})
	rewireCarryingState = rewireState("?face=graph&select=boot.pool_a", func(p *browser.Page) {
		pickUp(p, member(1))
	})
	rewirePreviewState = rewireState("?face=outline&select=boot.pool_a", func(p *browser.Page) {
		pickUp(p, member(1))
		p.Click(`#rows .row-name[href*="boot.c1"]`)
		p.WaitText("#rewire .rewire-effects", "c1 2 → 3 references")
	})
	rewireLoopState = rewireState("?face=graph&select=boot.pool_a", func(p *browser.Page) {
		p.Click(`[data-zoom="fit"]`)
		pickUp(p, member(1))
		p.Click(face("site"))
		p.WaitText("#rewire", "This would close a loop")
	})
)
