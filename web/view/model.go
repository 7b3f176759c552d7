package view

import (
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/layout"
)

// Limits of what one page shows.
const (
	MaxCards  = layout.MaxNodes
	MaxEvents = 42
)

// A Fragment is what one template prints: one element, with an id. It is a
// pointer, and the same pointer in two models says that nothing of it changed.
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

// A Composite is a fragment with parts that change while the rest of it stays,
// such as the rows of a long list: then only those parts are printed anew.
type Composite interface {
	Fragment
	// Frame is what is not in the parts. Where it differs, all is printed anew;
	// where it does not, the parts are the same elements in the same order.
	Frame() any
	Parts() []Region
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

	VCLs   []*VCL
	Stats  []*Stat
	Notes  []*Note
	Steps  []*Stepping
	Canvas *Canvas
	Edges  []*Edge
	Labels []*Label
	Cards  []*Card
	Folds  []*Fold
	Rows   []*Row
	Names  []*Name
	// Sections of the inspector.
	Sections []Fragment
	Events   []*EventRow

	snapshot *tree.Snapshot
	selected uint64
	past     *Past
	chosen   *choice
	lit      []bool // of chosen.shown
	defaults map[uint64]bool
	layout   *layout.Layout
	cells    []*cell          // of chosen.shown
	listing  *listing         // of a long outline
	lines    map[uint64]*cell // of the window onto it
	story    story
	// undoUntil is when the first of the undos in Sections passes; zero if there
	// is none.
	undoUntil time.Time
	regions   []Region
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

// Whole reports whether the model shows all that is at and below the root of its
// query, whatever is selected.
func (m *Model) Whole() bool { return !m.chosen.ranked && m.Everything() }

// Everything reports whether the query leaves nothing out: what is not shown of
// that root is only too much for a page.
func (m *Model) Everything() bool { return m.chosen.matched == nil && len(m.chosen.shut) == 0 }

// Lines is how many lines a long outline has, 0 if the model has none.
func (m *Model) Lines() int {
	if m.listing == nil {
		return 0
	}
	return len(m.listing.lines)
}

// Regions are all parts of the page that change while it is looked at. Models
// with the same query have the same regions in the same order.
func (m *Model) Regions() []Region { return m.regions }

// divide fills the regions, taking over those of prev that are the same.
func (m *Model) divide(prev *Model) {
	old := func() *Region { return nil }
	if prev != nil {
		old = func() *Region { return &prev.regions[len(m.regions)] }
	}
	add := func(r Region) { m.regions = append(m.regions, r) }
	add(region("vcls", m.VCLs, old()))
	add(region("stats", m.Stats, old()))
	add(region("names", m.Names, old()))
	add(region("notes", m.Notes, old()))
	add(region("steps", m.Steps, old()))
	if m.Graph() {
		add(region("board", []*Canvas{m.Canvas}, old()))
		add(region("edges", m.Edges, old()))
		add(region("labels", m.Labels, old()))
		add(region("cards", m.Cards, old()))
		add(region("folds", m.Folds, old()))
	}
	if m.Outline() {
		add(region("rows", m.Rows, old()))
	}
	add(region("inspector-body", m.Sections, old()))
	events := region("event-list", m.Events, old())
	events.Newest = true
	add(events)
}
