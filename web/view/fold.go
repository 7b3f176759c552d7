package view

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
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

// A Heat is a strip of cells, each for members that stand side by side: paths of
// an SVG picture that is HeatCells wide and 1 high.
type Heat struct {
	Healthy, Some, Sick string
	Title               string
}

// HeatCells is the most cells of a heat strip.
const HeatCells = 32

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
		face := b.foldFace(f, "fold-face-"+id)
		card := &Fold{ID: "fold-" + id, X: place(at.X), Y: place(at.Y), Face: face}
		if prev != nil && i < len(prev.Folds) {
			card.Face = keep(prev.Folds[i].Face, face)
			card = keep(prev.Folds[i], card)
		}
		b.m.Folds = append(b.m.Folds, card)
	}
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

// heatOf draws the members of a director in the order of their slots.
func heatOf(d *tree.Director) *Heat {
	slots := d.LastSlot() + 1
	cells := min(HeatCells, slots)
	all, sick := make([]int, cells), make([]int, cells)
	if slots == d.TotalMembers() {
		for i := range cells {
			all[i] = (i+1)*slots/cells - i*slots/cells
		}
	} else {
		for m := range d.Members() {
			all[cellOf(m.Slot, cells, slots)]++
		}
	}
	for m := range d.SickMembers() {
		sick[cellOf(m.Slot, cells, slots)]++
	}
	var healthy, some, bad strings.Builder
	for i := range cells {
		path := fmt.Sprintf("M%d 0h1v1h-1z", i)
		switch {
		case all[i] == 0:
		case sick[i] == 0:
			healthy.WriteString(path)
		case sick[i] < all[i]:
			some.WriteString(path)
		default:
			bad.WriteString(path)
		}
	}
	return &Heat{
		Healthy: healthy.String(), Some: some.String(), Sick: bad.String(),
		Title: fmt.Sprintf("%s, %s sick, from the first slot to the last", count(d.TotalMembers(), "member"),
			number(int64(d.TotalMembers()-d.HealthyMembers()))),
	}
}

// cellOf is the inverse of where the cells of a strip end: i*slots/cells.
func cellOf(slot, cells, slots int) int { return ((slot+1)*cells - 1) / slots }

// foldNode is the fold's place in the drawing.
func foldNode(f fold) layout.Node {
	return layout.Node{ID: foldBit | f.holder, Loose: f.holder == 0}
}
