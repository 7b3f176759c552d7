package view

import (
	"maps"
	"strings"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A choice is which directors a page shows.
type choice struct {
	shown []*tree.Director // in the order in which they were added
	has   map[uint64]bool
	// matched are those that the filter means; others are shown because they
	// hold one that is.
	matched map[uint64]bool
	found   int // how many the filter means, shown or not
	total   int
}

// pick chooses the directors to show: what the filter means and what holds it.
// Where that is too much, the selected director, then those that are sick or
// lingering come first, each with what leads to it.
func pick(s *tree.Snapshot, q Query, selected uint64) *choice {
	c := &choice{has: map[uint64]bool{}, matched: map[uint64]bool{}, total: s.Len()}
	words := strings.Fields(strings.ToLower(q.Q))
	if d, ok := s.Director(selected); ok {
		c.take(s, d)
	}
	var calm []*tree.Director
	for d := range s.Directors() {
		if !Matches(d, words) {
			continue
		}
		c.found++
		if len(words) > 0 {
			c.matched[d.ID] = true
		}
		if d.Healthy && d.Phase == tree.Live {
			calm = append(calm, d)
			continue
		}
		c.take(s, d)
	}
	for _, d := range calm {
		c.take(s, d)
	}
	for id := range inOrder(c.has) {
		if d, ok := s.Director(id); ok {
			c.shown = append(c.shown, d)
		}
	}
	return c
}

// take adds d and everything that leads to it while there is room.
func (c *choice) take(s *tree.Snapshot, d *tree.Director) {
	if c.has[d.ID] || len(c.has) >= MaxCards {
		return
	}
	c.has[d.ID] = true
	for h := range d.Slots() {
		if h.Kind != event.HolderMember {
			continue
		}
		if holder, ok := s.Director(h.ID); ok {
			c.take(s, holder)
		}
	}
}

// Matches reports whether every word, in lower case, occurs in the full name, type
// or state of a director: the filter of the page and of the API's list.
func Matches(d *tree.Director, words []string) bool {
	if len(words) == 0 {
		return true
	}
	state := "sick"
	if d.Healthy {
		state = "healthy"
	}
	text := strings.ToLower(strings.Join([]string{d.FullName(), d.Type, state, string(d.Phase)}, " "))
	for _, w := range words {
		if !strings.Contains(text, w) {
			return false
		}
	}
	return true
}

// related returns the directors that hold the one with the ID, directly or not,
// that one, and those that it holds.
func related(s *tree.Snapshot, id uint64) map[uint64]bool {
	lit := map[uint64]bool{}
	walk(s, id, lit, func(d *tree.Director, visit func(uint64)) {
		for h := range d.Slots() {
			if h.Kind == event.HolderMember {
				visit(h.ID)
			}
		}
	})
	below := map[uint64]bool{}
	walk(s, id, below, func(d *tree.Director, visit func(uint64)) {
		for m := range d.Members() {
			visit(m.ID)
		}
	})
	maps.Copy(lit, below)
	return lit
}

// walk visits a director and all that its neighbours lead to, each once, and no
// more than a page could show.
func walk(s *tree.Snapshot, id uint64, seen map[uint64]bool, neighbours func(*tree.Director, func(uint64))) {
	d, ok := s.Director(id)
	if !ok || seen[id] || len(seen) >= MaxCards {
		return
	}
	seen[id] = true
	neighbours(d, func(next uint64) { walk(s, next, seen, neighbours) })
}
