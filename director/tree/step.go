package tree

import (
	"iter"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A Held is a step of a director's life that step mode holds.
type Held struct {
	// ID, VCL and Name are those of the director.
	ID        uint64
	VCL, Name string
	// Before is what comes next.
	Before event.Before
	// Last says whose reference is the last one, if Before is
	// [event.BeforeLastDrop]. The zero Holder otherwise.
	Last event.Holder
	// Since is when the director came to it, and Seq the event that said so.
	Since time.Time
	Seq   uint64
}

// FullName is the name of the director with its VCL: "boot.a1".
func (h Held) FullName() string { return h.VCL + "." + h.Name }

// Held yields what step mode holds, oldest first: the order in which it goes on.
// Something may be held for a moment after step mode was switched off.
func (s *Snapshot) Held() iter.Seq[Held] {
	return func(yield func(Held) bool) {
		for _, h := range s.held.all() {
			if !yield(h) {
				return
			}
		}
	}
}

// HeldLen is the number of steps that are held.
func (s *Snapshot) HeldLen() int { return s.held.len() }

// HeldStep returns the step of the director with that ID that is held. A director
// has at most one.
func (s *Snapshot) HeldStep(id uint64) (Held, bool) {
	d, ok := s.directors.get(id)
	if !ok || d.turn == 0 {
		return Held{}, false
	}
	return s.held.get(d.turn)
}

// applyStep handles what is held and what goes on. The turns number the steps
// that were held, since events that tell a state may share a sequence number.
func (s *Snapshot) applyStep(e event.Event) {
	d, ok := s.directors.get(e.ID)
	if !ok || e.Step == nil {
		return
	}
	s.held = s.held.remove(d.turn)
	turn := uint64(0)
	if e.Kind == event.StepHeld {
		s.lastTurn++
		turn = s.lastTurn
		h := Held{ID: d.ID, VCL: d.VCL, Name: d.Name, Before: e.Step.Before, Since: e.Time, Seq: e.Seq}
		if e.Step.Last != nil {
			h.Last = *e.Step.Last
		}
		s.held = s.held.set(turn, h)
	}
	s.change(d.ID, func(d *Director) { d.turn = turn })
}
