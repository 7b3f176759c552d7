package view

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/layout"
)

// A builder is one run of Build.
type builder struct {
	s      *tree.Snapshot
	q      Query
	m      *Model
	chosen *choice

	selected uint64 // 0 if none, or none that is known
	lit      []bool // of chosen.shown; nil if nothing is selected
	defaults map[uint64]bool
	several  bool // VCLs
	canFail  func(*tree.Director) bool
	link0    string // what all links that select a director begin with
	trouble  string

	// What differs from the model before.
	changed []uint64 // directors
	renamed bool     // names may mean other directors, or be written in another way
	relit   bool     // other directors are lit
}

// Build returns what the page with the query shows of s.
//
// prev is the model before in the same view, nil at first: what has not changed
// since is taken over from it, so that the cost is that of the change and of
// the page, not of the tree.
//
// The events are, oldest first and up to s.Seq, at least those that are newer
// than prev; without prev, as many as there are to tell the story of the
// selected director, of which the page lists the newest MaxEvents.
func Build(s *tree.Snapshot, events []event.Event, q Query, prev *Model) *Model {
	return BuildWith(s, events, q, prev, Beside{})
}

// Places are where the cards of a model stand. The zero Places know of none.
type Places struct {
	epoch   string
	layout  *layout.Layout
	listing *listing
}

// Drawn are the places without what else they know of the model that they are of.
func (p Places) Drawn() Places { return Places{epoch: p.epoch, layout: p.layout} }

// Places returns where the cards stand, for models of other views that show the
// same directors.
func (m *Model) Places() Places { return Places{m.Epoch, m.layout, m.listing} }

// Beside is what a model is made of beside the tree.
type Beside struct {
	// Places are where the cards stay, as far as they can. They stay where the
	// model before has them if Places knows of none.
	Places Places
	// Past says what the selected director did lately, of which it is asked once;
	// nil knows of nothing.
	Past Pasts
	// CanFail says whether a backend can be made to fail; nil knows of none.
	CanFail func(*tree.Director) bool
	// Trouble is a sentence that stands over the board, "" is none.
	Trouble string
}

// BuildWith is Build with more than a tree.
func BuildWith(s *tree.Snapshot, events []event.Event, q Query, prev *Model, beside Beside) *Model {
	places := beside.Places
	if places.layout == nil && prev != nil {
		places = prev.Places()
	}
	if places.epoch != s.Epoch {
		places = Places{}
	}
	if prev != nil && (prev.Epoch != s.Epoch || prev.Query != q) {
		prev = nil
	}
	b := newBuilder(s, q, prev)
	b.canFail, b.trouble = beside.CanFail, beside.Trouble
	b.selected = resolve(s, events, q, prev)
	b.m.selected = b.selected
	if beside.Past != nil && b.selected != 0 {
		b.m.past = beside.Past(b.selected)
	}
	b.choose(prev)
	b.m.chosen = b.chosen
	b.light(prev)
	b.remember(events, prev)
	b.summary(prev)
	b.stepping(prev)
	b.place(places.layout)
	b.canvas(prev)
	b.cells(prev)
	b.edges(prev)
	b.folds(prev)
	switch {
	case b.long():
		b.longOutline(prev, places)
	case b.m.Outline():
		b.outline(prev)
	}
	b.listNames(prev)
	b.sections(prev)
	b.events(events, prev)
	b.m.divide(prev)
	return b.m
}

func newBuilder(s *tree.Snapshot, q Query, prev *Model) *builder {
	b := &builder{s: s, q: q, several: len(s.VCLs()) > 1, link0: q.selecting()}
	b.m = &Model{
		Query: q, Instance: s.Instance, Epoch: s.Epoch, Seq: s.Seq, Time: moment(s.Time).ISO,
		API: "../../api/v1/instances/" + url.PathEscape(s.Instance), snapshot: s,
	}
	b.compare(prev)
	if b.defaults == nil {
		b.defaults = map[uint64]bool{}
		for _, v := range s.VCLs() {
			b.defaults[v.Default] = true
		}
	}
	b.m.defaults = b.defaults
	return b
}

// compare finds out what has changed since the model before.
func (b *builder) compare(prev *Model) {
	b.renamed = true
	if prev == nil {
		return
	}
	b.changed = slices.Collect(b.s.Changes(prev.snapshot))
	if !slices.Equal(prev.snapshot.VCLs(), b.s.VCLs()) || prev.snapshot.Active != b.s.Active {
		return
	}
	b.defaults, b.renamed = prev.defaults, false
	for _, id := range b.changed {
		_, ok1 := prev.snapshot.Director(id)
		_, ok2 := b.s.Director(id)
		b.renamed = b.renamed || ok1 != ok2
	}
}

// light marks what is related to the selected director.
func (b *builder) light(prev *Model) {
	i, ok := b.chosen.index[b.selected]
	switch {
	case !ok:
		b.relit = prev != nil && prev.lit != nil
	case prev != nil && prev.lit != nil && prev.selected == b.selected && sameLinks(prev.chosen.links, b.chosen.links) && len(prev.lit) == len(b.chosen.shown):
		b.lit = prev.lit
	default:
		b.lit, b.relit = b.chosen.related(i), true
	}
	b.m.lit = b.lit
}

// resolve returns the ID of the selected director. One that is destroyed is
// known from the model before, or from the events.
func resolve(s *tree.Snapshot, events []event.Event, q Query, prev *Model) uint64 {
	if q.Select == "" {
		return 0
	}
	if text, ok := strings.CutPrefix(q.Select, "@"); ok {
		id, _ := strconv.ParseUint(text, 10, 64)
		return id
	}
	if d, ok := s.Find(q.Select); ok {
		return d.ID
	}
	if prev != nil && prev.story.id != 0 {
		return prev.story.id
	}
	for _, e := range slices.Backward(events) {
		if e.Kind == event.DirectorDestroyed && (e.VCL+"."+e.Director == q.Select || e.Director == q.Select) {
			return e.ID
		}
	}
	return 0
}

// remember collects the events of the selected director: those that the model
// before had, and the newer ones.
func (b *builder) remember(events []event.Event, prev *Model) {
	st := story{id: b.selected, upTo: b.s.Seq}
	if b.selected != 0 {
		after := uint64(0)
		if prev != nil && prev.story.id == st.id {
			st.events = slices.Clip(prev.story.events)
			after = prev.story.upTo
		}
		for _, e := range events {
			if e.Seq > after && concerns(e, st.id) {
				st.events = append(st.events, e)
			}
		}
	}
	if len(st.events) > 4*MaxEvents {
		// The first ones say how the life began; the newest how it stands.
		st.events = slices.Concat(st.events[:4], st.events[len(st.events)-2*MaxEvents:])
	}
	b.m.story = st
}

// concerns reports whether the event is about the director.
func concerns(e event.Event, id uint64) bool {
	if e.ID == id && e.Kind != event.RefAssigned {
		return true
	}
	a := e.Assigned
	return a != nil && (a.FromID == id || a.ToID == id || a.Holder.Kind == event.HolderMember && a.Holder.ID == id)
}

// place lays the chosen directors out, and what is folded.
func (b *builder) place(before *layout.Layout) {
	c := b.chosen
	g := layout.Graph{
		Nodes: make([]layout.Node, 0, len(c.shown)+len(c.folds)),
		Edges: make([]layout.Edge, 0, len(c.links)+len(c.folds)),
	}
	for i, d := range c.shown {
		g.Nodes = append(g.Nodes, layout.Node{ID: d.ID, Loose: d.Leaf && !c.held[i]})
	}
	for _, l := range c.links {
		g.Edges = append(g.Edges, layout.Edge{From: c.shown[l.from].ID, To: c.shown[l.to].ID})
	}
	for _, f := range c.folds {
		g.Nodes = append(g.Nodes, foldNode(f))
		if f.holder != 0 {
			g.Edges = append(g.Edges, layout.Edge{From: f.holder, To: foldBit | f.holder})
		}
	}
	b.m.layout = layout.Place(g, before)
}

func (b *builder) canvas(prev *Model) {
	b.m.Canvas = &Canvas{
		Width: strconv.Itoa(b.m.layout.Width()), Height: strconv.Itoa(b.m.layout.Height()),
		Lit: strconv.FormatBool(b.lit != nil),
	}
	if prev != nil {
		b.m.Canvas = keep(prev.Canvas, b.m.Canvas)
	}
}

// token names a director in a URL: by name where that means this one.
func (b *builder) token(d *tree.Director) string {
	if found, ok := b.s.Find(d.FullName()); ok && found.ID == d.ID {
		return d.FullName()
	}
	return atID(d.ID)
}

// shortName is the name, with the VCL where there are several, and with the
// number of one that lingers while another has its name.
func (b *builder) shortName(d *tree.Director) string {
	name := d.Name
	if b.several && d.VCL != b.s.Active {
		name = d.FullName()
	}
	if d.Phase == tree.Lingering {
		if heir, ok := b.s.Find(d.FullName()); ok && heir.ID != d.ID {
			return name + " " + atID(d.ID)
		}
	}
	return name
}

// selecting is a link that selects a director.
func (b *builder) selecting(token string) string { return b.link0 + url.QueryEscape(token) }

// link is a link to a director by its ID, which stays true when it is gone.
func (b *builder) link(id uint64, text string) Part {
	if id == 0 {
		return Part{Text: text, Name: true}
	}
	return Part{Text: text, Name: true, Href: b.selecting(atID(id))}
}
