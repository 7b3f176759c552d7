package director

import (
	"context"
	"runtime"
	"testing"
)

func counted(n int) *counter {
	c := new(counter)
	for range n {
		c.take()
	}
	return c
}

func TestACountThatWasTakenAnewDoesNotEnd(t *testing.T) {
	for name, try := range map[string]func(*counter) bool{"end": (*counter).end, "keep": (*counter).keep} {
		c := counted(1)
		if none, ok := c.drop(); !none || !ok {
			t.Errorf("drop of the only reference: got %t, %t, want none left, true", none, ok)
		}
		c.take() // before the dropper has come to decide
		if try(c) || c.count() != 1 {
			t.Errorf("%s after somebody took a reference: got a count of %d, want 1 and a refusal", name, c.count())
		}
		c.drop()
		if !try(c) || try(c) {
			t.Errorf("%s at 0: want it to be done once, and then refused", name)
		}
	}
}

func TestDropUnlessLast(t *testing.T) {
	c := counted(2)
	if !c.dropUnlessLast() || c.count() != 1 {
		t.Errorf("of 2: got a count of %d, want 1", c.count())
	}
	if c.dropUnlessLast() || c.count() != 1 {
		t.Errorf("of 1: got a count of %d, want 1 and a refusal", c.count())
	}
	c.drop()
	c.end()
	if !c.dropUnlessLast() || c.take() {
		t.Error("after the end: want nothing to drop, and nothing to take")
	}
}

type plain struct{}

func (plain) Type() string { return "plain" }

// lingerer returns a director in step mode that only a request holds, and which
// that request has just let go of, without having decided what follows.
func lingerer(t *testing.T) (*Runtime, *Director) {
	t.Helper()
	rt := New(Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Add("a", plain{})
	if err != nil {
		t.Fatal(err)
	}
	d.Hold()
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
	if err := rt.SetStepping(true); err != nil {
		t.Fatal(err)
	}
	if none, _ := d.count.drop(); !none {
		t.Fatalf("references: got %d, want none left", d.count.count())
	}
	return rt, d
}

func TestALastDropThatIsOvertakenIsNotHeld(t *testing.T) {
	rt, d := lingerer(t)
	h := d.Hold()
	d.runOut()
	if n, held := d.count.count(), rt.Tree().HeldLen(); n != 1 || held != 0 {
		t.Errorf("got %d references and %d held steps, want the one of the new request, and none", n, held)
	}
	h.Drop()
	if held, ok := rt.Tree().HeldStep(d.ID()); !ok {
		t.Errorf("got %+v, want the new request's drop to be held", held)
	}
	if err := rt.Close(context.Background()); err != nil {
		t.Error(err)
	}
}

func TestALastDropWhileStepModeIsSwitchedOff(t *testing.T) {
	rt, d := lingerer(t)
	done := make(chan struct{})
	rt.mu.Lock()
	go func() {
		defer close(done)
		d.runOut()
	}()
	for d.count.count() == 0 { // until it has found step mode on, and waits for the lock
		runtime.Gosched()
	}
	rt.setSteppingLocked(false, nil)
	rt.mu.Unlock()
	<-done
	if _, ok := rt.Tree().Director(d.ID()); ok || rt.Tree().HeldLen() != 0 {
		t.Errorf("the director is there: %t, held steps: %d; want it destroyed", ok, rt.Tree().HeldLen())
	}
	if err := rt.Close(context.Background()); err != nil {
		t.Error(err)
	}
}
