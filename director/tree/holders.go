package tree

import (
	"iter"

	"github.com/callboard/callboard/director/event"
)

// slotCounts counts slots that point at a director, by their kind.
type slotCounts struct {
	members, defaults, pins int32
}

func (c *slotCounts) add(kind event.HolderKind, n int32) {
	switch kind {
	case event.HolderMember:
		c.members += n
	case event.HolderDefault:
		c.defaults += n
	case event.HolderPin:
		c.pins += n
	}
}

// gain records that a slot points at d, and lose that it does no more.
func (d *Director) gain(h event.Holder) {
	d.lose(h.Ref)
	d.holders = d.holders.set(h.Ref, h)
	d.heldBy.add(h.Kind, 1)
}

func (d *Director) lose(ref uint64) {
	if h, ok := d.holders.get(ref); ok {
		d.holders = d.holders.remove(ref)
		d.heldBy.add(h.Kind, -1)
	}
}

// Slots yields the slots that point at d, oldest slot first. Neither the owner nor
// requests in flight are slots; see [Director.Holders].
func (d *Director) Slots() iter.Seq[event.Holder] {
	return func(yield func(event.Holder) bool) {
		for _, h := range d.holders.all() {
			if !yield(h) {
				return
			}
		}
	}
}

// Holders yields a holder for each counted reference: the owner first, then
// slots, then one for each request in flight.
func (d *Director) Holders() iter.Seq[event.Holder] {
	return func(yield func(event.Holder) bool) {
		if d.Owned && !yield(event.Holder{Kind: event.HolderOwner, Name: d.VCL}) {
			return
		}
		for h := range d.counted() {
			if !yield(h) {
				return
			}
		}
		for range d.Tasks {
			if !yield(event.Holder{Kind: event.HolderTask, Name: "request"}) {
				return
			}
		}
	}
}

// counted yields the slots whose references count.
func (d *Director) counted() iter.Seq[event.Holder] {
	if d.Static {
		return func(func(event.Holder) bool) {}
	}
	return d.Slots()
}

// HolderCounts says how many references each kind of holder has; they sum to
// the refcount.
type HolderCounts struct {
	Owner    int64 `json:"owner"`
	Members  int64 `json:"members"`
	Defaults int64 `json:"default"`
	Pins     int64 `json:"pins"`
	Tasks    int64 `json:"tasks"`
}

// CountHolders counts the references by kind of holder. It costs the same for
// any number of them.
func (d *Director) CountHolders() HolderCounts {
	counts := HolderCounts{Tasks: d.Tasks}
	if d.Owned {
		counts.Owner = 1
	}
	if !d.Static {
		counts.Members = int64(d.heldBy.members)
		counts.Defaults = int64(d.heldBy.defaults)
		counts.Pins = int64(d.heldBy.pins)
	}
	return counts
}
