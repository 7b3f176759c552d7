package view

import (
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// How much a page shows of a tree that does not fit.
const (
	// budget is the most cards, the folds among them, as long as no branch is
	// open; one that has only one face has room for more.
	budget        = 48
	budgetOneFace = 100
	// pageSize is how many members an open branch lists at a time.
	pageSize = 48
	// fan is how many members a branch shows that nobody has opened, tops how
	// many directors stand at the top.
	fan, tops = 6, 12
	// farthest bounds the way up that is looked for.
	farthest = 256
)

// A picker makes a choice.
type picker struct {
	s        *tree.Snapshot
	q        Query
	c        *choice
	selected uint64
	open     []branch
	shut     map[uint64]bool
	limit    int
	has      map[uint64]*tree.Director
	reserved int // cards that are kept free for folds
}

func newPicker(s *tree.Snapshot, q Query, selected uint64) *picker {
	p := &picker{
		s: s, q: q, c: &choice{}, selected: selected, open: branches(q.Open),
		shut: map[uint64]bool{}, has: map[uint64]*tree.Director{}, limit: MaxCards,
	}
	p.c.filter, p.c.problem = ParseFilter(q.Q)
	for _, b := range branches(q.Shut) {
		if d, ok := s.Find(b.token); ok {
			p.shut[d.ID] = true
		}
	}
	if d, ok := s.Find(q.Root); ok && q.Root != "" {
		p.c.root = d.ID
	}
	return p
}

func (p *picker) pick() {
	p.c.found = p.s.Len()
	if p.c.root != 0 {
		p.c.found = p.size(p.c.root)
	}
	p.c.ranked = p.c.found > MaxCards
	if p.c.ranked {
		p.limit = budget
		if p.q.Face != "" {
			p.limit = budgetOneFace
		}
		p.limit = min(MaxCards, p.limit+pageSize*len(p.open))
	}
	switch {
	case p.c.matched != nil:
		p.matching()
	case p.c.ranked:
		p.some()
	default:
		p.all()
	}
}

// size counts a director and what is below it, each once.
func (p *picker) size(id uint64) int {
	seen := map[uint64]bool{}
	p.descend(id, seen)
	return len(seen)
}

func (p *picker) descend(id uint64, seen map[uint64]bool) {
	d, ok := p.s.Director(id)
	if !ok || seen[id] {
		return
	}
	seen[id] = true
	for m := range d.Members() {
		p.descend(m.ID, seen)
	}
}

// all takes everything but what is in a branch that is shut, and nowhere else.
func (p *picker) all() {
	switch {
	case p.c.root != 0:
		p.takeBelow(p.c.root)
	case len(p.shut) == 0:
		for d := range p.s.Directors() {
			p.take(d)
		}
	default:
		for d := range p.s.Roots() {
			p.takeBelow(d.ID)
		}
	}
	p.takePath(p.selected, true)
}

func (p *picker) takeBelow(id uint64) {
	d, ok := p.s.Director(id)
	if !ok || p.has[id] != nil {
		return
	}
	p.has[id] = d
	if p.shut[id] {
		return
	}
	for m := range d.Members() {
		p.takeBelow(m.ID)
	}
}

// take adds a director while there is room for it, and for what is folded below
// it.
func (p *picker) take(d *tree.Director) bool {
	if p.has[d.ID] != nil {
		return true
	}
	cost := 1
	if p.c.ranked && d.TotalMembers() > 0 {
		cost = 2
	}
	if len(p.has)+p.reserved+cost > p.limit {
		return false
	}
	p.has[d.ID] = d
	p.reserved += cost - 1
	return true
}

// takePath adds a director with one way that leads to it from the top.
// Branches that are shut stay so unless it is asked for.
func (p *picker) takePath(id uint64, anyhow bool) bool {
	way := p.path(id)
	if !anyhow {
		for _, d := range way {
			if d.ID != id && p.shut[d.ID] {
				return false
			}
		}
	}
	for _, d := range way {
		if !p.take(d) {
			return false
		}
	}
	return len(way) > 0
}

// path is a shortest way from the top, or from the root of the page, down to a
// director; nil if there is none.
func (p *picker) path(id uint64) []*tree.Director {
	d, ok := p.s.Director(id)
	if !ok {
		return nil
	}
	below := map[uint64]*tree.Director{id: nil}
	queue := []*tree.Director{d}
	for i := 0; i < len(queue) && i < farthest; i++ {
		at := queue[i]
		holders := 0
		for h := range at.Slots() {
			if h.Kind != event.HolderMember || len(queue) >= farthest {
				continue
			}
			holders++
			holder, ok := p.s.Director(h.ID)
			if _, seen := below[h.ID]; ok && !seen {
				below[h.ID] = at
				queue = append(queue, holder)
			}
		}
		if at.ID == p.c.root || p.c.root == 0 && holders == 0 {
			return wayDown(at, below)
		}
	}
	return nil
}

func wayDown(at *tree.Director, below map[uint64]*tree.Director) []*tree.Director {
	var way []*tree.Director
	for ; at != nil; at = below[at.ID] {
		way = append(way, at)
	}
	return way
}

// matching takes what the filter means with all that leads to it: first what
// needs somebody's eye.
func (p *picker) matching() {
	var inside map[uint64]bool
	if p.c.root != 0 {
		inside = map[uint64]bool{}
		p.descend(p.c.root, inside)
	}
	p.takePath(p.selected, true)
	from := p.from("")
	p.c.found = 0
	means := func(id uint64) bool { return p.c.matched.has(id) && (inside == nil || inside[id]) }
	if p.c.ranked && from == 0 {
		p.urgent(p.limit, means)
	}
	for id := range p.c.matched.from(0) {
		if !means(id) {
			continue
		}
		p.c.found++
		if id < from {
			continue
		}
		if d, ok := p.s.Director(id); ok {
			p.takeUp(d)
		}
	}
}

// takeUp adds a director and all that holds it, directly or not, or where that
// may be much, one way to it.
func (p *picker) takeUp(d *tree.Director) {
	if p.has[d.ID] != nil {
		return
	}
	if p.c.ranked {
		p.takePath(d.ID, true)
		return
	}
	if !p.take(d) {
		return
	}
	for h := range d.Slots() {
		if holder, ok := p.s.Director(h.ID); ok && h.Kind == event.HolderMember {
			p.takeUp(holder)
		}
	}
}

// from is where the list of a branch starts.
func (p *picker) from(token string) uint64 {
	for _, b := range p.open {
		if b.token == token {
			return b.from
		}
	}
	return 0
}
