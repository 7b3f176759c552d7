package director_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// A rehearsal is a VCL that is changed by chance while its directors step.
type rehearsal struct {
	vcl   *director.VCL
	all   []*director.Director
	holds map[*director.Director][]director.Hold
	pins  map[*director.Director][]uint64
}

func (s *rehearsal) any(t *rapid.T) *director.Director {
	if len(s.all) == 0 {
		t.Skip("no director yet")
	}
	return rapid.SampledFrom(s.all).Draw(t, "director")
}

func (s *rehearsal) add(t *rapid.T) {
	d, err := s.vcl.Add(fmt.Sprint("d", len(s.all)), lb.NewRoundRobin())
	if err != nil {
		t.Fatal(err)
	}
	s.all = append(s.all, d)
}

// allowed fails the test for an error that no command may have here.
func allowed(t *rapid.T, err error, allowed ...error) {
	for _, a := range allowed {
		if errors.Is(err, a) {
			return
		}
	}
	if err != nil {
		t.Fatal(err)
	}
}

func (s *rehearsal) assign(t *rapid.T) {
	group, _ := s.any(t).Group()
	_, err := group.AddMember(s.any(t), 1)
	if loop, ok := errors.AsType[*director.LoopError](err); !ok {
		allowed(t, err, director.ErrReleased, director.ErrDestroyed)
	} else if len(loop.Path) < 2 {
		t.Fatalf("loop without a path: %v", loop)
	}
}

func (s *rehearsal) remove(t *rapid.T) {
	group, _ := s.any(t).Group()
	allowed(t, group.RemoveMember(rapid.IntRange(1, 3).Draw(t, "slot")), director.ErrNotFound, director.ErrInvalid)
}

func (s *rehearsal) delete(t *rapid.T) {
	allowed(t, s.any(t).Delete(), director.ErrDeleted)
}

func (s *rehearsal) hold(t *rapid.T) {
	d := s.any(t)
	if h := d.Hold(); !h.IsZero() {
		s.holds[d] = append(s.holds[d], h)
	}
}

func (s *rehearsal) drop(t *rapid.T) {
	if d := s.any(t); len(s.holds[d]) > 0 {
		s.holds[d][0].Drop()
		s.holds[d] = s.holds[d][1:]
	}
}

func (s *rehearsal) pin(t *rapid.T) {
	d := s.any(t)
	id, err := d.Pin("chance")
	if err == nil {
		s.pins[d] = append(s.pins[d], id)
	}
	allowed(t, err, director.ErrDestroyed)
}

func (s *rehearsal) unpin(t *rapid.T) {
	if d := s.any(t); len(s.pins[d]) > 0 {
		allowed(t, s.vcl.Runtime().Unpin(s.pins[d][0]))
		s.pins[d] = s.pins[d][1:]
	}
}

func (s *rehearsal) setDefault(t *rapid.T) {
	allowed(t, s.vcl.SetDefault(s.any(t)), director.ErrDestroyed)
}

func (s *rehearsal) step(t *rapid.T) {
	allowed(t, s.vcl.Runtime().SetStepping(rapid.IntRange(0, 3).Draw(t, "on") > 0))
}

func (s *rehearsal) next(t *rapid.T) {
	_, err := s.vcl.Runtime().Next()
	allowed(t, err, director.ErrNotHeld)
}

func (s *rehearsal) nextOf(t *rapid.T) {
	_, err := s.any(t).Next()
	allowed(t, err, director.ErrNotHeld)
}

// check compares the tree with the references that were really taken, and with
// what may be held.
func (s *rehearsal) check(t *rapid.T) {
	known := s.vcl.Runtime().Sample()
	if !known.Stepping && known.HeldLen() != 0 {
		t.Fatalf("held without step mode: %v", heldSteps(s.vcl.Runtime()))
	}
	for _, real := range s.all {
		d, ok := known.Director(real.ID())
		if !ok {
			if len(s.holds[real])+len(s.pins[real]) > 0 {
				t.Fatalf("%s is destroyed, want it held", real.Name())
			}
			continue
		}
		held, isHeld := known.HeldStep(d.ID)
		c := d.CountHolders()
		kept := int64(0)
		if isHeld && held.Before == event.BeforeLastDrop && held.Last.Kind != event.HolderOwner {
			kept = 1
		}
		if tasks, pins := int64(len(s.holds[real])), int64(len(s.pins[real]))+kept; c.Tasks != tasks || c.Pins != pins {
			t.Fatalf("%s: held %+v, want %d tasks and %d pins", d.Name, c, tasks, pins)
		}
		if sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks; sum != d.Refcount() {
			t.Fatalf("%s: refcount %d, holders %+v", d.Name, d.Refcount(), c)
		}
		s.checkHeld(t, d, held, isHeld)
	}
}

func (s *rehearsal) checkHeld(t *rapid.T, d *tree.Director, held tree.Held, isHeld bool) {
	deleted, released, refs := d.Steps.Deleted.Taken(), d.Steps.Released.Taken(), d.Refcount()
	ok := !deleted || released && refs > 0 // live, or lingering
	switch {
	case !isHeld:
	case held.Before == event.BeforeRelease:
		ok = deleted && !released && d.Owned
	case held.Before == event.BeforeLastDrop:
		ok = deleted && refs > 0 && d.Owned == (held.Last.Kind == event.HolderOwner) && released != d.Owned
	case held.Before == event.BeforeDestroy:
		ok = released && refs == 0
	}
	if !ok {
		t.Fatalf("%s: deleted %t, released %t, refcount %d, but held %t before %q", d.Name, deleted, released, refs, isHeld, held.Before)
	}
}

func TestSteppingKeepsTheInvariants(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		rt := director.New(director.Options{LogCapacity: 1 << 14})
		v, err := rt.AddVCL("boot")
		if err != nil {
			r.Fatal(err)
		}
		s := &rehearsal{vcl: v, holds: map[*director.Director][]director.Hold{}, pins: map[*director.Director][]uint64{}}
		allowed(r, rt.SetStepping(true))
		r.Repeat(map[string]func(*rapid.T){
			"": s.check, "add": s.add, "assign": s.assign, "remove": s.remove, "delete": s.delete, "hold": s.hold, "drop": s.drop,
			"pin": s.pin, "unpin": s.unpin, "default": s.setDefault, "step": s.step, "next": s.next, "next of one": s.nextOf,
		})
		for _, holds := range s.holds {
			for _, h := range holds {
				h.Drop()
			}
		}
		directortest.Check(t, rt)
		checkLog(t, rt)
		checkSteps(t, rt)
	})
}

// checkSteps fails unless the steps of each director were held and taken in turn,
// in the order of a life.
func checkSteps(t *testing.T, rt *director.Runtime) {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	order := []event.Before{event.BeforeRelease, event.BeforeLastDrop, event.BeforeDestroy}
	last := map[uint64]event.Event{}
	for _, e := range events {
		before := last[e.ID]
		switch e.Kind {
		case event.StepHeld:
			if before.Kind == event.StepHeld {
				t.Errorf("event %d: director %d is held twice", e.Seq, e.ID)
			}
			if before.Step != nil && slices.Index(order, before.Step.Before) > slices.Index(order, e.Step.Before) {
				t.Errorf("event %d: director %d is held before %s after it was before %s", e.Seq, e.ID, e.Step.Before, before.Step.Before)
			}
			last[e.ID] = e
		case event.StepTaken:
			if before.Kind != event.StepHeld || before.Step.Before != e.Step.Before {
				t.Errorf("event %d: director %d takes %s, want what is held, %+v", e.Seq, e.ID, e.Step.Before, before.Step)
			}
			last[e.ID] = e
		}
	}
	for id, e := range last {
		if e.Kind != event.StepTaken {
			t.Errorf("director %d is still held before %s", id, e.Step.Before)
		}
	}
}

func TestManyHandsStep(t *testing.T) {
	for seed := range uint64(4) {
		rt := director.New(director.Options{LogCapacity: 1 << 18})
		if _, err := rt.AddVCL("boot"); err != nil {
			t.Fatal(err)
		}
		v, err := rt.LoadVCL("stage", director.AlwaysWarm, nil)
		if err != nil {
			t.Fatal(err)
		}
		tr := &troupe{vcl: v}
		var hands sync.WaitGroup
		for hand := range uint64(4) {
			hands.Go(func() {
				r := rand.New(rand.NewPCG(seed, hand))
				for i := range 400 {
					tr.step(r)
					_, _ = rt.Next()
					if i%50 == int(hand) {
						_ = rt.SetStepping(r.IntN(3) > 0)
					}
				}
			})
		}
		hands.Wait()
		directortest.Check(t, rt)
		tr.check(t)
		checkLog(t, rt)
		checkSteps(t, rt)
	}
}

// Requests come and go while their director ends: one of them may find that it
// had the last reference, at the very moment when another takes one anew.
func TestRequestsWhileTheirDirectorSteps(t *testing.T) {
	for range 200 {
		rt := director.New(director.Options{})
		v, err := rt.AddVCL("boot")
		if err != nil {
			t.Fatal(err)
		}
		a := add(t, v, "a", leaf{})
		step(t, rt, true)
		var hands sync.WaitGroup
		for range 3 {
			hands.Go(func() {
				for range 50 {
					if h := a.Hold(); !h.IsZero() {
						h.Drop()
					}
				}
			})
		}
		hands.Go(func() {
			_ = a.Delete()
			for range 6 {
				_, _ = rt.Next()
			}
		})
		hands.Wait()
		if known, ok := rt.Sample().Director(a.ID()); ok && rt.Tree().HeldLen() != 1 {
			t.Fatalf("a is %s with %d references and held by nobody's step", known.Phase, known.Refcount())
		}
		directortest.Check(t, rt)
		checkLog(t, rt)
		checkSteps(t, rt)
	}
}
