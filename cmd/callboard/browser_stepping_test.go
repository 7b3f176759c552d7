package main

import (
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// A director is walked through its end, step by step, and everybody who watches
// sees where it stands. One of the two works with the mouse, the other with keys.
func TestBrowserStepMode(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p, room := r.openPage(""), r.openPage("?face=outline")

	p.Click(`[data-section="step"] [name="on"]`)
	room.WaitText("#steps", "Nothing is held")
	r.must("DELETE", "directors/cache", "")
	for _, page := range []*browser.Page{p, room} {
		page.WaitText("#steps .held", "cache")
		page.WaitText("#steps .held", "release")
		page.WaitFor(`document.querySelector('[data-tag="held"][title="held before release"]') !== null`)
	}

	p.Click(`#steps [data-command="next"]`)
	room.WaitText("#steps .held", "last reference")
	tabTo(t, room, `#steps [data-command="next"]`)
	room.Press("Enter")
	room.WaitText("#steps .held", "destroy")
	room.WaitText("#steps .outcome", "Done")
	room.Press("Enter") // the button has kept the focus
	p.WaitText("#steps", "Nothing is held")
	p.WaitText("#event-list", "cache was destroyed")

	// The next press means the next director's next step, and never something else.
	room.Press("Enter")
	room.WaitFor(`document.activeElement.matches('#steps [data-command="next"][aria-disabled]') || {not: document.activeElement.outerHTML.slice(0, 99)}`)
	p.WaitVisible("#steps .stepping")
	room.Press("Tab")
	room.WaitFor(`document.activeElement.matches('#steps [value="false"]')`)
	room.Press("Enter")
	p.WaitGone("#steps .stepping")
}

// By keys alone: the form is opened, filled and sent, and what was refused stands
// beside its field.
func TestBrowserAddsByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	p.Allow(`409 \(Conflict\)`) // a1 is taken
	p.Press("a")
	p.WaitFor(`document.activeElement.id === "add-name"`)
	p.Type("#add-name", "a1")
	p.Type(`[name="backend.port"]`, newOrigin(t, "d1"))
	p.Press("Enter")
	p.WaitText("#add-name-refusal", "a1")
	p.WaitFor(`document.activeElement.id === "add-name" || {not: document.activeElement.outerHTML}`)
	p.Fill("#add-name", "d1")
	p.Press("Enter")
	p.WaitText("#inspector-name", "boot.d1")
	p.WaitVisible(face("d1"))
}

// While the line is down the page says how old it is, and a command that cannot
// be sent says so and loses nothing of what was typed.
func TestBrowserSaysHowOldItIs(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	p := openLive(t, relay.URL()+"/i/demo/?select=boot.a1")
	p.Allow(`WebSocket connection to .* failed`, `Failed to load resource`)
	p.Fill(`[name="note"]`, "for later")

	relay.Cut()
	p.WaitVisible("#stale")
	p.WaitText("#stale", "What is shown is")
	p.WaitText("#status-text", "connecting")
	p.Click(`[data-command="pin"]`)
	p.WaitText(`[data-section="commands"] .outcome`, "not sent")
	r.must("PUT", "health", `{"pattern":"boot.a1","admin":"sick"}`)

	relay.Restore()
	p.WaitGone("#stale")
	p.WaitVisible(face("a1") + `[data-health="sick"]`)
	if got := p.Value(`[name="note"]`); got != "for later" {
		t.Errorf("what was typed: got %q, want it as it was", got)
	}
}
