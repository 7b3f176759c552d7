package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// option is the selector of the highlighted option of the palette.
const option = `#palette [role="option"][aria-selected="true"]`

// openPalette opens the palette by its key, and types.
func openPalette(p *browser.Page, text string) {
	p.Press("Control+k")
	p.WaitFor(`document.activeElement.id === "palette-q"`)
	if text != "" {
		p.Fill("#palette-q", text)
	}
}

// admin is what an operator has said of a director's health.
func (r *running) admin(name string) string {
	r.t.Helper()
	var d struct{ Health struct{ Admin string } }
	if err := json.Unmarshal([]byte(r.must("GET", "directors/"+name, "")), &d); err != nil {
		r.t.Fatal(err)
	}
	return d.Health.Admin
}

func TestBrowserPaletteByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	openPalette(p, "sick")
	p.WaitText(option, "Health: sick")
	p.Press("Enter")
	p.WaitGone("#palette")
	p.WaitVisible(face("a1") + `[data-health="sick"]`)
	if got := r.admin("a1"); got != "sick" {
		t.Errorf("got %s, want sick", got)
	}

	// What was used last comes first, and the keys go round.
	openPalette(p, "")
	p.WaitText(option, "Health: sick")
	p.Press("ArrowDown")
	first := browser.Eval[string](p, `document.querySelector('`+option+`').id`)
	p.Press("End")
	p.Press("ArrowDown")
	p.WaitText(option, "Health: sick")
	if first != "palette-option-1" {
		t.Errorf("got %s after one step, want the second option", first)
	}

	// Typing finds directors, too; it can begin in a field.
	p.Press("Escape")
	p.WaitGone("#palette")
	p.Click("#q")
	openPalette(p, "pool_b")
	p.WaitText(option, "boot.pool_b")
	p.Click(option) // Press would also send the field's form: the palette has taken the key
	p.WaitText("#inspector-name", "boot.pool_b")
	openPalette(p, "no such thing")
	p.WaitText(".palette-none", "a part of a director’s name")
	p.Press("Control+k")
	p.WaitGone("#palette")
}

// What is to be done and the name of whom, in any order, is a command.
func TestBrowserPaletteUnderstandsWhatAndWhom(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	openPalette(p, "sick b1")
	p.WaitText(".palette-group", "boot.b1")
	p.WaitText(option, "Health: sick")
	p.Press("Enter")
	p.WaitGone("#palette")
	p.WaitVisible(face("b1") + `[data-health="sick"]`)

	openPalette(p, "a2 delete")
	p.WaitText(".palette-group", "boot.a2")
	p.WaitText(option, "Delete…")
	p.Press("Enter")
	p.WaitText(`[data-section="delete"] h3`, "a2")
	p.Click("#confirm-delete")
	p.WaitVisible(face("a2") + `[data-phase="lingering"]`)

	openPalette(p, "rewire pool_b")
	p.WaitText(".palette-group", "boot.pool_b")
	p.Press("Enter")
	p.WaitText("#rewire-picker", "pool_b")
	p.Press("Escape")
}

// Whatever is typed, the palette's own words above all, the server is asked
// nothing that it refuses: the test fails on an answer that is an error.
func TestBrowserPaletteTakesItsOwnWords(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	openPalette(p, "")
	p.WaitText(".palette-list", "Add a director")
	labels := browser.Eval[[]string](p, `[...document.querySelectorAll(".palette-option > span:first-child")].map(e => e.textContent)`)
	if len(labels) < 20 {
		t.Fatalf("got %q, want all that the palette offers", labels)
	}
	asked := func() int {
		return browser.Eval[int](p, `performance.getEntriesByType("resource").filter(e => e.name.includes("/directors?")).length`)
	}
	for _, text := range append(labels, "health:", "refs>", "-", `"`, `name:"`, "a=1") {
		before := asked()
		browser.Eval[any](p, `(f => { f.value = `+quoted(text)+`; f.dispatchEvent(new Event("input")); })(document.getElementById("palette-q"))`)
		if text != `"` {
			p.WaitFor(fmt.Sprintf(`(n => n > %d || {not: n})(performance.getEntriesByType("resource").filter(e => e.name.includes("/directors?")).length)`, before))
		}
	}
}

// A command that needs a value asks for it, and says what is wrong with it.
func TestBrowserPaletteAsks(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_b")
	openPalette(p, "add member")
	p.Press("Enter")
	p.WaitVisible(".palette-ask")
	p.Allow(`^network: .*status of 422`)
	p.Fill(`.palette-ask [name="director"]`, "nobody")
	p.Press("Enter")
	p.WaitText(".palette-said", "nobody")
	p.Fill(`.palette-ask [name="director"]`, "c1")
	p.Press("Enter")
	p.WaitGone("#palette")
	p.WaitText(member(3), "c1")

	openPalette(p, "add member")
	p.Press("Enter")
	p.WaitVisible(".palette-ask")
	p.Press("Escape")
	p.WaitFor(`document.activeElement.id === "palette-q"`)
}

// What is copied by mouse is what a shell can run.
func TestBrowserPaletteCopies(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("there is no curl")
	}
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	openPalette(p, "sick")
	p.Click(`[data-language="curl"]`)
	p.WaitVisible(".palette-text")
	p.WaitFor(`document.querySelector(".palette-said").textContent !== ""`)
	r.paste(copiedText(p))
	p.WaitVisible(face("a1") + `[data-health="sick"]`)

	// By keyboard, and as the program has it.
	p.Fill("#palette-q", "auto")
	p.WaitText(option, "Health: auto")
	p.Press("Alt+2")
	p.WaitFor(`document.querySelector(".palette-text").value.startsWith("callboard set-health boot.a1 auto ")`)
	p.Press("Alt+3")
	p.WaitFor(`document.querySelector(".palette-text").value.includes('rt.SetHealth("boot.a1", director.AdminAuto)')`)
	p.Press("Control+k")

	// From a section of the inspector: its commands only.
	p.Click(`[data-section="commands"] [data-copy]`)
	p.WaitText("#palette-title", "Copy a command")
	p.Click(`#palette [role="option"]:last-child`)
	p.WaitFor(`document.querySelector(".palette-text").value.startsWith("curl -X DELETE http")`)
	if got := browser.Eval[string](p, `document.getElementById("palette-list").innerText`); strings.Contains(got, "outline") {
		t.Errorf("got %s, want the commands of the section", got)
	}
	if got := r.admin("a1"); got != "sick" {
		t.Errorf("got %s, want nothing done by copying", got)
	}
}

// A browser that lets no page copy shows the text, selected.
func TestBrowserPaletteCopiesByHand(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	browser.Eval[any](p, `Object.defineProperty(navigator, "clipboard", {value: undefined}) && null`)
	openPalette(p, "sick")
	p.Press("Alt+1")
	p.WaitText(".palette-said", "press Ctrl+C")
	if got := browser.Eval[string](p, `getSelection().toString()`); !strings.HasPrefix(got, "curl -X PUT") {
		t.Errorf("got %q selected, want the text", got)
	}
}

// copiedText is what the page says it has copied.
func copiedText(p *browser.Page) string {
	return browser.Eval[string](p, `document.querySelector(".palette-text").value`)
}

// paste gives a text to a shell, and returns what comes of it.
func (r *running) paste(text string) string {
	r.t.Helper()
	out, err := exec.CommandContext(r.t.Context(), "sh", "-c", text).CombinedOutput()
	if err != nil {
		r.t.Fatalf("%s: got %v: %s", text, err, out)
	}
	return string(out)
}

// paletteState is the palette after something was typed into it. The selector is
// that of what copying, or asking for a value, then shows.
func paletteState(query, text, shows string) func(*testing.T) scene {
	return func(t *testing.T) scene {
		r := startDemo(t, "--quiet-traffic")
		return scene{open: func(p *browser.Page) {
			r.live(r.page(query))(p)
			openPalette(p, text)
			if shows == ".palette-text" || shows == ".palette-ask" {
				p.Press("Alt+3")
			}
			if shows != "" {
				p.WaitVisible(shows)
			}
		}}
	}
}
