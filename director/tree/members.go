package tree

import "iter"

// A Member is a filled member slot.
type Member struct {
	Slot   int
	Ref    uint64
	ID     uint64 // of the director that the slot points at
	Name   string
	Weight float64
}

// Members yields the filled member slots in the order of their numbers.
func (d *Director) Members() iter.Seq[Member] { return d.MembersFrom(0) }

// MembersFrom yields the filled member slots whose number is at least slot, in
// order.
func (d *Director) MembersFrom(slot int) iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for _, m := range d.members.from(uint64(max(0, slot))) {
			if !yield(m) {
				return
			}
		}
	}
}

// SickMembers yields the filled member slots that do not point at a healthy
// director, in the order of their numbers. The others cost nothing.
func (d *Director) SickMembers() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for slot := range d.sick.keys(0) {
			if m, _ := d.members.get(slot); !yield(m) {
				return
			}
		}
	}
}

// TotalMembers and HealthyMembers count the filled member slots, and those
// that point at a healthy director.
func (d *Director) TotalMembers() int   { return d.members.len() }
func (d *Director) HealthyMembers() int { return d.members.len() - d.sick.len() }

// LastSlot returns the highest number of a filled member slot, -1 if there is
// none.
func (d *Director) LastSlot() int {
	if slot, ok := d.members.last(); ok {
		return int(slot)
	}
	return -1
}

// Member returns the member slot with that number, if it is filled.
func (d *Director) Member(slot int) (Member, bool) {
	if slot < 0 {
		return Member{}, false
	}
	return d.members.get(uint64(slot))
}

// setMember fills a member slot, or empties it if m points at nothing.
func (d *Director) setMember(m Member, healthy bool) {
	slot := uint64(m.Slot)
	if m.ID == 0 {
		d.members, d.sick = d.members.remove(slot), with(d.sick, slot, false)
		return
	}
	d.members, d.sick = d.members.set(slot, m), with(d.sick, slot, !healthy)
}
