package tree

import (
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A Phase is where a director stands in its life.
type Phase string

// The phases of a director. One that is lingering was deleted and released,
// and stays callable until the last reference to it goes.
const (
	Live      Phase = "live"
	Lingering Phase = "lingering"
	Destroyed Phase = "destroyed"
)

// A Director is what is known of one director at one sequence number. It is
// immutable.
type Director struct {
	// ID is unique within the epoch; Name is not, since a director may take
	// the name of one that lingers.
	ID        uint64
	VCL, Name string
	Type      string
	Leaf      bool
	// Group reports that the members can be changed from outside.
	Group   bool
	Static  bool
	Options []event.Option
	// Config is what whoever made the director needs to make it again; nil for
	// a director that nobody can make again.
	Config json.RawMessage

	Phase Phase
	// Owned reports that the owner's reference is held: from added to released.
	Owned bool
	// Tasks counts requests in flight, as last sampled.
	Tasks int64

	Healthy bool
	Admin   string
	Reason  string
	// Changed is the time of the last change of health.
	Changed time.Time

	// Requests and Failures as last sampled.
	Requests, Failures uint64
	// Probe is nil for a director without one.
	Probe *event.Probe

	// Steps are the life-cycle steps that have been taken.
	Steps Steps

	healthyMembers int
	members        trie[Member]       // by slot
	holders        trie[event.Holder] // by number of the slot
}

// Steps says when each step of a life was taken; the zero Step was not. Assigned
// is the first time that a slot came to hold the director.
type Steps struct {
	Added, Assigned, Deleted, Released, Destroyed Step
}

// A Step is one life-cycle step.
type Step struct {
	Seq  uint64
	Time time.Time
}

// Taken reports whether the step was taken.
func (s Step) Taken() bool { return s.Seq != 0 }

// A Member is a filled member slot.
type Member struct {
	Slot   int
	Ref    uint64
	ID     uint64 // of the director that the slot points at
	Name   string
	Weight float64
}

// FullName is the name with its VCL: "boot.a1".
func (d *Director) FullName() string { return d.VCL + "." + d.Name }

// Refcount is the number of references that are held. Slots that point at a
// static director are not counted.
func (d *Director) Refcount() int64 {
	n := d.Tasks
	if !d.Static {
		n += int64(d.holders.len())
	}
	if d.Owned {
		n++
	}
	return n
}

// Members yields the filled member slots in the order of their numbers.
func (d *Director) Members() iter.Seq[Member] {
	return func(yield func(Member) bool) {
		for _, m := range d.members.all() {
			if !yield(m) {
				return
			}
		}
	}
}

// TotalMembers and HealthyMembers count the filled member slots, and those
// that point at a healthy director.
func (d *Director) TotalMembers() int   { return d.members.len() }
func (d *Director) HealthyMembers() int { return d.healthyMembers }

// Why says in a few words what decided the health. For a director that follows
// its members it counts them as they are now, not as they were at the last flip.
func (d *Director) Why() string {
	if strings.HasPrefix(d.Reason, "members: ") {
		return fmt.Sprintf("members: %d of %d healthy", d.healthyMembers, d.TotalMembers())
	}
	return d.Reason
}

// Member returns the member slot with that number, if it is filled.
func (d *Director) Member(slot int) (Member, bool) {
	if slot < 0 {
		return Member{}, false
	}
	return d.members.get(uint64(slot))
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

// CountHolders counts the references by kind of holder.
func (d *Director) CountHolders() HolderCounts {
	counts := HolderCounts{Tasks: d.Tasks}
	if d.Owned {
		counts.Owner = 1
	}
	for h := range d.counted() {
		switch h.Kind {
		case event.HolderMember:
			counts.Members++
		case event.HolderDefault:
			counts.Defaults++
		case event.HolderPin:
			counts.Pins++
		}
	}
	return counts
}
