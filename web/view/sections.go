package view

import (
	"slices"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// sections makes the inspector, or takes over that of the model before where
// nothing that it tells of has changed.
func (b *builder) sections(prev *Model) {
	if prev != nil && !b.renamed && !b.inspectorChanged(prev) {
		b.m.Sections, b.m.undoUntil = prev.Sections, prev.undoUntil
		return
	}
	b.inspector()
	if prev == nil {
		return
	}
	for i, section := range b.m.Sections {
		j := slices.IndexFunc(prev.Sections, func(old Fragment) bool { return old.Key() == section.Key() })
		if j >= 0 {
			b.m.Sections[i] = keepFragment(prev.Sections[j], section)
		}
	}
}

// inspectorChanged reports whether anything changed that the inspector may tell
// of: the selected director, what it holds, what holds it, its story; without
// one, what is lingering.
func (b *builder) inspectorChanged(prev *Model) bool {
	if b.selected != prev.selected || b.m.past != prev.past || len(b.m.story.events) != len(prev.story.events) || b.undoPassed(prev) {
		return true
	}
	d, ok := b.s.Director(b.selected)
	if !ok {
		return b.s.Lingering() > 0 || prev.snapshot.Lingering() > 0 || b.s.Stepping != prev.snapshot.Stepping ||
			len(b.changed) > 0 && b.s.Sick()+prev.snapshot.Sick() > 0
	}
	if len(b.changed) > 0 && slices.ContainsFunc(prev.Sections, isWhy) {
		return true // it follows the members of members
	}
	return slices.ContainsFunc(b.changed, func(id uint64) bool {
		return id == d.ID || b.near(d, id)
	})
}

func isWhy(section Fragment) bool {
	_, ok := section.(*Why)
	return ok
}

// near reports whether one director holds the other, or what the deletion of the
// one would reach.
func (b *builder) near(d *tree.Director, id uint64) bool {
	other, ok := b.s.Director(id)
	if !ok || b.q.Panel == PanelDelete {
		return true
	}
	return holds(d, other) || holds(other, d)
}

func holds(holder, d *tree.Director) bool {
	for h := range d.Slots() {
		if h.Kind == event.HolderMember && h.ID == holder.ID {
			return true
		}
	}
	return false
}

// heldByMember reports whether a member slot points at d.
func heldByMember(d *tree.Director) bool {
	for h := range d.Slots() {
		if h.Kind == event.HolderMember {
			return true
		}
	}
	return false
}
