package director

import (
	"time"

	"github.com/callboard/callboard/director/event"
)

// A Command is one change that an operator or a program asks for, however many
// calls it takes. The events that it makes carry its number, and the last of
// them says so: a journal keeps all of them or none, and an audit has one line
// for it. [Runtime.Command] makes one; each method of [Director], [VCL] and
// [Runtime] that changes something is a command of its own.
//
// What a command makes happen in other goroutines, or after its end, comes by
// itself: those events have no number. So do all that no command asked for, such as
// the health that a probe finds out.
//
// The methods do what those of the same name of Director, VCL and Runtime do.
// They may be called from any goroutine, but not after the function that was
// given to [Runtime.Command] has returned.
type Command struct {
	rt    *Runtime
	actor string

	// The fields below are guarded by rt.mu.

	number uint64    // 0 before the first event
	last   uint64    // the newest event
	at     time.Time // when that was
	over   bool      // events carry the number no more
	limit  *time.Timer
}

const (
	// patience is how long a command may be without an event before it ends
	// early: a callback that never returns must not hold back what everybody
	// else does.
	patience = 5 * time.Second
	// crowd is how long commands may overlap before further ones wait for a
	// moment at which none is under way, so that there is such a moment.
	crowd = 20 * time.Millisecond
)

// Command runs do, whose changes become one command of the actor; "" is none
// in particular. It does not take back what do has changed when do fails.
//
// The log shows an event to subscribers when no command is under way that began
// before it, so do should take no longer than it has to. One that makes no event
// for five seconds ends early: what it changes later carries no number.
func (rt *Runtime) Command(actor string, do func(*Command) error) error {
	rt.awaitTurn()
	c := rt.begin(actor)
	defer c.end()
	return do(c)
}

// one is Command for a single call.
func (rt *Runtime) one(do func(*Command) error) error {
	c := rt.begin("")
	defer c.end()
	return do(c)
}

func (rt *Runtime) begin(actor string) *Command { return &Command{rt: rt, actor: actor} }

// awaitTurn waits while commands have overlapped for too long without a moment
// in between. It is no lock: after a while the caller goes on all the same.
func (rt *Runtime) awaitTurn() {
	rt.mu.Lock()
	if rt.open == 0 || time.Since(rt.opened) < crowd {
		rt.mu.Unlock()
		return
	}
	if rt.turn == nil {
		rt.turn = make(chan struct{})
	}
	turn := rt.turn
	rt.mu.Unlock()
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case <-turn:
	case <-timer.C:
	}
}

// countLocked makes e, which is about to be emitted, one of the command's. A nil
// Command, and one that is over, make it one that comes by itself.
func (c *Command) countLocked(e *event.Event) {
	if c == nil || c.over {
		return
	}
	if c.number == 0 {
		c.openLocked()
	}
	e.Command, e.Actor = event.Number(c.number), c.actor
	c.last, c.at = e.Seq, e.Time
}

func (c *Command) openLocked() {
	rt := c.rt
	rt.lastCommand++
	c.number = rt.lastCommand
	c.limit = time.AfterFunc(patience, c.lapse)
	if rt.open == 0 {
		rt.settled, rt.opened = rt.state.Load(), time.Now()
	}
	rt.open++
}

// lapse ends a command early that has done nothing for too long.
func (c *Command) lapse() {
	c.rt.mu.Lock()
	defer c.rt.mu.Unlock()
	if c.over {
		return
	}
	if left := patience - time.Since(c.at); left > 0 {
		c.limit.Reset(left)
		return
	}
	c.endLocked()
}

func (c *Command) end() {
	c.rt.mu.Lock()
	defer c.rt.mu.Unlock()
	c.endLocked()
}

func (c *Command) endLocked() {
	rt := c.rt
	if c.over {
		return
	}
	c.over = true
	if c.number == 0 {
		return // it has changed nothing
	}
	c.limit.Stop()
	rt.log.Conclude(c.last)
	rt.open--
	rt.publishLocked()
}

// publishLocked lets the readers of the log have what happened, if no command is
// under way: they get commands whole, and know of each last event that it is one.
func (rt *Runtime) publishLocked() {
	if rt.open > 0 {
		return
	}
	rt.settled = nil
	rt.log.Settle(rt.seq)
	if rt.turn != nil {
		close(rt.turn)
		rt.turn = nil
	}
}
