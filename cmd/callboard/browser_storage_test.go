package main

import (
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// Where a browser refuses its storage, as it does to readers who allow no cookies
// and in sandboxed frames, the page works as with an empty one, and remembers for
// as long as it is open.
func TestBrowserWithoutStorage(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	for name, take := range map[string]string{
		"refused": `get() { throw new DOMException("denied", "SecurityError"); }`,
		"missing": `value: null`,
	} {
		t.Run(name, func(t *testing.T) {
			p := browser.New(t)
			p.Timeout = patience
			p.BeforeLoad(`for (const name of ["localStorage", "sessionStorage"]) Object.defineProperty(window, name, {` + take + `})`)
			p.Navigate(r.page("?select=boot.a1"))
			p.WaitVisible(`#status[data-state="live"]`)
			r.must("PUT", "health", `{"pattern":"a1","admin":"sick"}`)
			p.WaitVisible(face("a1") + `[data-health="sick"]`)

			p.Press("Control+k")
			p.Type("#palette-q", "fit the board")
			p.Press("Enter")
			p.WaitGone("#palette")
			p.Press("Control+k")
			p.WaitText(".palette-group", "Lately used")
			p.Press("Escape")
			p.WaitGone("#palette")

			p.Click("#show-timeline")
			p.WaitVisible("#timeline")
			p.Click("#show-list")
			p.WaitGone("#timeline")

			p.Press("?")
			p.Click("#keys-on")
			p.Press("Escape")
			p.WaitGone("#help")
			p.Press("o")
			p.PressKey(browser.Key{Key: "F2", Code: "F2", Number: 113}) // no single letter: it works
			p.WaitVisible("#rewire-picker")
			if p.URL() != r.page("?select=boot.a1") {
				t.Errorf("got %s: a single key did something though they are off", p.URL())
			}
			r.must("PUT", "health", `{"pattern":"a1","admin":"auto"}`)
			p.WaitVisible(face("a1") + `[data-health="healthy"]`)
		})
	}
}
