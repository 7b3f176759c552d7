package view

import (
	"cmp"
	"slices"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A choice is which directors a page shows, and how they hang together. It is
// immutable, and is carried over from model to model while nothing changes what
// it depends on.
type choice struct {
	shown []*tree.Director // in the order in which they were added
	index map[uint64]int   // where in shown
	links []link           // between shown ones, by holder, then by slot
	first []int            // where in links those of a holder begin; one more at the end
	held  []bool           // of shown: whether one that is shown holds it
	folds []fold
	// places are which of all members the shown ones are, in order and from 1,
	// by the holders of which some are folded. Only an outline needs them.
	places map[uint64][]int
	shut   map[uint64]bool // the directors whose branches the query shuts

	filter  Filter
	problem error    // of the filter's text
	matched *matches // nil without a filter
	root    uint64   // the director below which everything is, 0 for no such
	found   int      // how many the page is about, shown or not
	// ranked says that not everything fits, so that what is shown depends on
	// how things are.
	ranked bool
}

// A link is a member slot between two directors that are shown.
type link struct {
	from, to int // in shown
	ref      uint64
	slot     int
	weight   float64
}

// A fold is what is left out below a director, or at the top if holder is 0.
type fold struct {
	holder       uint64
	hidden, sick int
}

func (c *choice) has(id uint64) bool {
	_, ok := c.index[id]
	return ok
}

// matching reports whether the filter means the director.
func (c *choice) matching(id uint64) bool { return c.matched == nil || c.matched.has(id) }

// below are the links of the members of shown[i].
func (c *choice) below(i int) []link { return c.links[c.first[i]:c.first[i+1]] }

// choose finds out what to show: what the model before shows where nothing has
// changed that this depends on.
func (b *builder) choose(prev *Model) {
	var before *choice
	if prev != nil {
		before = prev.chosen
		if prev.selected == b.selected && !b.renamed && before.holds(b.s, prev.snapshot, b.changed) {
			b.chosen = before.renewed(b.s, b.changed)
			return
		}
	}
	p := newPicker(b.s, b.q, b.selected)
	p.c.shut = p.shut
	if p.c.problem == nil && !p.c.filter.Empty() {
		p.c.matched = match(b.s, p.c.filter, before, b.changed)
	}
	p.pick()
	p.c.connect(p.has)
	b.chosen = p.c
	if b.long() {
		return // its lines come from the tree: nothing is folded there
	}
	p.fold()
	if b.m.Outline() {
		p.c.count()
	}
}

// holds reports whether the same directors are to be shown again, linked in the
// same way.
func (c *choice) holds(s, was *tree.Snapshot, changed []uint64) bool {
	for _, id := range changed {
		old, ok1 := was.Director(id)
		now, ok2 := s.Director(id)
		if !ok1 || !ok2 || !now.SameShape(old) || now.Phase != old.Phase {
			return false
		}
		if c.ranked && (now.Healthy != old.Healthy || now.HealthyMembers() != old.HealthyMembers()) {
			return false
		}
		if c.matched != nil && c.filter.Matches(now) != c.matched.has(id) {
			return false
		}
	}
	return true
}

// renewed is the same choice with the directors as they are now.
func (c *choice) renewed(s *tree.Snapshot, changed []uint64) *choice {
	next := *c
	next.shown = slices.Clone(c.shown)
	for _, id := range changed {
		if i, ok := c.index[id]; ok {
			next.shown[i], _ = s.Director(id)
		}
	}
	return &next
}

// connect orders what is shown and finds the links between.
func (c *choice) connect(has map[uint64]*tree.Director) {
	c.shown = make([]*tree.Director, 0, len(has))
	for _, d := range has {
		c.shown = append(c.shown, d)
	}
	slices.SortFunc(c.shown, func(a, b *tree.Director) int { return cmp.Compare(a.ID, b.ID) })
	c.index = make(map[uint64]int, len(has))
	for i, d := range c.shown {
		c.index[d.ID] = i
	}
	c.held = make([]bool, len(c.shown))
	for i, d := range c.shown {
		// From the side of the members: a holder may have many that are folded.
		for h := range d.Slots() {
			from, ok := c.index[h.ID]
			if h.Kind != event.HolderMember || !ok {
				continue
			}
			m, _ := c.shown[from].Member(h.Slot)
			c.links = append(c.links, link{from: from, to: i, ref: h.Ref, slot: h.Slot, weight: m.Weight})
			c.held[i] = true
		}
	}
	slices.SortFunc(c.links, func(a, b link) int {
		return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(a.slot, b.slot))
	})
	c.first = make([]int, len(c.shown)+1)
	for _, l := range c.links {
		c.first[l.from+1]++
	}
	for i := range c.shown {
		c.first[i+1] += c.first[i]
	}
}

// count finds out the places of what is shown beside what is folded.
func (c *choice) count() {
	c.places = map[uint64][]int{}
	for _, f := range c.folds {
		i, ok := c.index[f.holder]
		if !ok {
			continue
		}
		below, n := c.below(i), 0
		places := make([]int, 0, len(below))
		for m := range c.shown[i].Members() {
			if len(places) == len(below) {
				break
			}
			if n++; m.Slot == below[len(places)].slot {
				places = append(places, n)
			}
		}
		c.places[f.holder] = places
	}
}

// related marks the directors that hold shown[at], directly or not, that one,
// and those that it holds.
func (c *choice) related(at int) []bool {
	lit := make([]bool, len(c.shown))
	up := make([][]int, len(c.shown))
	for _, l := range c.links {
		up[l.to] = append(up[l.to], l.from)
	}
	var climb, descend func(int)
	climb = func(i int) {
		lit[i] = true
		for _, holder := range up[i] {
			if !lit[holder] {
				climb(holder)
			}
		}
	}
	descended := make([]bool, len(c.shown))
	descend = func(i int) {
		lit[i], descended[i] = true, true
		for _, l := range c.below(i) {
			if !descended[l.to] {
				descend(l.to)
			}
		}
	}
	climb(at)
	descend(at)
	return lit
}
