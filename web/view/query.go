package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// The values of Query.Face. The empty one lets the width of the window decide.
const (
	FaceGraph   = "graph"
	FaceOutline = "outline"
)

// The values of Query.Panel. PanelAdd may be followed by "-" and a type.
const (
	PanelAdd    = "add"
	PanelDelete = "delete"
)

// Bounds of what a query may carry, so that keys of views stay small.
const (
	longest     = 200
	longestList = 1000
)

// A Query is the part of a page's URL that says what it shows. Two pages with
// equal queries show the same.
type Query struct {
	// Select is the director in the inspector: a full name, or "@" and an ID.
	Select string
	// Q filters, see ParseFilter.
	Q string
	// Face is FaceGraph, FaceOutline or "".
	Face string
	// Panel is the form that is open.
	Panel string
	// Root is the director below which everything is shown, "" for all of it.
	Root string
	// Open and Shut are lists of branches, separated by commas: those whose
	// members are listed although there are many, perhaps from a slot on
	// ("boot.pool_a:480"), and those whose members are folded although there is
	// room for them.
	Open, Shut string
	// Sort is the column by which the outline is sorted, see Sorting.
	Sort string
	// At is the line with which a long outline begins, counted from 0: what is
	// scrolled to. Empty is the beginning, or where the selected director is.
	At string
}

// ParseQuery reads a query from a URL. What it does not know it leaves out.
func ParseQuery(values url.Values) Query {
	get := func(name string, longest int) string {
		s := strings.TrimSpace(strings.ToValidUTF8(values.Get(name), ""))
		if len(s) > longest {
			s = strings.ToValidUTF8(s[:longest], "")
		}
		return s
	}
	q := Query{
		Select: get("select", longest), Q: get("q", longest), Face: get("face", longest), Panel: get("panel", longest),
		Root: get("root", longest),
		Open: join(branches(get("open", longestList))), Shut: join(branches(get("shut", longestList))),
		Sort: sortable(get("sort", longest)), At: get("at", longest),
	}
	if _, err := strconv.ParseUint(q.At, 10, 31); err != nil {
		q.At = ""
	}
	if q.Face != FaceGraph && q.Face != FaceOutline {
		q.Face = ""
	}
	if q.Panel != PanelDelete && q.Panel != PanelAdd && !strings.HasPrefix(q.Panel, PanelAdd+"-") {
		q.Panel = ""
	}
	return q
}

// Values is the inverse of ParseQuery. Empty fields are left out.
func (q Query) Values() url.Values {
	values := url.Values{}
	for _, field := range q.Fields() {
		values.Set(field.Name, field.Value)
	}
	return values
}

// Fields are the parameters that are not empty, as the hidden fields of a form
// need them.
func (q Query) Fields() []Attr {
	all := []Attr{
		{"at", q.At}, {"face", q.Face}, {"open", q.Open}, {"panel", q.Panel}, {"q", q.Q},
		{"root", q.Root}, {"select", q.Select}, {"shut", q.Shut}, {"sort", q.Sort},
	}
	return slices.DeleteFunc(all, func(a Attr) bool { return a.Value == "" })
}

// Key names the view: equal for all pages that show the same.
func (q Query) Key() string { return q.Values().Encode() }

// Drawing names what a view draws of which all is shown, see [Model.Whole].
func (q Query) Drawing() string { return Query{Root: q.Root}.Key() }

// Href is a link to the page with this query, relative to the page.
func (q Query) Href() string {
	if key := q.Key(); key != "" {
		return "?" + key
	}
	return "./"
}

// Selecting is the query with another director in the inspector and no panel.
func (q Query) Selecting(token string) Query {
	q.Select, q.Panel = token, ""
	return q
}

// selecting is what the links begin with that select a director: its token
// follows.
func (q Query) selecting() string {
	key := q.Selecting("").Key()
	if key == "" {
		return "?select="
	}
	return "?" + key + "&select="
}

// WithFace is the query with another face.
func (q Query) WithFace(face string) Query {
	q.Face, q.At = face, ""
	return q
}

// Scrolled is the query with a long outline from a line on.
func (q Query) Scrolled(at int) Query {
	q.At = strconv.Itoa(at)
	return q
}

// listing names what the lines of a long outline depend on, but for the branches
// that are open to show what is selected.
func (q Query) listing() string {
	return Query{Root: q.Root, Open: q.Open, Shut: q.Shut, Sort: q.Sort}.Key()
}

// WithPanel is the query with another panel open.
func (q Query) WithPanel(panel string) Query {
	q.Panel = panel
	return q
}

// Adding reports whether the form for a new director is open, and for which
// type; "" is the first one.
func (q Query) Adding() (kind string, open bool) {
	panel := strings.TrimSuffix(q.Panel, intoSelected)
	if panel == PanelAdd {
		return "", true
	}
	return strings.CutPrefix(panel, PanelAdd+"-")
}

// intoSelected at the end of a panel says that the new director is to become a
// member of the one that is selected.
const intoSelected = ":into"

// Into names the director that the new one is to become a member of, "" if it is
// to stand on its own.
func (q Query) Into() string {
	if strings.HasSuffix(q.Panel, intoSelected) {
		return q.Select
	}
	return ""
}

// AddingType is the query with the form open for a new director of a type, that
// is to become a member of the same as before.
func (q Query) AddingType(kind string) Query {
	panel := PanelAdd + "-" + kind
	if q.Into() != "" {
		panel += intoSelected
	}
	return q.WithPanel(panel)
}

// AddingMember is the query with the form open for a new member of the selected
// director.
func (q Query) AddingMember() Query { return q.WithPanel(PanelAdd + "-backend" + intoSelected) }
