package tree

import (
	"encoding/json"
	"fmt"
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
	// Secrets name what is left out of Config.
	Secrets []event.Secret

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
	// Retried are the failures after which the request went to another backend,
	// as last sampled.
	Retried uint64
	// Probe is nil for a director without one.
	Probe *event.Probe
	// Passed is what a load-balancing director sent on, Carried what came through
	// member slots that hold this director, as last sampled.
	Passed  event.Flow
	Carried []event.Carried

	// Steps are the life-cycle steps that have been taken.
	Steps Steps

	members trie[Member]       // by slot
	sick    set                // the slots among them whose director is not healthy
	holders trie[event.Holder] // by number of the slot
	heldBy  slotCounts         // of holders
	turn    uint64             // in the snapshot's held; 0 if nothing is held
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

// Why says in a few words what decided the health. For a director that follows
// its members it counts them as they are now, not as they were at the last flip.
func (d *Director) Why() string {
	if strings.HasPrefix(d.Reason, "members: ") {
		return fmt.Sprintf("members: %d of %d healthy", d.HealthyMembers(), d.TotalMembers())
	}
	return d.Reason
}
