package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/callboard/callboard/internal/browser"
)

// Shortcuts work on every layout and with caps lock on.
func TestBrowserShortcutsOnEveryLayout(t *testing.T) {
	t.Parallel()
	p := startDemo(t, "--quiet-traffic").openPage("?face=graph")
	control := []string{"Control"}
	for _, layout := range []struct {
		name             string
		palette, outline browser.Key
	}{
		{"caps lock", browser.Key{Key: "K", Code: "KeyK", Number: 75, Held: control}, browser.Key{Key: "O", Code: "KeyO", Number: 79}},
		{"Russian", browser.Key{Key: "л", Code: "KeyK", Number: 75, Held: control}, browser.Key{Key: "щ", Code: "KeyO", Number: 79}},
		{"Russian with caps lock", browser.Key{Key: "Л", Code: "KeyK", Number: 75, Held: control}, browser.Key{Key: "Щ", Code: "KeyO", Number: 79}},
		{"French", browser.Key{Key: "k", Code: "KeyK", Number: 75, Held: control}, browser.Key{Key: "o", Code: "KeyO", Number: 79}},
	} {
		t.Log(layout.name)
		p.PressKey(layout.palette)
		p.WaitVisible("#palette")
		p.PressKey(layout.palette)
		p.WaitGone("#palette")
		p.PressKey(layout.outline)
		p.WaitURL("face=outline")
		p.PressKey(browser.Key{Key: "п", Code: "KeyG", Number: 71})
		p.WaitURL("face=graph")
	}
	// Signs go by what is printed on the key, wherever that is.
	p.PressKey(browser.Key{Key: "?", Code: "Minus", Number: 219, Held: []string{"Shift"}}) // German
	p.WaitVisible("#help")
	p.Press("Escape")
	p.WaitGone("#help")
	p.PressKey(browser.Key{Key: "/", Code: "KeyQ", Number: 191}) // Hebrew
	p.WaitFor(`document.activeElement.id === "q" || {not: document.activeElement.outerHTML.slice(0, 80)}`)
}

// The Enter that ends a word of an input method runs no command, nor chooses
// anything; Safari tells it by the number 229 alone.
func TestBrowserInputMethodRunsNothing(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	composing := browser.Key{Key: "Enter", Code: "Enter", Number: 229}
	p.Press("Control+k")
	p.Type("#palette-q", "sick")
	p.WaitFor(`document.querySelector('#palette [aria-selected="true"]').textContent.includes("sick")`)
	before := r.seq()
	p.PressKey(composing)
	p.WaitVisible("#palette")
	if now := r.seq(); now != before {
		t.Errorf("got event %d, want none after %d: Enter has run a command", now, before)
	}
	p.Press("Enter")
	p.WaitGone("#palette")
	p.WaitVisible(face("a1") + `[data-health="sick"]`)

	p.Click(face("pool_b"))
	p.WaitText("#inspector-name", "pool_b")
	p.Press("m")
	p.WaitVisible("#rewire-target")
	p.Type("#rewire-target", "a2")
	p.WaitVisible("#rewire-options [role=option]")
	p.PressKey(composing)
	p.WaitVisible("#rewire-options [role=option]")
	p.Press("Enter")
	p.WaitGone("#rewire-options [role=option]")
}

// What a reader does before the modules for it are there is done when they are.
func TestBrowserWhatIsDoneAtOnceIsNotLost(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	open := func() *browser.Page {
		p := r.openPage("?select=boot.pool_a")
		p.FarAway(300 * time.Millisecond)
		return p
	}
	menu := func(p *browser.Page, of string) {
		t.Helper()
		p.WaitVisible("#card-menu")
		p.WaitText("#menu-title", of)
	}
	focus := func(p *browser.Page, name string) {
		browser.Eval[any](p, fmt.Sprintf(`document.querySelector(%s).focus()`, quoted(face(name))))
	}

	p := open()
	p.RightClick(face("c1"))
	menu(p, "c1")
	p.RightClick(face("b1"))
	menu(p, "b1")

	p = open()
	focus(p, "c1")
	p.Press("Shift+F10")
	menu(p, "c1")

	p = open()
	p.Press("m")
	p.WaitText("#rewire-picker", "pool_a")

	p = open()
	focus(p, "pool_a")
	p.Press("ArrowRight")
	p.WaitFor(`document.activeElement.matches(".face:not([data-name=pool_a])") || {not: document.activeElement.outerHTML.slice(0, 100)}`)

	p = open()
	p.DoubleClickAt("#viewport", 8, 8)
	p.WaitVisible("#add-name")

	// Who has gone on meanwhile is left in peace.
	p = open()
	focus(p, "c1")
	p.Press("Shift+F10")
	p.Click("#q")
	p.WaitFor(`performance.getEntriesByType("resource").some(e => e.name.includes("cardmenu.js"))`)
	p.WaitFor(`document.querySelector("#menu-layer") !== null`)
	if p.Count("#card-menu:popover-open") != 0 {
		t.Error("the menu has opened over what the reader types")
	}
}
