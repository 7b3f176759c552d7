package view

import (
	"net/url"
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

// longest bounds what a query may carry, so that keys of views stay small.
const longest = 200

// A Query is the part of a page's URL that says what it shows. Two pages with
// equal queries show the same.
type Query struct {
	// Select is the director in the inspector: a full name, or "@" and an ID.
	Select string
	// Q filters by words that all have to occur in the name, type or state.
	Q string
	// Face is FaceGraph, FaceOutline or "".
	Face string
	// Panel is the form that is open.
	Panel string
}

// ParseQuery reads a query from a URL. What it does not know it leaves out.
func ParseQuery(values url.Values) Query {
	get := func(name string) string {
		s := strings.TrimSpace(strings.ToValidUTF8(values.Get(name), ""))
		if len(s) > longest {
			s = strings.ToValidUTF8(s[:longest], "")
		}
		return s
	}
	q := Query{Select: get("select"), Q: get("q"), Face: get("face"), Panel: get("panel")}
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
	for name, value := range map[string]string{"select": q.Select, "q": q.Q, "face": q.Face, "panel": q.Panel} {
		if value != "" {
			values.Set(name, value)
		}
	}
	return values
}

// Key names the view: equal for all pages that show the same.
func (q Query) Key() string { return q.Values().Encode() }

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

// WithFace is the query with another face.
func (q Query) WithFace(face string) Query {
	q.Face = face
	return q
}

// WithPanel is the query with another panel open.
func (q Query) WithPanel(panel string) Query {
	q.Panel = panel
	return q
}

// Adding reports whether the form for a new director is open, and for which
// type; "" is the first one.
func (q Query) Adding() (kind string, open bool) {
	if q.Panel == PanelAdd {
		return "", true
	}
	return strings.CutPrefix(q.Panel, PanelAdd+"-")
}
