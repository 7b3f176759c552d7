package view

import (
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web/layout"
)

// Limits of what one page shows.
const (
	MaxCards  = layout.MaxNodes
	MaxEvents = 60
)

// A Fragment is what one template prints: one element, with an id.
type Fragment interface {
	// Key is the id of the element.
	Key() string
}

// A Shell is a fragment whose element stays when its content changes: the
// attributes are set one by one, and only the fragment inside is replaced. That
// is what lets a card glide to its new place.
type Shell interface {
	Fragment
	// Attrs are the attributes that may change, always the same names in the
	// same order.
	Attrs() []Attr
	// Inner is the content, nil if there is none.
	Inner() Fragment
}

// An Attr is an attribute of an element.
type Attr struct{ Name, Value string }

// A Region is an element of the page that holds fragments, in order.
type Region struct {
	ID    string
	Items []Fragment
	// Newest says that new items come in at the top, as in a list of events.
	Newest bool
}

// A Model is everything that one page shows at one moment.
type Model struct {
	Query    Query
	Instance string
	Epoch    string
	Seq      uint64
	// Time is that of the newest event, in the form of a datetime attribute.
	Time string
	// API is the relative URL of the instance's API.
	API string

	VCLs   []VCL
	Stats  []Stat
	Notes  []Note
	Canvas Canvas
	Edges  []Edge
	Labels []Label
	Cards  []Card
	Rows   []Row
	Names  []Name
	// Sections of the inspector.
	Sections []Fragment
	Events   []EventRow

	layout *layout.Layout
	story  story
}

// story is what is remembered of the selected director, beyond its end.
type story struct {
	id     uint64
	upTo   uint64
	events []event.Event
}

// Graph and Outline report which faces the page has.
func (m *Model) Graph() bool   { return m.Query.Face != FaceOutline }
func (m *Model) Outline() bool { return m.Query.Face != FaceGraph }

// Regions are all parts of the page that change while it is looked at. Models
// with the same query have the same regions in the same order.
func (m *Model) Regions() []Region {
	regions := []Region{
		{ID: "vcls", Items: fragments(m.VCLs)},
		{ID: "stats", Items: fragments(m.Stats)},
		{ID: "names", Items: fragments(m.Names)},
		{ID: "notes", Items: fragments(m.Notes)},
	}
	if m.Graph() {
		regions = append(regions,
			Region{ID: "board", Items: []Fragment{m.Canvas}},
			Region{ID: "edges", Items: fragments(m.Edges)},
			Region{ID: "labels", Items: fragments(m.Labels)},
			Region{ID: "cards", Items: fragments(m.Cards)},
		)
	}
	if m.Outline() {
		regions = append(regions, Region{ID: "rows", Items: fragments(m.Rows)})
	}
	return append(regions,
		Region{ID: "inspector-body", Items: m.Sections},
		Region{ID: "event-list", Items: fragments(m.Events), Newest: true},
	)
}

func fragments[F Fragment](items []F) []Fragment {
	list := make([]Fragment, len(items))
	for i, item := range items {
		list[i] = item
	}
	return list
}
