package view

import (
	"slices"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/layout"
)

// A cell is all that the page says of one director besides the inspector, and
// what it was made from. A model takes over the cells of the one before where
// that is the same.
type cell struct {
	d     *tree.Director
	marks marks
	token string // names the director in a URL
	short string // names it on the page
	card  *Card
}

// marks are what a card says that does not come from its director alone.
type marks struct {
	at                        layout.Point
	current, dim, lit, isRoot bool
	isDefault                 bool
}

// cells makes the cards of all that is shown.
func (b *builder) cells(prev *Model) {
	b.m.cells = make([]*cell, len(b.chosen.shown))
	b.m.Cards = make([]*Card, len(b.chosen.shown))
	for i, d := range b.chosen.shown {
		c := b.cell(i, d, prev.cellOf(d.ID))
		b.m.cells[i], b.m.Cards[i] = c, c.card
	}
}

func (m *Model) cellOf(id uint64) *cell {
	if m == nil {
		return nil
	}
	if i, ok := m.chosen.index[id]; ok {
		return m.cells[i]
	}
	return nil
}

func (b *builder) cell(i int, d *tree.Director, old *cell) *cell {
	now := marks{
		at: b.m.layout.At[d.ID], current: d.ID == b.selected, dim: !b.chosen.matching(d.ID),
		lit: b.lit != nil && b.lit[i], isRoot: d.ID == b.chosen.root, isDefault: b.defaults[d.ID],
	}
	if old != nil && old.d == d && old.marks == now && !b.renamed {
		return old
	}
	c := &cell{d: d, marks: now}
	if old != nil && !b.renamed {
		c.token, c.short = old.token, old.short
	} else {
		c.token, c.short = b.token(d), b.shortName(d)
	}
	face := b.face(c)
	card := &Card{ID: cardID(d.ID), X: place(now.at.X), Y: place(now.at.Y), Face: face}
	if old != nil {
		card.Face = keep(old.card.Face, face)
		card = keep(old.card, card)
	}
	c.card = card
	return c
}

// edges makes the lines between what is shown, and to what is folded.
func (b *builder) edges(prev *Model) {
	c := b.chosen
	same := prev != nil && prev.layout == b.m.layout && sameLinks(prev.chosen.links, c.links) && !b.relit
	b.m.Edges = make([]*Edge, len(c.links), len(c.links)+len(c.folds))
	for i, l := range c.links {
		from, to := c.shown[l.from], c.shown[l.to]
		if same && prev.chosen.shown[l.to] == to && prev.chosen.shown[l.from] == from {
			b.m.Edges[i] = prev.Edges[i]
			continue
		}
		edge := b.edge(l, from, to)
		if same {
			edge = keep(prev.Edges[i], edge)
		}
		b.m.Edges[i] = edge
	}
	for i, f := range c.folds {
		if f.holder == 0 {
			continue
		}
		edge := &Edge{
			ID:   "edge-fold-" + strconv.FormatUint(f.holder, 10),
			Path: b.m.layout.Path(layout.Edge{From: f.holder, To: foldBit | f.holder}), State: "folded",
		}
		if f.sick > 0 {
			edge.State = "folded sick"
		}
		if same && len(c.links)+i < len(prev.Edges) {
			edge = keep(prev.Edges[len(c.links)+i], edge)
		}
		b.m.Edges = append(b.m.Edges, edge)
	}
	b.labels(prev, same)
}

func (b *builder) edge(l link, from, to *tree.Director) *Edge {
	var state []string
	if !to.Healthy {
		state = append(state, "sick")
	}
	if b.lit != nil && b.lit[l.from] && b.lit[l.to] {
		state = append(state, "lit")
	}
	if c, ok := to.CarriedBy(l.ref); ok {
		if c.Now {
			state = append(state, "flows")
		}
		state = append(state, shareClass(from.ShareOf(to, l.ref)))
	}
	return &Edge{
		ID:    "edge-" + strconv.FormatUint(l.ref, 10),
		Path:  b.m.layout.Path(layout.Edge{From: from.ID, To: to.ID}),
		State: strings.Join(state, " "),
		From:  strconv.FormatUint(from.ID, 10), Slot: strconv.Itoa(l.slot), To: strconv.FormatUint(to.ID, 10),
	}
}

// shareBounds are the shares of its holder's traffic from which a line is drawn
// wider. They lie between those that members of equal weight come to have, which
// would waver on a bound.
var shareBounds = []float64{.17, .29, .41, .58, .8}

// shareClass names the width of a line: "share-0" to "share-5".
func shareClass(share float64) string {
	n, _ := slices.BinarySearch(shareBounds, share)
	return "share-" + strconv.Itoa(n)
}

// labelPitch is how far apart the labels are that stand before one card, in
// pixels.
const labelPitch = 14

// labels are the weights beside the lines that are not 1, one above the other
// where several lines end. They depend on where the lines run, and on nothing
// else.
func (b *builder) labels(prev *Model, same bool) {
	if same {
		b.m.Labels = prev.Labels
		return
	}
	above := make(map[int]int)
	for _, l := range b.chosen.links {
		if l.weight == 0 || l.weight == 1 {
			continue
		}
		x, y := b.m.layout.Label(layout.Edge{From: b.chosen.shown[l.from].ID, To: b.chosen.shown[l.to].ID})
		y -= labelPitch * above[l.to]
		above[l.to]++
		b.m.Labels = append(b.m.Labels, &Label{
			ID: "weight-" + strconv.FormatUint(l.ref, 10), X: strconv.Itoa(x), Y: strconv.Itoa(y),
			Text: "×" + weight(l.weight),
		})
	}
	if prev != nil {
		b.m.Labels = keepAll(prev.Labels, b.m.Labels)
	}
}

// sameLinks reports whether both are the links of one choice, carried over.
func sameLinks(a, b []link) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}
