package director

import (
	"io"
	"net"
	"net/http"

	"github.com/callboard/callboard/director/event"
)

// An Implementation is what a director type provides: its name, and beside it
// any of the optional interfaces of this file. They are looked for once, when
// the director is added, and their absence means something: a type without
// [Resolver] is a leaf, a leaf without [RoundTripper] cannot make requests.
//
// All methods are called without any lock of this package held, so they may
// call back into it. A panic in one of them is contained and becomes a
// director.error event.
type Implementation interface {
	// Type names the type: "round-robin". It must not change.
	Type() string
}

// Binder is for types that need their own [Director]: to make slots, to report
// health. Bind is called once, before the director can be found by anybody; its
// slots can be assigned from the time that Add returns, not in Bind.
type Binder interface {
	Bind(self *Director)
}

// Describer is for types that have something to say of their configuration.
type Describer interface {
	Describe() []event.Option
}

// Resolver makes a type a load-balancing director (Varnish: resolve).
type Resolver interface {
	// Resolve returns the member that t should go to, held: the way to hold
	// it is [Ref.Hold]. The zero Hold means that there is none. It is called
	// on the hot path, concurrently, and must not block. When t is
	// [Task.Retrying], it leaves out the members that t excludes.
	Resolve(t *Task) Hold
}

// RoundTripper makes the request at a leaf (Varnish: gethdrs).
type RoundTripper interface {
	// RoundTrip sends req as [http.RoundTripper] does. The leaf is held until
	// the body of the response is read to its end or closed. An error that has
	// a method NotSent() bool which returns true says that nothing of the
	// request was sent, so that any request may be sent to another leaf; one
	// with Stale() bool, that a connection of earlier requests had ended, so
	// that it may also be sent to the same one.
	RoundTrip(t *Task, req *http.Request) (*http.Response, error)
}

// Piper passes a request and then bytes, both ways and unseen, between the
// client's connection and the leaf's place (Varnish: http1pipe).
type Piper interface {
	// Pipe returns without error when both sides have ended, and has closed
	// client then. With an error nothing was sent to the client. The leaf is
	// held meanwhile; Finish is not called.
	Pipe(t *Task, req *http.Request, client io.ReadWriteCloser) error
}

// Addresser tells where a request that RoundTrip has answered went (Varnish:
// getip). It is asked between RoundTrip and Finish.
type Addresser interface {
	// Addr returns nil if that is not known.
	Addr(t *Task) net.Addr
}

// Finisher is told that a request that RoundTrip answered without error is done
// with, its body included (Varnish: finish). It is called once per such
// request, before the leaf's reference is dropped.
type Finisher interface {
	Finish(t *Task)
}

// Healther decides the health of its director itself (Varnish: healthy). It is
// asked when the director is added, after each change of a member and whenever
// the type calls [Director.Reconsider], not at each pick: the answer is kept and
// pushed to those who hold the director. A type that only has to be healthy
// while any member is calls [Director.FollowMembers] instead, and one that finds
// out in the background [Director.ReportHealth].
type Healther interface {
	Healthy() bool
}

// MemberWatcher is told that a slot of the director points elsewhere, or that
// the health of what it points at has flipped, after the fact and perhaps
// several times for one change. Calls may overlap: read the present state, do
// not count calls.
type MemberWatcher interface {
	MembersChanged()
}

// Group is for types whose members can be changed from outside: by the page,
// the API, the command line.
type Group interface {
	// AddMember points a new slot at d and returns the slot's number.
	AddMember(d *Director, weight float64) (slot int, err error)
	// SetMember points a slot elsewhere, or gives it another weight.
	SetMember(slot int, d *Director, weight float64) error
	// RemoveMember empties a slot for good.
	RemoveMember(slot int) error
}

// Eventer is told what becomes of the director's VCL, and that its health may
// have dropped (Varnish: event). A COLD event always follows a WARM one.
type Eventer interface {
	Event(e Event)
}

// An Event is what an [Eventer] is told.
type Event string

// The events of Varnish's VCL_EVENT_WARM, COLD and DISCARD, and VDI_EVENT_SICK.
const (
	// EventWarm: start background work.
	EventWarm Event = "WARM"
	// EventCold: stop background work; references may be kept.
	EventCold Event = "COLD"
	// EventDiscard: the VCL is going and the director was left in it.
	EventDiscard Event = "DISCARD"
	// EventSick: health may have dropped; whoever waits should look again.
	EventSick Event = "SICK"
)

// Releaser lets go of all directors that this one holds (Varnish: release). It
// is called once, when the director is deleted. The director may still be
// called afterwards, by those who hold it, and its slots then accept nothing
// but nil. Every type that holds others has to implement it: what it leaves
// behind is reported as director.leaked.
type Releaser interface {
	Release()
}

// Destroyer ends the director (Varnish: destroy). It is called once, when the
// last reference has gone, and nothing is called after it.
type Destroyer interface {
	Destroy()
}

// Dumper writes what helps to understand the director's private state, for a
// crash report (Varnish: panic). It must not block.
type Dumper interface {
	Dump(w io.Writer)
}

// methods are the optional interfaces that an Implementation has; nil where it
// has them not.
type methods struct {
	resolve Resolver
	request RoundTripper
	pipe    Piper
	address Addresser
	finish  Finisher
	health  Healther
	watch   MemberWatcher
	event   Eventer
	release Releaser
	destroy Destroyer
}

func methodsOf(impl Implementation) methods {
	var m methods
	m.resolve, _ = impl.(Resolver)
	m.request, _ = impl.(RoundTripper)
	m.pipe, _ = impl.(Piper)
	m.address, _ = impl.(Addresser)
	m.finish, _ = impl.(Finisher)
	m.health, _ = impl.(Healther)
	m.watch, _ = impl.(MemberWatcher)
	m.event, _ = impl.(Eventer)
	m.release, _ = impl.(Releaser)
	m.destroy, _ = impl.(Destroyer)
	return m
}
