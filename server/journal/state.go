package journal

import (
	"encoding/json"
	"io"
	"iter"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// format is the version of the files.
const format = 2

// A header is the record of the first line of a file: what the state in it is
// that of.
type header struct {
	Journal  int       `json:"journal"` // the format
	Instance string    `json:"instance"`
	Epoch    string    `json:"epoch"`
	Seq      uint64    `json:"seq"`
	Time     time.Time `json:"time"`
	// State is the number of lines that tell the state.
	State int `json:"state"`
}

func (j *Journal) writeState(w io.Writer, s *tree.Snapshot) error {
	h := header{Journal: format, Instance: s.Instance, Epoch: s.Epoch, Seq: s.Seq, Time: s.Time}
	for range stateOf(s) {
		h.State++
	}
	text, err := json.Marshal(h)
	if err != nil {
		return err
	}
	line := appendLine(nil, func(b []byte) []byte { return append(b, text...) })
	if _, err := w.Write(line); err != nil {
		return err
	}
	for e := range stateOf(s) {
		line = j.appendEvents(line[:0], e)
		if _, err := w.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// stateOf yields events whose fold is s. They all have the sequence number of s:
// they tell what was true then, not how it came about.
func stateOf(s *tree.Snapshot) iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		emit := func(e event.Event) bool {
			e.Seq = s.Seq
			if e.Time.IsZero() {
				e.Time = s.Time
			}
			return yield(e)
		}
		for _, v := range s.VCLs() {
			if !emitVCL(v, emit) {
				return
			}
		}
		if s.Active != "" && !emit(event.Event{Kind: event.VCLActive, VCL: s.Active}) {
			return
		}
		// Slots name directors, so all directors come before all slots.
		for d := range s.Directors() {
			if !emitDirector(d, emit) {
				return
			}
		}
		for d := range s.Directors() {
			if !emitSlots(s, d, emit) {
				return
			}
		}
		emitSteps(s, emit)
	}
}

func emitVCL(v *tree.VCL, emit func(event.Event) bool) bool {
	if !emit(event.Event{Kind: event.VCLAdded, VCL: v.Name, Temperature: &event.Temperature{Temperature: v.Temperature, State: v.State}}) {
		return false
	}
	for _, label := range v.Labels {
		if !emit(event.Event{Kind: event.VCLLabel, VCL: v.Name, Label: &event.Label{Label: label, Set: true}}) {
			return false
		}
	}
	return true
}

func emitDirector(d *tree.Director, emit func(event.Event) bool) bool {
	about := func(kind event.Kind, step tree.Step) event.Event {
		return event.Event{Kind: kind, Time: step.Time, VCL: d.VCL, Director: d.Name, ID: d.ID}
	}
	added := about(event.DirectorAdded, d.Steps.Added)
	added.Added = &event.Added{Type: d.Type, Leaf: d.Leaf, Group: d.Group, Static: d.Static, Options: d.Options, Config: d.Config, Secrets: d.Secrets}
	added.Health = &event.Health{Healthy: d.Healthy, Admin: d.Admin, Reason: d.Reason, Changed: d.Changed}
	if !emit(added) {
		return false
	}
	for _, step := range []struct {
		kind event.Kind
		tree.Step
	}{{event.DirectorDeleted, d.Steps.Deleted}, {event.DirectorReleased, d.Steps.Released}} {
		e := about(step.kind, step.Step)
		e.Life = &event.Life{Refcount: d.Refcount()}
		if step.Taken() && !emit(e) {
			return false
		}
	}
	return true
}

// emitSteps tells whether step mode is on, and what it holds, in order.
func emitSteps(s *tree.Snapshot, emit func(event.Event) bool) {
	if s.Stepping && !emit(event.Event{Kind: event.StepMode, Stepping: &event.Stepping{On: true}}) {
		return
	}
	for h := range s.Held() {
		e := event.Event{Kind: event.StepHeld, Time: h.Since, VCL: h.VCL, Director: h.Name, ID: h.ID}
		e.Step = &event.Step{Before: h.Before}
		if h.Before == event.BeforeLastDrop {
			e.Step.Last = &h.Last
		}
		if !emit(e) {
			return
		}
	}
}

// emitSlots tells of the slots that point at d.
func emitSlots(s *tree.Snapshot, d *tree.Director, emit func(event.Event) bool) bool {
	for h := range d.Slots() {
		e := event.Event{Kind: event.RefAssigned, VCL: d.VCL, Director: d.Name, ID: d.ID}
		e.Assigned = &event.Assigned{Holder: h, To: d.Name, ToID: d.ID, RefcountTo: d.Refcount()}
		if holder, ok := s.Director(h.ID); ok && h.Kind == event.HolderMember {
			m, _ := holder.Member(h.Slot)
			e.Assigned.Weight = m.Weight
			e.Director, e.ID = holder.Name, holder.ID
		}
		if !emit(e) {
			return false
		}
	}
	return true
}
