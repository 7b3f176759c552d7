package main

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// Where what had the focus is gone, the next key must not do what nobody meant.
func TestBrowserFocusIsNotHandedToACommand(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=graph&select=boot.b1")
	tabTo(t, p, "#delete")
	p.Press("Enter")
	p.WaitFor(`document.activeElement.id === "confirm-delete"`)
	p.Press("Enter")
	p.WaitText(`[data-section="story"]`, "Still held by")
	p.WaitFor(`!document.activeElement.matches("body, button, a") || {not: document.activeElement.outerHTML.slice(0, 100)}`)
	p.Press("Enter")
	p.Press("Enter")
	if got := r.memberAt("pool_b", 1); got != "b1" {
		t.Errorf("slot 1 of pool_b points at %q, want b1: nobody has let go of it", got)
	}

	// The key that shuts the inspector leads back to where it was opened.
	p.Click(face("cache"))
	p.WaitText("#inspector-name", "boot.cache")
	p.Press("Escape")
	p.WaitGone("#inspector-name")
	p.WaitFor(`document.activeElement.matches(` + quoted(face("cache")) + `) || {not: document.activeElement.outerHTML.slice(0, 100)}`)

	p.Press("a")
	p.WaitFor(`document.activeElement.id === "add-name"`)
	p.Type("#add-name", "d1")
	p.Press("Enter")
	p.WaitText("#inspector-name", "boot.d1")
	p.WaitFor(`document.activeElement.id === "inspector" || {not: document.activeElement.outerHTML.slice(0, 100)}`)
}

// The palette opens at its first command, whatever was highlighted before.
func TestBrowserPaletteForgetsWhatItWasShutAt(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.c1")
	openPalette(p, "sick")
	p.WaitText(option, "Health: sick")
	p.Press("Escape")
	p.WaitGone("#palette")
	openPalette(p, "")
	p.WaitFor(`(e => e.textContent !== "Health: sick" || {not: e.textContent})(document.querySelector('#palette [aria-selected="true"]'))`)
}

// What is copied of a form does what its button does.
func TestBrowserCopiesTheCommandOfTheButton(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_b")
	p.Fill("#form-try-requests", "30")
	copied := func(words string) string {
		t.Helper()
		openPalette(p, words)
		p.Press("Alt+1")
		p.WaitFor(`document.querySelector(".palette-text").value.startsWith("curl ")`)
		text := copiedText(p)
		p.Press("Control+k")
		p.WaitGone("#palette")
		return text
	}
	text := copied("try it")
	if got := r.paste(text); !strings.Contains(got, `"made":30`) {
		t.Errorf("%s: got %s", text, got)
	}
	p.Navigate(r.page("?panel=add"))
	p.WaitVisible(`#status[data-state="live"]`)
	p.Type("#add-name", "d1")
	p.Type(`[name="backend.port"]`, newOrigin(t, "d1"))
	text = copied("try the probe")
	if got := r.paste(text); !strings.Contains(got, `"good":true`) {
		t.Errorf("%s: got %s", text, got)
	}
	if status, _ := r.send("GET", "directors/d1", ""); status != 404 {
		t.Errorf("got %d, want that nothing was added", status)
	}
}

// Without a line, links keep the reader where they are, and what was typed.
func TestBrowserStaysInItsViewWhileOffline(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	p := openLive(t, relay.URL()+"/i/demo/?face=graph&panel=add")
	p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource`, `Failed to fetch`)
	p.Type("#add-name", "half")
	relay.Cut()
	p.Click(face("b1"))
	p.WaitText("#status-text", "Offline: that view cannot be fetched now")
	p.WaitText("#announcer", "Offline: that view cannot be fetched now")
	if got := p.Value("#add-name"); got != "half" {
		t.Errorf("got %q, want what was typed", got)
	}
	relay.Restore()
	p.WaitVisible(`#status[data-state="live"]`)
	p.Click(face("b1"))
	p.WaitText("#inspector-name", "boot.b1")
}

// On paper there is all of the board, or of the outline, and nothing to press.
func TestBrowserPrints(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	for _, query := range []string{"?face=graph&select=boot.site", "", "?face=outline"} {
		p := r.openPage(query)
		p.Dark(true)
		p.Print(true)
		for _, wrong := range browser.Eval[[]string](p, `(() => {
			const wrong = [];
			const seen = selector => [...document.querySelectorAll(selector)].filter(e => e.checkVisibility());
			for (const e of seen("button, .minimap, .zoom, #q")) wrong.push("printed: " + e.cloneNode(false).outerHTML);
			for (const e of seen(".viewport, .outline, .inspector, .journal, .event-list")) {
				if (e.scrollHeight > e.clientHeight + 2) wrong.push("cut off: " + e.className + ", " + e.clientHeight + " of " + e.scrollHeight);
			}
			if (!seen(".card, .row").length) wrong.push("there is no director");
			if (!/^#fff(fff)?$/.test(getComputedStyle(document.documentElement).getPropertyValue("--surface").trim())) wrong.push("it is dark");
			return wrong;
		})()`) {
			t.Errorf("%q: %s", query, wrong)
		}
	}
}
