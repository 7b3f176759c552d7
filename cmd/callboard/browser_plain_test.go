package main

import (
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// Without JavaScript the page can be read, and its forms are plain ones that
// lead back to it.
func TestBrowserWithoutJavaScript(t *testing.T) {
	t.Parallel()
	port := newOrigin(t, "d1")
	r := startDemo(t, "--quiet-traffic")
	p := browser.New(t)
	p.Timeout = patience
	p.JavaScript(false)
	p.Navigate(r.board)
	p.WaitURL("/i/demo/")
	p.WaitText("#status-text", "event ")
	if p.Count("html[data-scripted]") != 0 {
		t.Fatal("JavaScript is on")
	}
	follow := func(selector string) {
		t.Helper()
		if status := p.Follow(selector); status != 200 {
			t.Fatalf("following %s: got %d at %s, want 200", selector, status, p.URL())
		}
		p.WaitURL("/i/demo/")
	}

	follow(face("b1"))
	p.WaitText("#inspector-name", "boot.b1")
	follow(`#form-health [value="sick"]`)
	p.WaitVisible(face("b1") + `[data-health="sick"]`)
	p.WaitVisible(`#form-health [value="sick"][aria-pressed="true"]`)
	p.Fill("#form-pin-note", "lunch")
	follow(`[data-command="pin"]`)
	p.WaitText(`[data-section="holders"]`, "lunch")
	follow(`[data-command="unpin"]`)
	if text := p.Text(`[data-section="holders"]`); strings.Contains(text, "lunch") {
		t.Errorf("after unpin: got %s", text)
	}
	follow(`[data-command="set-default"]`)
	p.WaitVisible(face("b1") + ` [data-tag="default"]`)
	follow(`[data-command="unset-default"]`)
	p.WaitCount(`[data-tag="default"]`, 0)

	follow("#add")
	p.Fill("#add-name", "d1")
	p.Fill(`[name="backend.port"]`, port)
	follow("#add-submit")
	p.WaitVisible(face("d1"))

	// A form that is refused says why, and leads back.
	p.Allow(`^network: .*status of 4\d\d`)
	follow("#add")
	p.Fill("#add-name", "d1")
	p.Fill(`[name="backend.port"]`, port)
	if status := p.Follow("#add-submit"); status < 400 || status > 499 {
		t.Errorf("a name that is taken: got %d, want a refusal", status)
	}
	p.WaitText("#problem-detail", "d1")
	follow(".sheet a.button")

	follow(face("pool_b"))
	p.Click(member(1) + " summary")
	p.Fill(member(1)+` [name="director"]`, "d1")
	follow(member(1) + ` [data-command="rewire"]`)
	p.WaitText(member(1), "d1")
	p.Fill(`#form-add-member [name="director"]`, "b1")
	follow(`[data-command="add-member"]`)
	p.WaitText(member(3), "b1")
	p.Click(member(3) + " summary")
	follow(member(3) + ` [data-command="remove-member"]`)
	p.WaitCount(`[data-section="members"] .member`, 2)

	follow(face("d1"))
	follow("#delete")
	p.WaitText(`[data-section="delete"] [data-part="lingers"]`, "pool_b")
	follow("#confirm-delete")
	p.WaitVisible(face("d1") + `[data-phase="lingering"]`)
	follow(face("b1"))
	follow("#delete")
	follow("#confirm-delete")
	p.WaitVisible(`.head[data-phase="destroyed"]`)
	p.WaitText(`[data-section="story"]`, "Destroyed")

	follow("#face-outline")
	p.WaitText("#rows", "d1")
	p.Fill("#q", "lingering")
	p.Press("Enter")
	p.WaitURL("q=lingering")
	p.WaitText("#rows", "d1")
}
