package director_test

import (
	"context"
	"errors"
	"math"
	"net/http"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/internal/await"
)

// What follows is what a runtime has to bear from types and callers that do
// what they should not, or what they should at the wrong moment.

func TestDroppingAfterTheEndRevivesNothing(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	h := a.Hold()
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		h.Drop()
	}
	if h := a.Hold(); !h.IsZero() {
		t.Error("a destroyed director was held")
	}
	if got := life(t, v.Runtime(), a.ID()); !slices.Contains(got, "director.error") {
		t.Errorf("life: got %v, want a director.error", got)
	}
}

func TestStolenReferenceEndsTheDirectorOnce(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	h := a.Hold()
	h.Drop()
	h.Drop() // the owner's
	if err := a.Delete(); !errors.Is(err, director.ErrDeleted) {
		t.Errorf("delete of what has ended: got %v, want ErrDeleted", err)
	}
	if got := life(t, v.Runtime(), a.ID()); !slices.Contains(got, "director.error") {
		t.Errorf("life: got %v, want a director.error", got)
	}
}

// A gossip does something when a member changes, and notes calls after destroy.
type gossip struct {
	slot     *director.Ref
	onChange func()
	ended    atomic.Bool
	late     atomic.Int64
}

func (*gossip) Type() string                           { return "gossip" }
func (g *gossip) Bind(self *director.Director)         { g.slot = self.NewRef(); self.FollowMembers() }
func (g *gossip) Resolve(*director.Task) director.Hold { return g.slot.Hold() }
func (g *gossip) Release()                             { _ = g.slot.Assign(nil) }
func (g *gossip) Destroy()                             { g.ended.Store(true) }
func (g *gossip) MembersChanged() {
	if g.ended.Load() {
		g.late.Add(1)
	}
	if f := g.onChange; f != nil {
		g.onChange = nil
		f()
	}
}

func TestNothingIsCalledAfterDestroy(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	p, q := &gossip{}, &gossip{}
	add(t, v, "p", p)
	qd := add(t, v, "q", q)
	for _, g := range []*gossip{p, q} {
		if err := g.slot.Assign(a); err != nil {
			t.Fatal(err)
		}
	}
	p.onChange = func() { _ = qd.Delete() }
	q.onChange = nil
	a.ReportHealth(false, "probe")
	if n := q.late.Load(); n > 0 {
		t.Errorf("q was called %d times after its end", n)
	}
}

func TestManyTellersDestroyOnce(t *testing.T) {
	v := newVCL(t)
	for range 300 {
		ends := &endings{}
		d := add(t, v, "c", ends)
		var hands sync.WaitGroup
		for i := range 4 {
			hands.Go(func() {
				for k := range 6 {
					_ = d.SetHealth([]director.AdminHealth{"auto", "sick", "healthy"}[(k+i)%3])
				}
			})
		}
		hands.Go(func() { _ = d.Delete() })
		hands.Wait()
		if got := ends.n.Load(); got != 1 {
			t.Fatalf("destroyed %d times, want once", got)
		}
	}
}

type endings struct{ n atomic.Int64 }

func (*endings) Type() string         { return "endings" }
func (*endings) Event(director.Event) {}
func (e *endings) Destroy()           { e.n.Add(1) }

// A ditherer can be made to wait while it is asked for its health.
type ditherer struct {
	healthy atomic.Bool
	pause   chan chan bool
}

func (*ditherer) Type() string { return "ditherer" }
func (d *ditherer) Healthy() bool {
	answer := d.healthy.Load()
	select {
	case c := <-d.pause:
		c <- true
		<-c
	default:
	}
	return answer
}

func TestReconsiderDoesNotTellWhatIsOutOfDate(t *testing.T) {
	v := newVCL(t)
	l := &ditherer{pause: make(chan chan bool, 1)}
	l.healthy.Store(true)
	d := add(t, v, "l", l)
	c := make(chan bool)
	l.pause <- c
	done := make(chan bool)
	go func() { d.Reconsider(); close(done) }()
	<-c // it has answered healthy, which was not told yet
	l.healthy.Store(false)
	d.Reconsider()
	c <- true
	<-done
	if d.Healthy() {
		t.Error("the older answer won")
	}
}

func TestNothingIsToldOfTheDestroyed(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	a.ReportHealth(false, "a late probe")
	if err := a.SetHealth(director.AdminSick); !errors.Is(err, director.ErrDestroyed) {
		t.Errorf("set health: got %v, want ErrDestroyed", err)
	}
	if got := life(t, v.Runtime(), a.ID()); got[len(got)-1] != "director.destroyed" {
		t.Errorf("life: got %v, want it to end with director.destroyed", got)
	}
}

// A heavy one has a size, so that it has an address of its own.
type heavy [64]byte

func (*heavy) Type() string { return "heavy" }

func TestDestroyedDirectorsCanBeCollectedThoughNobodySamples(t *testing.T) {
	v := newVCL(t)
	var freed atomic.Int64
	const n = 4000
	for range n {
		h := &heavy{}
		runtime.AddCleanup(h, func(int) { freed.Add(1) }, 0)
		if err := add(t, v, "a", h).Delete(); err != nil {
			t.Fatal(err)
		}
	}
	await.Until(t, "most of the destroyed directors are collected", func() bool {
		runtime.GC()
		return freed.Load() >= n/2
	})
}

// An eager one wants its member at once.
type eager struct {
	hoarder
	to  *director.Director
	err error
}

func (e *eager) Bind(self *director.Director) {
	e.slot = self.NewRef()
	e.err = e.slot.Assign(e.to)
}

func TestSlotsCannotBeAssignedInBind(t *testing.T) {
	v := newVCL(t)
	e := &eager{to: add(t, v, "a", leaf{})}
	add(t, v, "e", e)
	if !errors.Is(e.err, director.ErrInvalid) {
		t.Errorf("assign in Bind: got %v, want ErrInvalid", e.err)
	}
}

// mute and bodiless break the contract of RoundTrip, nameless that of Type.
type mute struct{ leaf }

func (mute) RoundTrip(*director.Task, *http.Request) (*http.Response, error) { return nil, nil }

type bodiless struct{ leaf }

func (bodiless) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200}, nil
}

type nameless struct{}

func (nameless) Type() string { panic("no name") }

func TestNoPanicCrossesTheAPI(t *testing.T) {
	v := newVCL(t)
	m, b := add(t, v, "m", mute{}), add(t, v, "b", bodiless{})
	if _, err := get(t, &director.Transport{Director: m}); err == nil {
		t.Error("neither answer nor error: got no error")
	}
	resp, err := get(t, &director.Transport{Director: b})
	if err != nil {
		t.Fatal(err)
	}
	if n, err := resp.Body.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("an answer without a body: read %d, %v", n, err)
	}
	for _, impl := range []director.Implementation{nil, nameless{}} {
		if _, err := v.Add("x", impl); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("add %T: got %v, want ErrInvalid", impl, err)
		}
	}
	if _, err := lb.NewRoundRobin().AddMember(b, 1); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("a member before it is added: got %v, want ErrInvalid", err)
	}
	if err := v.Runtime().Label("l", nil); !errors.Is(err, director.ErrForeign) {
		t.Errorf("label nothing: got %v, want ErrForeign", err)
	}
	m.ReportError("x", nil)
	// An error that calls back must not meet our lock.
	m.ReportError("x", asker(func() string { _, err := v.Runtime().Find("nobody"); return err.Error() }))
}

type asker func() string

func (f asker) Error() string { return f() }

func TestWeightsThatAreNoNumbersAreRefused(t *testing.T) {
	v := newVCL(t)
	h := &hoarder{}
	d := add(t, v, "h", h)
	a := add(t, v, "a", leaf{})
	before := v.Runtime().Log().Last()
	for _, weight := range []float64{math.NaN(), math.Inf(1)} {
		if err := h.slot.AssignWeight(a, weight); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("weight %g: got %v, want ErrInvalid", weight, err)
		}
	}
	if err := h.slot.AssignWeight(nil, 3); err != nil || v.Runtime().Log().Last() != before {
		t.Errorf("nothing to nothing: %v, and %d events, want none", err, v.Runtime().Log().Last()-before)
	}
	if known, _ := v.Runtime().Tree().Director(d.ID()); known.TotalMembers() != 0 {
		t.Errorf("members: got %d, want 0", known.TotalMembers())
	}
}

func TestReasonCountsDuplicatesOnce(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	p := pool(t, v, "p", a, a, a)
	for _, c := range []struct {
		admin director.AdminHealth
		want  string
	}{{"sick", "members: 0 of 3 healthy"}, {"auto", "members: 3 of 3 healthy"}} {
		setHealth(t, a, c.admin)
		if known, _ := v.Runtime().Tree().Director(p.ID()); known.Reason != c.want {
			t.Errorf("a %s: got %q, want %q", c.admin, known.Reason, c.want)
		}
	}
}

func TestGoroutineThatExitsDoesNotHoldUpClose(t *testing.T) {
	add(t, newVCL(t), "a", leaf{}).Go(runtime.Goexit)
}

func TestNothingStartsAfterClose(t *testing.T) {
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	a := add(t, v, "a", leaf{})
	if err := rt.Close(context.Background()); err != nil {
		t.Fatal(err)
	}
	a.Go(func() { t.Error("a goroutine started after Close") })
	if got := rt.Tree().Active; got != "" {
		t.Errorf("active after Close: got %q, want none", got)
	}
	done, cancel := context.WithCancel(context.Background())
	cancel()
	if err := rt.Close(done); err != nil {
		t.Errorf("nothing is left, and no time either: got %v", err)
	}
}

// An allower lets its VCL go when it is told COLD.
type allower struct {
	told []director.Event
	p    *director.Prevention
}

func (*allower) Type() string { return "allower" }
func (a *allower) Event(e director.Event) {
	a.told = append(a.told, e)
	if e == director.EventCold {
		a.p.Allow()
	}
}

func TestDiscardFromWithinColdIsTold(t *testing.T) {
	v := load(t, newVCL(t).Runtime(), "v1", director.Auto)
	p, err := v.PreventDiscard("its director")
	if err != nil {
		t.Fatal(err)
	}
	a := &allower{p: p}
	add(t, v, "a", a)
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
	want := []director.Event{director.EventWarm, director.EventCold, director.EventDiscard}
	if !slices.Equal(a.told, want) {
		t.Errorf("got %v, want %v", a.told, want)
	}
}

// A sage resolves through a pool while it ends.
type sage struct {
	leaf
	ask *director.Director
}

func (s *sage) Destroy() { _, _ = s.ask.Resolve(&director.Task{}) }

func TestStaticDirectorThatEndsInASlotIsNotFound(t *testing.T) {
	v := load(t, newVCL(t).Runtime(), "v1", director.Auto)
	s := &sage{}
	d, err := v.AddStatic("s", s)
	if err != nil {
		t.Fatal(err)
	}
	s.ask = pool(t, v, "p", d)
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
}

func TestVCLAtTheWrongMoment(t *testing.T) {
	rt := newVCL(t).Runtime()
	for name, build := range map[string]func(*director.VCL) error{
		"activated": func(v *director.VCL) error { return v.Activate() },
		"cooled":    func(v *director.VCL) error { return v.SetState(director.AlwaysCold) },
		"discarded": func(v *director.VCL) error { return v.Discard() },
	} {
		if _, err := rt.LoadVCL(name, director.Auto, build); err == nil {
			t.Errorf("%s while it is loaded: got no error", name)
		}
	}
	if got := len(rt.Tree().VCLs()); got != 1 || rt.Active().Name() != "boot" {
		t.Errorf("left: %d VCLs, %s is active, want boot alone", got, rt.Active().Name())
	}
	v := load(t, rt, "v1", director.Auto)
	a := add(t, v, "a", leaf{})
	h := a.Hold()
	defer h.Drop()
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
	if err := v.SetDefault(a); !errors.Is(err, director.ErrReleased) {
		t.Errorf("default of a discarded VCL: got %v, want ErrReleased", err)
	}
	if _, err := rt.VCL("v1"); !errors.Is(err, director.ErrNotFound) {
		t.Errorf("VCL-11: a discarded VCL by its name: got %v, want ErrNotFound", err)
	}
}

func TestBusyVCLGoesColdAlsoInStateAuto(t *testing.T) {
	v := load(t, newVCL(t).Runtime(), "v1", director.Auto)
	p, err := v.PreventCold("a request")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []director.State{director.AlwaysCold, director.Auto} {
		if err := v.SetState(s); err != nil {
			t.Fatal(err)
		}
	}
	wantTemperature(t, v, "busy")
	p.Allow()
	wantTemperature(t, v, "cold")
}

// A type that is sick from the start is never healthy, not even for a moment.
func TestHealtherIsAskedBeforeItIsFound(t *testing.T) {
	v := newVCL(t)
	d := add(t, v, "d", &ditherer{pause: make(chan chan bool)})
	events, err := v.Runtime().Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if e.ID == d.ID() && e.Kind == event.DirectorHealth || e.Health != nil && e.Health.Healthy {
			t.Errorf("event %d %s: %+v, want it sick from the start", e.Seq, e.Kind, e.Health)
		}
	}
}
