package backend

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

// A door is a set of places with somebody at each of them, and those who came
// after.
type door struct {
	*places
	tallies
	sick atomic.Bool

	mu  sync.Mutex // guards the field below
	log []string   // who got a place, and who did not, in order
}

func newDoor(most, waitLimit int, patience time.Duration) *door {
	return &door{places: &places{most: most, waitLimit: waitLimit, patience: patience}}
}

// come asks for a place in the background, and waits until it is clear whether
// there is one or a wait.
func (d *door) come(ctx context.Context, who string) {
	d.start(ctx, who)
	synctest.Wait()
}

func (d *door) start(ctx context.Context, who string) {
	go func() {
		outcome := " in"
		if err := d.take(ctx, &d.tallies, func() bool { return !d.sick.Load() }); err != nil {
			outcome = " " + err.Kind.String()
			if errors.Is(err, director.ErrUnhealthy) {
				outcome += " sick"
			}
		}
		d.mu.Lock()
		defer d.mu.Unlock()
		d.log = append(d.log, who+outcome)
	}()
}

func (d *door) expect(t *testing.T, taken, waiting int64, log ...string) {
	t.Helper()
	synctest.Wait()
	if got, line := d.count(); got != taken || line != waiting {
		t.Errorf("got %d in and %d in line, want %d and %d", got, line, taken, waiting)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.log, log) {
		t.Errorf("got %v, want %v", d.log, log)
	}
}

func TestPlaces(t *testing.T) {
	run := func(rule string, most, limit int, patience time.Duration, f func(t *testing.T, d *door)) {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, newDoor(most, limit, patience)) })
		})
	}
	run("BE-5 no limit counts", 0, 0, 0, func(t *testing.T, d *door) {
		d.come(t.Context(), "a")
		d.come(t.Context(), "b")
		d.expect(t, 2, 0, "a in", "b in")
		d.free()
		d.free()
		d.expect(t, 0, 0, "a in", "b in")
	})
	run("BE-3 busy without a queue", 1, 0, time.Second, func(t *testing.T, d *door) {
		d.come(t.Context(), "a")
		d.come(t.Context(), "b")
		d.expect(t, 1, 0, "a in", "b busy")
	})
	run("BE-3 busy without a timeout", 1, 5, 0, func(t *testing.T, d *door) {
		d.come(t.Context(), "a")
		d.come(t.Context(), "b")
		d.expect(t, 1, 0, "a in", "b busy")
	})
	run("BE-3 first in first out, up to the limit", 1, 2, time.Second, func(t *testing.T, d *door) {
		for _, who := range []string{"a", "b", "c", "d"} {
			d.come(t.Context(), who)
		}
		d.expect(t, 1, 2, "a in", "d busy")
		d.free()
		d.expect(t, 1, 1, "a in", "d busy", "b in")
		d.free()
		d.expect(t, 1, 0, "a in", "d busy", "b in", "c in")
	})
	run("BE-3 a newcomer does not overtake", 1, 9, time.Second, func(t *testing.T, d *door) {
		d.come(t.Context(), "a")
		d.come(t.Context(), "b")
		// b is called, and may not have woken when c comes.
		d.free()
		d.start(t.Context(), "c")
		d.expect(t, 1, 1, "a in", "b in")
		d.free()
		d.expect(t, 1, 0, "a in", "b in", "c in")
	})
	run("BE-4 timed out", 1, 1, time.Second, func(t *testing.T, d *door) {
		d.come(t.Context(), "a")
		d.come(t.Context(), "b")
		time.Sleep(time.Second)
		d.expect(t, 1, 0, "a in", "b busy")
		if wait, fail := d.waits(); wait != 1 || fail != 1 {
			t.Errorf("got %d waited, %d failed, want 1, 1", wait, fail)
		}
		d.free()
		d.come(t.Context(), "c")
		d.expect(t, 1, 0, "a in", "b busy", "c in")
	})
	run("BE-4 EV-3 SICK wakes all", 1, 3, time.Second, func(t *testing.T, d *door) {
		for _, who := range []string{"a", "b", "c"} {
			d.come(t.Context(), who)
		}
		d.sick.Store(true)
		d.turnAway()
		synctest.Wait()
		d.mu.Lock()
		slices.Sort(d.log)
		d.mu.Unlock()
		d.expect(t, 1, 0, "a in", "b busy sick", "c busy sick")
	})
	run("BE-4 unhealthy when called", 1, 2, time.Second, func(t *testing.T, d *door) {
		for _, who := range []string{"a", "b", "c"} {
			d.come(t.Context(), who)
		}
		d.sick.Store(true)
		d.free()
		d.expect(t, 0, 0, "a in", "b busy sick", "c busy sick")
	})
	run("who gives up leaves the line", 1, 2, time.Second, func(t *testing.T, d *door) {
		ctx, cancel := context.WithCancel(t.Context())
		d.come(ctx, "a")
		d.come(ctx, "b")
		d.come(t.Context(), "c")
		cancel()
		d.expect(t, 1, 1, "a in", "b canceled")
		d.free()
		d.expect(t, 1, 0, "a in", "b canceled", "c in")
	})
}

func (d *door) waits() (waited, failed uint64) {
	return d.tallies.wait.Load(), d.tallies.waitFail.Load()
}

// However requests come, wait, give up and go, no place is lost or made.
func TestPlacesBalance(t *testing.T) {
	p := &places{most: 3, waitLimit: 5, patience: time.Millisecond}
	var tallies tallies
	var inside atomic.Int64
	var all sync.WaitGroup
	for range 20 {
		all.Go(func() {
			for range 200 {
				if p.take(t.Context(), &tallies, func() bool { return true }) != nil {
					continue
				}
				if n := inside.Add(1); n > 3 {
					t.Errorf("BE-3: %d inside, want at most 3", n)
				}
				inside.Add(-1)
				p.free()
			}
		})
	}
	all.Wait()
	if taken, waiting := p.count(); taken != 0 || waiting != 0 {
		t.Errorf("at the end: got %d in, %d in line, want 0, 0", taken, waiting)
	}
}
