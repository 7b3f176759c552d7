package director_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// A witness counts its callbacks and notices what must never be.
type witness struct {
	lb.RoundRobin
	mu                  sync.Mutex // guards the fields below
	released, destroyed int
	problems            []string
}

func (w *witness) note(f func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f()
}

func (w *witness) Release() {
	w.note(func() {
		if w.released++; w.destroyed > 0 {
			w.problems = append(w.problems, "released after destroy")
		}
	})
	w.RoundRobin.Release()
}

func (w *witness) Destroy() {
	w.note(func() {
		if w.destroyed++; w.released != 1 {
			w.problems = append(w.problems, fmt.Sprintf("destroyed after %d releases", w.released))
		}
	})
}

func (w *witness) Resolve(t *director.Task) director.Hold {
	w.note(func() {
		if w.destroyed > 0 {
			w.problems = append(w.problems, "resolved after destroy")
		}
	})
	return w.RoundRobin.Resolve(t)
}

// A troupe changes one VCL from several goroutines at once.
type troupe struct {
	vcl *director.VCL

	mu        sync.Mutex // guards the fields below
	directors []*director.Director
	witnesses []*witness
	pins      []uint64
	problems  []string
}

func (tr *troupe) any(r *rand.Rand) *director.Director {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if len(tr.directors) == 0 {
		return nil
	}
	return tr.directors[r.IntN(len(tr.directors))]
}

func (tr *troupe) add(r *rand.Rand) {
	w := &witness{}
	d, err := tr.vcl.Add(fmt.Sprintf("d%d", r.IntN(20)), w)
	if err != nil {
		return
	}
	tr.mu.Lock()
	defer tr.mu.Unlock()
	tr.directors, tr.witnesses = append(tr.directors, d), append(tr.witnesses, w)
}

// step does one thing by chance. Refusals are part of the game; what counts is
// the state that is left.
func (tr *troupe) step(r *rand.Rand) {
	d, other := tr.any(r), tr.any(r)
	if d == nil || other == nil {
		tr.add(r)
		return
	}
	w := d.Implementation().(*witness)
	switch r.IntN(11) {
	case 0:
		tr.add(r)
	case 1, 2:
		_, _ = w.AddMember(other, 1)
	case 3:
		_ = w.SetMember(1+r.IntN(3), other, 1)
	case 4:
		_ = w.RemoveMember(1 + r.IntN(3))
	case 5:
		if r.IntN(3) == 0 {
			_ = d.Delete()
		}
	case 6:
		if h := d.Hold(); !h.IsZero() {
			if leaf, err := h.Director().Resolve(&director.Task{}); err == nil {
				leaf.Drop()
			}
			h.Drop()
		}
	case 7:
		d.ReportHealth(r.IntN(2) == 0, "chance")
		_ = d.SetHealth([]director.AdminHealth{"auto", "sick", "healthy"}[r.IntN(3)])
	case 8:
		tr.pin(r, d)
	case 9:
		_ = tr.vcl.SetState([]director.State{"warm", "cold", "auto"}[r.IntN(3)])
	case 10:
		tr.iterate()
	}
}

// iterate lists all directors, and notes what must never be seen.
func (tr *troupe) iterate() {
	for d := range tr.vcl.Runtime().Sample().Directors() {
		c := d.CountHolders()
		if sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks; sum != d.Refcount() || sum == 0 && d.Owned {
			tr.mu.Lock()
			tr.problems = append(tr.problems, fmt.Sprintf("%s: refcount %d, holders %+v", d.FullName(), d.Refcount(), c))
			tr.mu.Unlock()
		}
	}
}

func (tr *troupe) pin(r *rand.Rand, d *director.Director) {
	tr.mu.Lock()
	defer tr.mu.Unlock()
	if len(tr.pins) > 0 && r.IntN(2) == 0 {
		_ = tr.vcl.Runtime().Unpin(tr.pins[0])
		tr.pins = tr.pins[1:]
		return
	}
	if id, err := d.Pin("chance"); err == nil {
		tr.pins = append(tr.pins, id)
	}
}

func TestManyHandsKeepTheInvariants(t *testing.T) {
	for seed := range uint64(6) {
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
				for range 400 {
					tr.step(r)
				}
			})
		}
		hands.Wait()
		if err := rt.Close(context.Background()); err != nil {
			t.Fatal(err)
		}
		tr.check(t)
		checkLog(t, rt)
	}
}

// check asks each witness for what it saw, after all is over.
func (tr *troupe) check(t *testing.T) {
	t.Helper()
	if len(tr.problems) > 0 {
		t.Error(tr.problems)
	}
	for i, w := range tr.witnesses {
		if w.released != 1 || w.destroyed != 1 || len(w.problems) > 0 {
			t.Errorf("director %d: released %d times, destroyed %d times, want once each; %v",
				tr.directors[i].ID(), w.released, w.destroyed, w.problems)
		}
	}
}

// checkLog folds the log and holds it against what it says itself.
func checkLog(t *testing.T, rt *director.Runtime) {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	state := tree.New(rt.Name(), rt.Epoch())
	lives := map[uint64][]event.Kind{}
	for _, e := range events {
		state = state.Apply(e)
		switch e.Kind {
		case event.DirectorAdded, event.DirectorDeleted, event.DirectorReleased, event.DirectorDestroyed:
			lives[e.ID] = append(lives[e.ID], e.Kind)
		case event.DirectorLeaked, event.DirectorError:
			t.Errorf("event %d: %s %+v, want none", e.Seq, e.Kind, e.Life)
		case event.RefAssigned:
			checkCount(t, state, e.Assigned.ToID, e.Assigned.RefcountTo)
		}
	}
	want := []event.Kind{event.DirectorAdded, event.DirectorDeleted, event.DirectorReleased, event.DirectorDestroyed}
	for id, got := range lives {
		if !slices.Equal(got, want) {
			t.Errorf("life of %d: got %v, want %v", id, got, want)
		}
	}
	if state.Len() != 0 || len(state.VCLs()) != 0 {
		t.Errorf("left after close: %d directors, %d VCLs, want none", state.Len(), len(state.VCLs()))
	}
}

func checkCount(t *testing.T, state *tree.Snapshot, id uint64, want int64) {
	t.Helper()
	d, ok := state.Director(id)
	if !ok {
		return
	}
	c := d.CountHolders()
	if sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks; d.Refcount() != want || sum != want {
		t.Errorf("event %d, director %d: refcount %d, sum of holders %d, want %d", state.Seq, id, d.Refcount(), sum, want)
	}
}

func TestCloseNamesWhoStillHolds(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	a := add(t, v, "a", leaf{})
	h := a.Hold()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := rt.Close(ctx); err == nil || err.Error() != "close instance main: context canceled; still held: boot.a by task request" {
		t.Errorf("close with a request in flight: got %v", err)
	}
	if _, err := v.Add("late", leaf{}); err == nil {
		t.Error("a closed runtime took a director")
	}
	h.Drop()
	if err := rt.Close(context.Background()); err != nil {
		t.Errorf("close after the request: %v", err)
	}
}
