package tree

import (
	"slices"
	"testing"
	"time"

	"github.com/callboard/callboard/director/event"
)

func stepEvent(kind event.Kind, seq, id uint64, before event.Before) event.Event {
	return event.Event{Seq: seq, Kind: kind, ID: id, Time: time.Unix(int64(seq), 0), Step: &event.Step{Before: before}}
}

func TestHeldStepsAreOrderedByWhenTheyWereHeld(t *testing.T) {
	s := New("main", "e").
		Apply(event.Event{Seq: 1, Kind: event.StepMode, Stepping: &event.Stepping{On: true}}).
		Apply(added(2, 1, "a")).Apply(added(3, 2, "b")).
		Apply(stepEvent(event.StepHeld, 4, 2, event.BeforeRelease)).
		Apply(stepEvent(event.StepHeld, 4, 1, event.BeforeRelease)) // a state tells both at one event
	before := s
	s = s.Apply(stepEvent(event.StepTaken, 5, 2, event.BeforeRelease)).Apply(stepEvent(event.StepHeld, 6, 2, event.BeforeDestroy))

	wantHeld := func(s *Snapshot, want ...Held) {
		t.Helper()
		if got := slices.Collect(s.Held()); !slices.Equal(got, want) || s.HeldLen() != len(want) {
			t.Errorf("held: got %+v, want %+v", got, want)
		}
		for _, h := range want {
			if got, ok := s.HeldStep(h.ID); !ok || got != h {
				t.Errorf("held of %d: got %+v, %t, want %+v", h.ID, got, ok, h)
			}
		}
	}
	a := Held{ID: 1, VCL: "boot", Name: "a", Before: event.BeforeRelease, Since: time.Unix(4, 0), Seq: 4}
	b := Held{ID: 2, VCL: "boot", Name: "b", Before: event.BeforeRelease, Since: time.Unix(4, 0), Seq: 4}
	wantHeld(before, b, a)
	b.Before, b.Since, b.Seq = event.BeforeDestroy, time.Unix(6, 0), 6
	wantHeld(s, a, b)
	if !s.Stepping {
		t.Error("stepping: got false, want true")
	}

	s = s.Apply(event.Event{Seq: 7, Kind: event.DirectorDestroyed, ID: 2})
	wantHeld(s, a)
	if _, ok := s.HeldStep(2); ok {
		t.Error("a destroyed director is held")
	}
	s = s.Apply(event.Event{Seq: 8, Kind: event.StepMode, Stepping: &event.Stepping{}})
	if s.Stepping {
		t.Error("stepping: got true, want false")
	}
}
