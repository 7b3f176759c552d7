package view

import (
	"iter"
	"maps"
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
	lit      map[uint64]bool
	defaults map[uint64]bool
	several  bool // VCLs
}

// Build returns what the page with the query shows of s. The events are the
// newest ones, oldest first, up to s.Seq: the page lists the last of them and
// tells the story of the selected director from all. prev is the model before
// in the same view, nil at first.
func Build(s *tree.Snapshot, events []event.Event, q Query, prev *Model) *Model {
	b := &builder{s: s, q: q, several: len(s.VCLs()) > 1, defaults: map[uint64]bool{}}
	b.m = &Model{
		Query: q, Instance: s.Instance, Epoch: s.Epoch, Seq: s.Seq, Time: moment(s.Time).ISO,
		API: "../../api/v1/instances/" + url.PathEscape(s.Instance),
	}
	if prev != nil && (prev.Epoch != s.Epoch || prev.Query != q) {
		prev = nil
	}
	for _, v := range s.VCLs() {
		b.defaults[v.Default] = true
	}
	b.selected = resolve(s, events, q, prev)
	b.lit = related(s, b.selected)
	b.chosen = pick(s, q, b.selected)
	b.remember(events, prev)
	b.summary()
	b.graph(prev)
	if b.m.Outline() {
		b.outline()
	}
	b.names()
	b.inspector()
	b.events(events)
	return b.m
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

// graph lays the chosen directors out and makes cards, edges and labels.
func (b *builder) graph(prev *Model) {
	g := layout.Graph{Nodes: make([]layout.Node, 0, len(b.chosen.shown))}
	for _, d := range b.chosen.shown {
		loose := d.Leaf && !b.held(d)
		g.Nodes = append(g.Nodes, layout.Node{ID: d.ID, Loose: loose})
		for m := range d.Members() {
			if b.chosen.has[m.ID] {
				g.Edges = append(g.Edges, layout.Edge{From: d.ID, To: m.ID})
			}
		}
	}
	var before *layout.Layout
	if prev != nil {
		before = prev.layout
	}
	l := layout.Place(g, before)
	b.m.layout = l
	b.m.Canvas = Canvas{Width: strconv.Itoa(l.Width()), Height: strconv.Itoa(l.Height())}
	for _, d := range b.chosen.shown {
		at := l.At[d.ID]
		b.m.Cards = append(b.m.Cards, Card{
			ID: cardID(d.ID), X: place(at.X), Y: place(at.Y), Face: b.face(d),
		})
		b.edges(d, l)
	}
}

// held reports whether a shown director holds d.
func (b *builder) held(d *tree.Director) bool {
	for h := range d.Slots() {
		if h.Kind == event.HolderMember && b.chosen.has[h.ID] {
			return true
		}
	}
	return false
}

// token names a director in a URL: by name where that means this one.
func (b *builder) token(d *tree.Director) string {
	if found, ok := b.s.Find(d.FullName()); ok && found.ID == d.ID {
		return d.FullName()
	}
	return atID(d.ID)
}

// shortName is the name, with the VCL where there are several.
func (b *builder) shortName(d *tree.Director) string {
	if b.several && d.VCL != b.s.Active {
		return d.FullName()
	}
	return d.Name
}

// link is a link to a director by its ID, which stays true when it is gone.
func (b *builder) link(id uint64, text string) Part {
	if id == 0 {
		return Part{Text: text, Name: true}
	}
	return Part{Text: text, Name: true, Href: b.q.Selecting(atID(id)).Href()}
}

func inOrder(set map[uint64]bool) iter.Seq[uint64] {
	return slices.Values(slices.Sorted(maps.Keys(set)))
}
