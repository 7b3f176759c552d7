package main

import (
	"strings"
	"testing"
)

// What a backend did in the last minute is on the page when it is opened, and
// goes on while one looks.
func TestBrowserInspectorShowsTraffic(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	p.WaitText(`[data-section="traffic"] [data-kind="requests"]`, "0/s requests")
	words := func(part string) {
		t.Helper()
		p.WaitFor(`(words => words.includes(` + quoted(part) + `) || {not: words})(document.querySelector('[data-kind="requests"] svg').getAttribute("aria-label"))`)
	}
	words("no requests in the last minute")
	r.answeredBy(9)
	words("at most")
	p.WaitText(`[data-section="traffic"] .totals dd`, "3")
	slow := r.slowRequest("a1")
	p.WaitText(`[data-kind="tasks"] p`, "1 in flight")
	p.Click(`[data-section="holders"] a[href^="#traffic"]`)
	p.WaitURL("#traffic")
	slow.Close()
	p.WaitText(`[data-kind="tasks"] p`, "0 in flight")
	if _, body := r.get(r.page("?select=boot.a1")); !strings.Contains(body, "a second, at most") {
		t.Error("the page does not come with its last minute")
	}
}

func TestBrowserInspectorListsProbeAnswers(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	p.WaitCount(".answers li", 8)
	p.WaitText(".answers li:first-child", "HTTP/1.1 200 OK")
	p.Click(`.fault button`)
	p.WaitText(".answers li:first-child", "bad")
}

// A dump is shown in its place, by mouse and by keyboard.
func TestBrowserInspectorDump(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.a1")
	p.Click(`[data-section="dump"] summary`)
	p.WaitText(".dump", "conn: 0")
	p.Axe("with a dump")
	p.Click(`[data-section="dump"] summary`)
	p.WaitGone(".dump")
	p.Press("Enter")
	p.WaitText(".dump", "connect timeout")
	r.must("PUT", "health", `{"pattern":"boot.a1","admin":"sick"}`)
	p.WaitText("#inspector .state", "sick")
	p.WaitText(".dump", "connect timeout") // a patch leaves it alone
}

// A member that flips leaves alone what is being typed for it, and for others.
func TestBrowserInspectorKeepsWhatIsTyped(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_b")
	p.Click(member(1) + " summary")
	p.Type(member(1)+` [name="weight"]`, "5")
	r.must("PUT", "health", `{"pattern":"boot.b*","admin":"sick"}`)
	p.WaitText(member(1), "sick")
	p.WaitText(member(2), "no share")
	if got := p.Value(member(1) + ` [name="weight"]`); !strings.Contains(got, "5") {
		t.Errorf("got %q, want what was typed", got)
	}
	p.WaitFor(`document.activeElement.name === "weight"`)
}

// Where the inspector is below the board, picking a director leads there, and
// closing it leads back.
func TestBrowserInspectorOnAPhone(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	p.SetViewport(360, 740, 2)
	there := `(box => box.top >= -1 && box.top < 200 || {not: box.top})(document.getElementById("inspector").getBoundingClientRect())`
	row := `.row[data-level] .row-name[href="?select=boot.pool_b"]`
	p.Click(row)
	p.WaitText("#inspector-name", "boot.pool_b")
	p.WaitFor(there)
	p.WaitFor(`document.activeElement.id === "inspector"`)
	p.Axe("on a phone")
	p.Click("#inspector .close")
	p.WaitGone("#inspector-name")
	p.WaitFor(`document.activeElement.matches(` + quoted(row) + `) || {not: document.activeElement.outerHTML.slice(0, 100)}`)
	p.Press("Enter")
	p.WaitText("#inspector-name", "boot.pool_b")
	p.WaitFor(there)
	p.Press("Escape")
	p.WaitFor(`document.activeElement.matches(` + quoted(row) + `)`)
}

// With nothing selected it says who needs an eye.
func TestBrowserInspectorWithoutASelection(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	p.WaitText(`[data-section="ailing"]`, "all 10 directors are healthy")
	r.must("PUT", "health", `{"pattern":"boot.b*","admin":"sick"}`)
	p.WaitText(`[data-section="ailing"]`, "b1")
	p.Click(`[data-section="ailing"] a`)
	p.WaitText("#inspector-name", "boot.b1")
	p.WaitText(`[data-section="why"]`, "was set to sick by hand")
}
