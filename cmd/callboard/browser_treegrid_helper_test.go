package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// A grid is a page that shows the outline.
type grid struct {
	*browser.Page
	r *running
	t *testing.T
}

// openGrid opens the outline and waits until its keys are there.
func openGrid(t *testing.T, r *running, query string) grid {
	t.Helper()
	g := grid{r.openPage(query), r, t}
	g.WaitCount(`#outline [tabindex="0"]`, 1)
	return g
}

// line is the selector of the nth line of a director, from 0.
func (g grid) line(name string, nth int) string {
	g.t.Helper()
	g.WaitFor(fmt.Sprintf(`[...document.querySelectorAll("#rows > .row")].filter(r => r.querySelector(".name")?.textContent === %s).length > %d`, quoted(name), nth))
	return "#" + browser.Eval[string](g.Page, fmt.Sprintf(
		`[...document.querySelectorAll("#rows > .row")].filter(r => r.querySelector(".name")?.textContent === %s)[%d].id`, quoted(name), nth))
}

// where is what has the focus: the name of a line, with the text of the cell if
// it is one.
const where = `(e => {
	const row = e.closest(".row, #columns"), name = row?.querySelector(".name, .fold-count")?.textContent ?? "";
	return e === row ? name : row?.id === "columns" ? "head " + e.textContent.trim() : row ? name + ": " + e.textContent.trim().replace(/\s+/g, " ") : e.outerHTML.slice(0, 80);
})(document.activeElement)`

// press presses keys and waits until the focus is where it should be.
func (g grid) press(keys, want string) {
	g.t.Helper()
	for key := range strings.FieldsSeq(keys) {
		g.Press(key)
	}
	g.at(want)
}

func (g grid) at(want string) {
	g.t.Helper()
	g.WaitFor(fmt.Sprintf(`(w => w === %s || {not: w})(%s)`, quoted(want), where))
}

// selected waits until these lines are selected and the bar says how many
// directors they are.
func (g grid) selected(count int, want ...string) {
	g.t.Helper()
	g.WaitFor(fmt.Sprintf(`(w => w === %s || {not: w})([...document.querySelectorAll('#rows > [aria-selected="true"] .name')].map(e => e.textContent).join(" "))`,
		quoted(strings.Join(want, " "))))
	if count == 0 {
		g.WaitGone(".bulk-bar")
		return
	}
	g.WaitText(".bulk-count", fmt.Sprintf("%d selected", count))
}

// names lists the lines.
func (g grid) names() string {
	return strings.Join(browser.Eval[[]string](g.Page, `[...document.querySelectorAll("#rows .name")].map(e => e.textContent)`), " ")
}

func (g grid) bulk(word string) {
	g.t.Helper()
	g.WaitFor(fmt.Sprintf(`[...document.querySelectorAll(".bulk-bar button")].find(b => b.textContent === %s).id = "pressed-button"`, quoted(word)))
	g.Click("#pressed-button")
	browser.Eval[any](g.Page, `document.getElementById("pressed-button")?.removeAttribute("id")`)
}

// selectedState is the outline with some lines selected, and sorted.
func selectedState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	open := r.live(r.page("?face=outline&select=boot.a2&sort=-name"))
	return scene{func(p *browser.Page) {
		open(p)
		p.WaitCount(`#outline [tabindex="0"]`, 1)
		p.Click("#rows > .row:nth-child(2) .pick")
		p.Press("Shift+ArrowDown")
		p.Press("Shift+ArrowDown")
		p.WaitVisible(".bulk-bar")
	}, r.changes}
}

// deleteManyState asks whether to delete what is selected.
func deleteManyState(t *testing.T) scene {
	selected := selectedState(t)
	return scene{open: func(p *browser.Page) {
		selected.open(p)
		p.Click(".bulk-bar .danger")
		p.WaitVisible("#bulk-delete")
	}}
}
