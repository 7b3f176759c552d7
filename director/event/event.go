package event

import (
	"encoding/json"
	"slices"
	"strconv"
	"time"
)

// A Kind names what happened. The values are the words of the API and never
// change; docs/contract in the README lists them.
type Kind string

// The kinds of event. For one director the order is always DirectorAdded …
// DirectorDeleted, DirectorReleased, (DirectorEvent COLD), DirectorDestroyed.
const (
	VCLAdded       Kind = "vcl.added"
	VCLTemperature Kind = "vcl.temperature"
	VCLActive      Kind = "vcl.active"
	VCLLabel       Kind = "vcl.label"
	VCLDiscarded   Kind = "vcl.discarded"

	DirectorAdded       Kind = "director.added"
	RefAssigned         Kind = "ref.assigned"
	DirectorHealth      Kind = "director.health"
	DirectorAdminHealth Kind = "director.admin_health"
	DirectorDeleted     Kind = "director.deleted"
	DirectorReleased    Kind = "director.released"
	DirectorEvent       Kind = "director.event"
	DirectorDestroyed   Kind = "director.destroyed"
	DirectorLeaked      Kind = "director.leaked"
	DirectorError       Kind = "director.error"

	// In step mode, what is held and what has been let go on.
	StepMode  Kind = "step.mode"
	StepHeld  Kind = "step.held"
	StepTaken Kind = "step.taken"
)

// Kinds lists every kind, in the order a life runs through them.
func Kinds() []Kind {
	return []Kind{
		VCLAdded, VCLTemperature, VCLActive, VCLLabel, VCLDiscarded,
		DirectorAdded, RefAssigned, DirectorHealth, DirectorAdminHealth,
		DirectorDeleted, DirectorReleased, DirectorEvent, DirectorDestroyed,
		DirectorLeaked, DirectorError,
		StepMode, StepHeld, StepTaken,
	}
}

// Known reports whether k is one of [Kinds].
func (k Kind) Known() bool { return slices.Contains(Kinds(), k) }

// A HolderKind says what sort of thing holds a reference.
type HolderKind string

// The kinds of holder. A task is one request in flight; it is counted and
// sampled, and therefore never the holder of a RefAssigned event.
const (
	HolderOwner   HolderKind = "owner"
	HolderMember  HolderKind = "member"
	HolderDefault HolderKind = "default"
	HolderPin     HolderKind = "pin"
	HolderTask    HolderKind = "task"
)

// A Holder is the place that a reference is held from.
type Holder struct {
	Kind HolderKind `json:"kind"`
	// Name is the director's name for a member slot, the VCL's for a default
	// slot, and the note that a user gave for a pin.
	Name string `json:"name"`
	// ID is the holding director's for a member slot and the pin's for a pin.
	ID uint64 `json:"id,omitempty"`
	// Slot numbers the member slots of one director from 1, in the order in
	// which they were made. 0 for other kinds.
	Slot int `json:"slot,omitempty"`
	// Ref is the number of the slot within the instance. No two slots of an
	// epoch share one.
	Ref uint64 `json:"ref,omitempty"`
}

// An Event is one fact about an instance. Which of the embedded details is set
// follows from Kind; all others are nil, and JSON shows the fields of the one
// that is set beside those of Event itself.
type Event struct {
	// Seq grows by one with each event of an epoch, from 1.
	Seq  uint64    `json:"seq"`
	Time time.Time `json:"time"`
	Kind Kind      `json:"kind"`
	VCL  string    `json:"vcl,omitempty"`
	// Director is the name within its VCL. Names may repeat; ID never does.
	Director string `json:"director,omitempty"`
	ID       uint64 `json:"id,omitempty"`

	// Command numbers the command that made the event at once, within the epoch
	// and from 1. It is 0, in JSON null, for what comes by itself or later.
	Command Number `json:"command"`
	// Last says that the command makes no further event.
	Last bool `json:"last,omitempty"`
	// Actor is who gave the command, "" if that is not known.
	Actor string `json:"actor"`

	*Added
	*Assigned
	*Health
	*Life
	*Temperature
	*Label
	*Stepping
	*Step
}

// A Number is one that may be missing: 0 is null in JSON.
type Number uint64

// MarshalJSON implements [json.Marshaler].
func (n Number) MarshalJSON() ([]byte, error) {
	if n == 0 {
		return []byte("null"), nil
	}
	return strconv.AppendUint(nil, uint64(n), 10), nil
}

// Added is the detail of DirectorAdded.
type Added struct {
	Type string `json:"type"`
	// Leaf reports that the director makes requests itself.
	Leaf bool `json:"leaf,omitempty"`
	// Group reports that the members can be changed from outside.
	Group bool `json:"group,omitempty"`
	// Static directors live as long as their VCL and are not counted.
	Static bool `json:"static,omitempty"`
	// Options are what the director's type says of its configuration, as
	// ordered pairs, ready to be shown.
	Options []Option `json:"options,omitempty"`
	// Config is what whoever made the director needs to make it again, as JSON
	// of their own; nil for a director that nobody can make again.
	Config json.RawMessage `json:"config,omitempty"`
	// Secrets name what is left out of Config: there are placeholders in its
	// fields.
	Secrets []Secret `json:"secrets,omitempty"`
}

// A Secret names a value that is in no event.
type Secret struct {
	// Field is its place in the Config: "backend.probe.request[1]".
	Field string `json:"field"`
	// Name is by which the instance knows the value. It tells nothing of it.
	Name string `json:"name"`
}

// An Option is one line of a director's configuration.
type Option struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Assigned is the detail of RefAssigned: a slot came to point elsewhere.
type Assigned struct {
	Holder Holder `json:"holder"`
	// From and To are names within the VCL, "" for an empty slot.
	From   string `json:"from"`
	FromID uint64 `json:"from_id,omitempty"`
	To     string `json:"to"`
	ToID   uint64 `json:"to_id,omitempty"`
	// RefcountFrom and RefcountTo are the counts just after the assignment,
	// requests in flight included.
	RefcountFrom int64 `json:"refcount_from"`
	RefcountTo   int64 `json:"refcount_to"`
	// Weight of a member slot; 0 where the type has no weights.
	Weight float64 `json:"weight,omitempty"`
}

// Health is the detail of DirectorHealth and DirectorAdminHealth, and of
// DirectorAdded for the state that the director starts in.
type Health struct {
	// Healthy is what the director answers whoever asks, admin health included.
	Healthy bool `json:"healthy"`
	// Admin is auto, healthy or sick.
	Admin string `json:"admin"`
	// Reason says in a few words what decided: "probe: 2 of 8 good".
	Reason string `json:"reason,omitempty"`
	// Changed is the time that the health last changed, by Varnish's rules.
	Changed time.Time `json:"changed"`
}

// Life is the detail of DirectorDeleted, DirectorReleased, DirectorEvent,
// DirectorDestroyed, DirectorLeaked and DirectorError.
type Life struct {
	// Refcount just after the step.
	Refcount int64 `json:"refcount"`
	// Event is WARM, COLD, DISCARD or SICK.
	Event string `json:"event,omitempty"`
	// Released names what release let go of, in order.
	Released []string `json:"released,omitempty"`
	// Left names what release should have let go of and did not.
	Left []string `json:"left,omitempty"`
	// Error is what went wrong in a callback of the director's type, and
	// Callback is which one.
	Error    string `json:"error,omitempty"`
	Callback string `json:"callback,omitempty"`
}

// Temperature is the detail of VCLAdded and VCLTemperature.
type Temperature struct {
	// Temperature is init, warm, busy, cooling, cold or discarded.
	Temperature string `json:"temperature"`
	Previous    string `json:"previous,omitempty"`
	// State is what the operator wants: auto, warm or cold.
	State string `json:"state,omitempty"`
}

// Label is the detail of VCLLabel.
type Label struct {
	Label string `json:"label"`
	// Set is false when the label was taken away.
	Set bool `json:"set"`
}

// A Gauge is a sample of the numbers of one director that requests move. It
// carries no sequence number: gauges are sampled and coalesced, never replayed.
type Gauge struct {
	ID uint64
	// Refcount is the whole count, Tasks the part of it held by requests.
	Refcount, Tasks int64
	// Requests and Failures count since the director was added.
	Requests, Failures uint64
	// Retried counts the failures after which the request went to another
	// backend.
	Retried uint64
	// Probe is nil for a director without one.
	Probe *Probe
	// Passed is what a load-balancing director sent on to its members; Carried
	// is what came through each member slot that holds the director.
	Passed  Flow
	Carried []Carried
}

// Probe is where a backend's probe stands.
type Probe struct {
	// Happy has one bit a poke, the newest in bit 0; Varnish's H map.
	Happy Bits `json:"happy"`
	// Good of the newest Window pokes succeeded; Threshold are needed.
	Good      int `json:"good"`
	Window    int `json:"window"`
	Threshold int `json:"threshold"`
	// Made is how many of the bits are of pokes that were made, at most 64. The
	// others, as those that a backend is credited with at first, are of none.
	Made int `json:"made"`
	// Last is the newest response time, Average the moving one, in seconds.
	Last    float64 `json:"last"`
	Average float64 `json:"average"`
	// Response is the first line of the newest answer, or what went wrong.
	Response string `json:"response"`
	// Answers are the newest ones, the newest first. It is not changed any more.
	Answers []ProbeAnswer `json:"answers"`
}

// A ProbeAnswer is what came of one poke.
type ProbeAnswer struct {
	// Time is when it was known.
	Time time.Time `json:"time"`
	Good bool      `json:"good"`
	// Seconds is how long the answer took, 0 if none came whole.
	Seconds float64 `json:"seconds"`
	// Response is the first line of the answer, or what went wrong.
	Response string `json:"response"`
}
