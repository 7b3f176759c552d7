package view

import (
	"strconv"

	"github.com/callboard/callboard/web/layout"
)

// foldBit marks the nodes of the layout that are no director: the rest is the ID
// of the one whose members are folded, 0 at the top.
const foldBit = 1 << 63

// A Fold is one card for all that is left out below a director, or at the top.
type Fold struct {
	ID   string
	X, Y string
	Face *FoldFace
}

func (f *Fold) Key() string     { return f.ID }
func (f *Fold) Inner() Fragment { return f.Face }
func (f *Fold) Attrs() []Attr   { return []Attr{{"data-x", f.X}, {"data-y", f.Y}} }

// A FoldFace is what the card of a fold says.
type FoldFace struct {
	ID    string
	Count string // "9 994 more"
	Of    string // "of 10 000 members of pool_a"
	State string // the worst health: healthy or sick
	Icon  string
	Sick  string // "12 sick", "" if none is
	Heat  *Heat  // of the whole branch; nil at the top
	// Open leads to the members; Next and Back turn the page of a branch that is
	// open, and are "" where there is none.
	Open, Next, Back string
}

func (f *FoldFace) Key() string { return f.ID }

// fold finds out what is left out.
func (p *picker) fold() {
	c := p.c
	switch {
	case c.matched != nil:
		p.top(c.found-c.shownMatches(), 0)
		return
	case c.ranked && c.root == 0:
		shown := 0
		for i := range c.shown {
			if !c.held[i] {
				shown++
			}
		}
		p.top(p.s.RootCount()-shown, p.sickRoots())
	}
	for i, d := range c.shown {
		hidden, sick := d.TotalMembers(), d.TotalMembers()-d.HealthyMembers()
		for _, l := range c.below(i) {
			hidden--
			if !c.shown[l.to].Healthy {
				sick--
			}
		}
		if hidden > 0 {
			c.folds = append(c.folds, fold{holder: d.ID, hidden: hidden, sick: sick})
		}
	}
}

// shownMatches counts what is shown because the filter means it.
func (c *choice) shownMatches() int {
	n := 0
	for _, d := range c.shown {
		if c.matching(d.ID) {
			n++
		}
	}
	return n
}

func (p *picker) top(hidden, sick int) {
	if hidden > 0 {
		p.c.folds = append(p.c.folds, fold{hidden: hidden, sick: sick})
	}
}

// sickRoots counts directors that nobody holds, that are sick, and not shown.
func (p *picker) sickRoots() int {
	n := 0
	for d := range p.s.SickDirectors() {
		if p.has[d.ID] == nil && !heldByMember(d) {
			n++
		}
	}
	return n
}

// folds makes the cards of what is left out.
func (b *builder) folds(prev *Model) {
	for i, f := range b.chosen.folds {
		at := b.m.layout.At[foldBit|f.holder]
		id := strconv.FormatUint(f.holder, 10)
		card := &Fold{ID: "fold-" + id, X: place(at.X), Y: place(at.Y)}
		old := prev.foldAt(i)
		switch {
		case old == nil || old.ID != card.ID:
			card.Face = b.foldFace(f, "fold-face-"+id)
		case b.sameFold(f, prev, i):
			card.Face = old.Face
			card = keep(old, card)
		default:
			card.Face = keep(old.Face, b.foldFace(f, "fold-face-"+id))
			card = keep(old, card)
		}
		b.m.Folds = append(b.m.Folds, card)
	}
}

func (m *Model) foldAt(i int) *Fold {
	if m == nil || i >= len(m.Folds) {
		return nil
	}
	return m.Folds[i]
}

// sameFold reports whether the fold says what the one of the model before says,
// without finding out what that is.
func (b *builder) sameFold(f fold, prev *Model, i int) bool {
	if f.holder == 0 || b.renamed || prev.chosen.folds[i] != f {
		return false
	}
	old := prev.cellOf(f.holder)
	now, ok := b.s.Director(f.holder)
	return ok && old != nil && old.d == now
}

func (b *builder) foldFace(f fold, id string) *FoldFace {
	face := &FoldFace{ID: id, Count: number(int64(f.hidden)) + " more", State: "healthy", Icon: "h-healthy"}
	if f.sick > 0 {
		face.State, face.Icon, face.Sick = "sick", "h-sick", number(int64(f.sick))+" sick"
	}
	d, ok := b.s.Director(f.holder)
	if !ok {
		b.foldTop(face)
		return face
	}
	face.Of = "of " + count(d.TotalMembers(), "member")
	face.Heat = heatOf(d)
	token := b.token(d)
	b.pages(face, token, func(from uint64) uint64 {
		n := 0
		for m := range d.MembersFrom(int(from)) {
			if n++; n > pageSize {
				return uint64(m.Slot)
			}
		}
		return 0
	})
	return face
}

// foldTop is for what is left out at the top, or of what the filter means.
func (b *builder) foldTop(face *FoldFace) {
	c := b.chosen
	if c.matched != nil {
		face.Of = "of " + number(int64(c.found)) + " that match"
		b.pages(face, "", func(from uint64) uint64 {
			for id := range c.matched.from(from) {
				if !c.has(id) {
					return id
				}
			}
			return 0
		})
		return
	}
	face.Of = "of " + number(int64(b.s.RootCount())) + " at the top"
	b.pages(face, "", func(from uint64) uint64 {
		n := 0
		for d := range b.s.RootsFrom(from) {
			if n++; n > pageSize {
				return d.ID
			}
		}
		return 0
	})
}

// pages fills in the links of a fold. after returns where the page ends that
// starts at a place, 0 if it is the last one.
func (b *builder) pages(face *FoldFace, token string, after func(from uint64) uint64) {
	open, from := false, uint64(0)
	for _, br := range branches(b.q.Open) {
		if br.token == token || token != "" && b.same(br.token, token) {
			open, from = true, br.from
		}
	}
	if !open && !(token == "" && b.chosen.matched != nil) {
		face.Open = b.q.Opening(token, 0).Href()
		return
	}
	if next := after(from); next > 0 {
		face.Next = b.q.Opening(token, next).Href()
	}
	if from > 0 {
		face.Back = b.q.Opening(token, from-min(from, pageSize)).Href()
	}
}

// same reports whether two tokens mean the same director.
func (b *builder) same(one, other string) bool {
	d, ok1 := b.s.Find(one)
	e, ok2 := b.s.Find(other)
	return ok1 && ok2 && d == e
}

// foldNode is the fold's place in the drawing.
func foldNode(f fold) layout.Node {
	return layout.Node{ID: foldBit | f.holder, Loose: f.holder == 0}
}
