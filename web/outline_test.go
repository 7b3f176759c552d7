package web_test

import (
	"fmt"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func TestTheOutlineIsATreegrid(t *testing.T) {
	p := build(viewtest.Demo(), view.Query{Face: view.FaceOutline, Sort: "-name"}.Shutting("boot.pool_b"))
	doc := open(t, p)
	roles := map[string]int{}
	for n := range doc.byID("outline").Descendants() {
		if role := attr(n, "role"); role != "" && role != "img" {
			roles[role]++
		}
	}
	rows := len(p.Model.Rows)
	want := map[string]int{"treegrid": 1, "row": rows + 1, "columnheader": 6, "rowheader": rows, "gridcell": 5 * rows}
	if fmt.Sprint(roles) != fmt.Sprint(want) {
		t.Errorf("roles: got %v, want %v", roles, want)
	}
	expanded := map[string]int{}
	for n := range doc.byID("rows").ChildNodes() {
		expanded[attr(n, "aria-expanded")]++
	}
	if want := map[string]int{"": rows - 4, "true": 3, "false": 1}; fmt.Sprint(expanded) != fmt.Sprint(want) {
		t.Errorf("aria-expanded: got %v, want %v", expanded, want)
	}
	if got := attr(doc.byID("columns").FirstChild, "aria-sort"); got != "descending" {
		t.Errorf("aria-sort of the first column: got %q, want descending", got)
	}
}

// Lines are selected for commands, which a page that is only read does not have.
func TestReadOnlyOutlineSelectsOneLine(t *testing.T) {
	for readOnly, want := range map[bool]string{false: "true", true: ""} {
		p := build(viewtest.Demo(), view.Query{Face: view.FaceOutline})
		p.ReadOnly = readOnly
		if got := multiselectable(open(t, p)); got != want {
			t.Errorf("read only %t: aria-multiselectable is %q, want %q", readOnly, got, want)
		}
	}
}

func multiselectable(doc *document) string {
	for n := range doc.byID("outline").Descendants() {
		if attr(n, "role") == "treegrid" {
			return attr(n, "aria-multiselectable")
		}
	}
	return "no treegrid"
}
