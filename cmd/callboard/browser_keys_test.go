package main

import (
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

func TestBrowserKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	focused := func(selector string) {
		t.Helper()
		p.WaitFor(`document.activeElement.matches(` + quoted(selector) + `) || {not: document.activeElement.outerHTML.slice(0, 100)}`)
	}

	p.Press("/")
	focused("#q")
	p.Fill("#q", "")  // Press types what a browser would not: the page has taken the key
	p.Type("#q", "a") // a letter, not the key for adding
	p.WaitURL("q=a")
	if p.Count("#add-name") != 0 {
		t.Error("typing a into the filter opened the form")
	}
	p.Fill("#q", "")
	p.WaitFor(`location.search === ""`)
	p.Press("Escape")
	p.Press("a")
	focused("#add-name")
	p.Press("Escape") // leaves the field
	p.Press("Escape") // closes the form
	p.WaitGone("#add-name")
	p.Press("o")
	p.WaitVisible("#rows")
	p.Press("g")
	p.WaitVisible("#cards")
	p.Press("?")
	p.WaitVisible("#help")
	p.Press("Escape")
	p.WaitGone("#help")

	tabTo(t, p, face("pool_b"))
	p.Press("Enter")
	p.WaitText("#inspector-name", "boot.pool_b")
	r.must("PUT", "health", `{"pattern":"pool_b","admin":"sick"}`)
	p.WaitVisible(face("pool_b") + `[data-health="sick"]`)
	focused(face("pool_b"))
	p.Press("Escape")
	p.WaitGone("#inspector-name")

	// What has the focus can be seen, wherever the board has been moved to.
	p.Wheel("#viewport", 300, 600)
	p.WaitFor(`/translate\(-\d+px, -\d+px\)/.test(document.getElementById("board").style.transform)`)
	tabTo(t, p, face("cache"))
	p.WaitFor(`(e => {
		const room = document.getElementById("viewport").getBoundingClientRect(), box = e.getBoundingClientRect();
		return box.left >= room.left && box.right <= room.right && box.top >= room.top && box.bottom <= room.bottom
			|| {not: JSON.stringify(box)};
	})(document.activeElement)`)
}

// tabTo presses Tab until the element has the focus.
func tabTo(t *testing.T, p *browser.Page, selector string) {
	t.Helper()
	for range 60 {
		p.Press("Tab")
		if browser.Eval[bool](p, `document.activeElement.matches(`+quoted(selector)+`)`) {
			return
		}
	}
	t.Fatalf("Tab does not lead to %s", selector)
}
