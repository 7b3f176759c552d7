package director_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

// told returns the events after a sequence number, a line each, with the number
// of the command, counted from the first one, and a point after its last event.
func told(t *testing.T, rt *director.Runtime, after uint64) string {
	t.Helper()
	events, err := rt.Log().After(after, 0)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	numbers := map[event.Number]int{0: 0}
	for _, e := range events {
		if _, ok := numbers[e.Command]; !ok {
			numbers[e.Command] = len(numbers)
		}
		last := ""
		if e.Last {
			last = "."
		}
		fmt.Fprintf(&b, "%d%s %s %s\n", numbers[e.Command], last, e.Kind, e.Director)
	}
	return b.String()
}

func wantTold(t *testing.T, rt *director.Runtime, after uint64, want ...string) {
	t.Helper()
	if got := told(t, rt, after); got != strings.Join(want, "\n")+"\n" {
		t.Errorf("got\n%swant\n%s", got, strings.Join(want, "\n"))
	}
}

func TestEachCallIsACommand(t *testing.T) { synctest.Test(t, eachCallIsACommand) }

func eachCallIsACommand(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	start := rt.Log().Last()
	a := add(t, v, "a", directortest.NewBackend("a"))
	p := pool(t, v, "p", a)
	if _, err := rt.SetHealth("*", director.AdminSick); err != nil {
		t.Fatal(err)
	}
	if err := a.SetHealth(director.AdminSick); err != nil { // changes nothing
		t.Fatal(err)
	}
	if err := p.Delete(); err != nil {
		t.Fatal(err)
	}
	wantTold(t, rt, start,
		"1 director.added a", "1. director.event a",
		"2 director.added p", "2. director.event p",
		"3 ref.assigned p", "3. director.health p",
		"4 director.admin_health a", "4 director.health p", "4 director.admin_health p", "4 director.event a", "4. director.event p",
		"5 director.deleted p", "5 ref.assigned p", "5 director.released p", "5 director.event p", "5. director.destroyed p")
}

func TestWhatComesByItselfHasNoNumber(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	impl := directortest.NewBackend("a")
	a := add(t, v, "a", impl)
	p := pool(t, v, "p", a)
	start := rt.Log().Last()
	a.ReportHealth(false, "probe: 0 of 8 good")
	hold := p.Hold()
	if err := p.Delete(); err != nil {
		t.Fatal(err)
	}
	hold.Drop()
	wantTold(t, rt, start,
		"0 director.health a", "0 director.health p", "0 director.event a",
		"1 director.deleted p", "1 ref.assigned p", "1. director.released p",
		"0 director.event p", "0 director.destroyed p")
}

func TestManyCallsAreOneCommand(t *testing.T) { synctest.Test(t, manyCallsAreOneCommand) }

func manyCallsAreOneCommand(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	a := add(t, v, "a", directortest.NewBackend("a"))
	start := rt.Log().Last()
	follow := rt.Log().Subscribe(start)
	refused := errors.New("refused")
	var number, seq uint64
	err := rt.Command("ann", func(c *director.Command) error {
		p, err := c.Add(v, "p", lb.NewRoundRobin())
		if err != nil {
			return err
		}
		group, err := c.Group(p)
		if err != nil {
			return err
		}
		for range 2 {
			if _, err := group.AddMember(a, 1); err != nil {
				return err
			}
		}
		a.ReportHealth(false, "probe: 0 of 8 good")
		soon, cancel := context.WithCancel(context.Background())
		cancel()
		if events, err := follow.Next(soon); err == nil {
			t.Errorf("a subscriber has %d events of a command that is under way", len(events))
		}
		if whole := rt.Settled(); whole.Seq != start {
			t.Errorf("settled up to %d, want %d: before the command", whole.Seq, start)
		}
		if err := c.SetDefault(v, p); err != nil {
			return err
		}
		number, seq = c.Number(), c.Seq()
		return refused
	})
	if err != refused {
		t.Errorf("got %v, want the error of the function", err)
	}
	wantTold(t, rt, start,
		"1 director.added p", "1 director.event p", "1 ref.assigned p", "1 director.health p", "1 ref.assigned p",
		"0 director.health a", "0 director.health p", "0 director.event a", "1. ref.assigned p")
	events, err := follow.Next(t.Context())
	if err != nil || len(events) != 9 || events[8].Seq != seq || uint64(events[0].Command) != number {
		t.Fatalf("a subscriber got %d events, %v; want all 9, up to %d, of command %d", len(events), err, seq, number)
	}
	if events[0].Actor != "ann" || events[5].Actor != "" {
		t.Errorf("actors %q and %q, want ann for the command, nobody for a probe", events[0].Actor, events[5].Actor)
	}
	if rt.Settled() != rt.Tree() {
		t.Error("the tree is not settled after the command")
	}
}

// The methods of a type are commands as well, where they are called by Go code
// and not for a command.
func TestMethodsOfATypeAreCommands(t *testing.T) { synctest.Test(t, methodsOfATypeAreCommands) }

func methodsOfATypeAreCommands(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	a := add(t, v, "a", directortest.NewBackend("a"))
	pool := lb.NewRandom(nil)
	ring, err := lb.NewShard(lb.ShardOptions{})
	if err != nil {
		t.Fatal(err)
	}
	add(t, v, "p", pool)
	add(t, v, "s", ring)
	start := rt.Log().Last()
	slot, err := pool.AddMember(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	inRing, err := ring.AddMember(a, 1)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(pool.SetMember(slot, a, 2), pool.RemoveMember(slot), ring.RemoveMember(inRing)); err != nil {
		t.Fatal(err)
	}
	wantTold(t, rt, start,
		"1 ref.assigned p", "1. director.health p", "2 ref.assigned s", "2. director.health s",
		"3. ref.assigned p", "4 ref.assigned p", "4. director.health p", "5 ref.assigned s", "5. director.health s")
}

// Directors that a VCL is loaded with are part of the load.
func TestLoadIsOneCommand(t *testing.T) { synctest.Test(t, loadIsOneCommand) }

func loadIsOneCommand(t *testing.T) {
	rt := newVCL(t).Runtime()
	start := rt.Log().Last()
	_, err := rt.LoadVCL("v2", director.Auto, func(v *director.VCL) error {
		a := add(t, v, "a", directortest.NewBackend("a"))
		return v.SetDefault(a)
	})
	if err != nil {
		t.Fatal(err)
	}
	events, _ := rt.Log().After(start, 0)
	for _, e := range events {
		if e.Kind != event.RefAssigned && (e.Command != events[0].Command || e.Last != (e.Seq == rt.Log().Last())) {
			t.Errorf("event %d, %s, is of command %d, last %t; want all to be one command", e.Seq, e.Kind, e.Command, e.Last)
		}
	}
}

// Many change the members of one director at once: each finds its own events in
// its command and no other's.
func TestCommandsAtOnce(t *testing.T) { synctest.Test(t, commandsAtOnce) }

func commandsAtOnce(t *testing.T) {
	v := newVCL(t)
	rt := v.Runtime()
	p := pool(t, v, "p")
	const writers, each = 8, 40
	leaves := make([]*director.Director, writers)
	for i := range leaves {
		leaves[i] = add(t, v, fmt.Sprint("a", i), directortest.NewBackend("a"))
	}
	start := rt.Log().Last()
	own := make([][]uint64, writers) // commands of each writer
	var writing sync.WaitGroup
	for i := range writers {
		writing.Go(func() {
			for range each {
				err := rt.Command("", func(c *director.Command) error {
					group, err := c.Group(p)
					if err != nil {
						return err
					}
					slot, err := group.AddMember(leaves[i], 1)
					if err != nil {
						return err
					}
					defer func() { own[i] = append(own[i], c.Number()) }()
					return group.RemoveMember(slot)
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	writing.Wait()
	events, err := rt.Log().After(start, 0)
	if err != nil {
		t.Fatal(err)
	}
	by := map[uint64][]event.Event{}
	for _, e := range events {
		if e.Kind == event.RefAssigned {
			by[uint64(e.Command)] = append(by[uint64(e.Command)], e)
		}
	}
	for i, commands := range own {
		for _, number := range commands {
			made := by[number]
			if len(made) != 2 || made[0].ToID != leaves[i].ID() || made[1].FromID != leaves[i].ID() || made[0].Holder.Slot != made[1].Holder.Slot {
				t.Fatalf("command %d of writer %d made %+v, want that it adds and removes a%d", number, i, made, i)
			}
		}
	}
	lasts := slices.DeleteFunc(slices.Clone(events), func(e event.Event) bool { return !e.Last })
	if len(lasts) != writers*each {
		t.Errorf("%d events say that they are the last of a command, want %d", len(lasts), writers*each)
	}
	if rt.Log().Settled() != rt.Log().Last() {
		t.Errorf("settled up to %d of %d", rt.Log().Settled(), rt.Log().Last())
	}
}

// A stuckRelease is a pool whose release never returns, until it is told to.
type stuckRelease struct {
	*lb.RoundRobin
	go_ chan struct{}
}

func (s *stuckRelease) Release() {
	<-s.go_
	s.RoundRobin.Release()
}

func TestAStuckCallbackDoesNotHoldBackOthersForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := director.New(director.Options{})
		v, err := rt.AddVCL("boot")
		if err != nil {
			t.Fatal(err)
		}
		impl := &stuckRelease{lb.NewRoundRobin(), make(chan struct{})}
		a := add(t, v, "a", directortest.NewBackend("a"))
		stuck := add(t, v, "stuck", impl)
		addMember(t, stuck, a)
		start := rt.Log().Last()
		began := time.Now()
		go func() { _ = stuck.Delete() }()
		synctest.Wait()
		if err := a.SetHealth(director.AdminSick); err != nil {
			t.Fatal(err)
		}
		follow := rt.Log().Subscribe(start)
		if _, err := follow.Next(t.Context()); err != nil {
			t.Fatal(err)
		}
		if waited := time.Since(began); waited > 10*time.Second {
			t.Errorf("others waited %s", waited)
		}
		close(impl.go_)
		synctest.Wait()
		wantTold(t, rt, start,
			"1. director.deleted stuck",
			"2 director.admin_health a", "2 director.health stuck", "2. director.event a",
			"0 ref.assigned stuck", "0 director.released stuck", "0 director.event stuck", "0 director.destroyed stuck")
		if err := rt.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// Commands that overlap without end leave a moment in between all the same.
func TestOverlappingCommandsSettle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := director.New(director.Options{})
		v, err := rt.AddVCL("boot")
		if err != nil {
			t.Fatal(err)
		}
		a := add(t, v, "a", directortest.NewBackend("a"))
		start := rt.Log().Last()
		var writing sync.WaitGroup
		end := time.Now().Add(time.Second)
		for i := range 3 {
			writing.Go(func() {
				time.Sleep(time.Duration(i) * 17 * time.Millisecond)
				for time.Now().Before(end) {
					_ = rt.Command("", func(c *director.Command) error {
						if _, err := c.Pin(a, "one"); err != nil {
							return err
						}
						time.Sleep(50 * time.Millisecond)
						_, err := c.Pin(a, "two")
						return err
					})
				}
			})
		}
		time.Sleep(500 * time.Millisecond)
		if settled := rt.Log().Settled(); settled == start {
			t.Error("nothing is settled after half a second")
		}
		writing.Wait()
		if err := rt.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
