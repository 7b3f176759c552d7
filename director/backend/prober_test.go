package backend

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director/event"
)

// A stand is a prober whose pokes take as long as the test says, in the time of
// a synctest bubble.
type stand struct {
	*prober
	takes   time.Duration
	running atomic.Int32

	mu       sync.Mutex      // guards the fields below
	started  []time.Duration // since the beginning
	together int32           // the most pokes at one time
	cut      int
	told     []bool // health
}

func newStand(t *testing.T, c ProbeConfig) *stand {
	t.Helper()
	c, err := c.complete()
	if err != nil {
		t.Fatal(err)
	}
	s := &stand{}
	begin := time.Now()
	s.prober = &prober{
		interval: time.Duration(c.Interval),
		window:   newWindow(&c, begin),
		spawn:    func(f func()) { go f() },
		tell: func(_ event.Probe, healthy bool, _ string) {
			s.note(func() { s.told = append(s.told, healthy) })
		},
		poke: func(ctx context.Context) poke {
			defer s.running.Add(-1)
			s.note(func() {
				s.together = max(s.together, s.running.Add(1))
				s.started = append(s.started, time.Since(begin))
			})
			select {
			case <-time.After(s.takes):
			case <-ctx.Done():
				s.note(func() { s.cut++ })
			}
			return poke{marks: [mapCount]bool{mapHappy: true}}
		},
	}
	return s
}

func (s *stand) note(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *stand) expect(t *testing.T, state probeState, pokes ...time.Duration) {
	t.Helper()
	synctest.Wait()
	if got := s.status().State; got != state.String() {
		t.Errorf("state: got %s, want %s", got, state)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Equal(s.started, pokes) {
		t.Errorf("pokes: got %v, want %v", s.started, pokes)
	}
	if s.together > 1 {
		t.Errorf("%d pokes at one time", s.together)
	}
}

func TestProber(t *testing.T) {
	const interval, takes = 5 * time.Second, 2 * time.Second
	run := func(rule string, f func(t *testing.T, s *stand)) {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStand(t, ProbeConfig{Interval: Duration(interval), Window: 4, Threshold: 2})
				s.takes = takes
				f(t, s)
				s.destroy()
			})
		})
	}
	run("PROBE-12 due is completion plus interval", func(t *testing.T, s *stand) {
		s.expect(t, probeCold)
		s.warm()
		s.expect(t, probeRunning, 0)
		time.Sleep(takes)
		s.expect(t, probeScheduled, 0)
		time.Sleep(interval)
		s.expect(t, probeRunning, 0, takes+interval)
	})
	run("PROBE-12 COLD while scheduled", func(t *testing.T, s *stand) {
		s.warm()
		time.Sleep(takes + time.Second)
		s.cold()
		s.expect(t, probeCold, 0)
		time.Sleep(time.Minute)
		s.expect(t, probeCold, 0)
		s.warm()
		s.expect(t, probeRunning, 0, takes+time.Second+time.Minute)
	})
	run("PROBE-12 COLD while running, result thrown away", func(t *testing.T, s *stand) {
		s.warm()
		time.Sleep(takes / 2)
		s.cold()
		s.expect(t, probeCooling, 0)
		time.Sleep(takes)
		s.expect(t, probeCold, 0)
		if got := s.status(); got.Good != 1 {
			t.Errorf("got %d good, want the initial 1", got.Good)
		}
	})
	run("PROBE-12 WARM while cooling, one poke at most", func(t *testing.T, s *stand) {
		s.warm()
		time.Sleep(takes / 2)
		s.cold()
		s.warm()
		s.expect(t, probeRunning, 0)
		time.Sleep(takes)
		s.expect(t, probeScheduled, 0)
		if got := s.status(); got.Good != 2 || got.Sick {
			t.Errorf("got %+v, want initial and poke good", got)
		}
	})
	run("PROBE-12 destroy cuts the poke", func(t *testing.T, s *stand) {
		s.warm()
		synctest.Wait()
		s.destroy()
		s.expect(t, probeDeleted, 0)
		if s.cut != 1 || s.running.Load() != 0 {
			t.Errorf("got %d cut, %d running, want 1, 0", s.cut, s.running.Load())
		}
	})
	run("PROBE-10 PROBE-11 WARM and COLD reset and tell", func(t *testing.T, s *stand) {
		s.publish() // as Bind does
		s.warm()
		time.Sleep(takes)
		synctest.Wait()
		s.cold()
		if want := []bool{false, false, true, false}; !slices.Equal(s.told, want) {
			t.Errorf("told: got %v, want %v: fresh, warm, poked, cold", s.told, want)
		}
	})
}

// What is told may end in a callback that tells again.
func TestProberTellsTheNewestLast(t *testing.T) {
	s := newStand(t, ProbeConfig{Window: 1, Threshold: 1, Initial: new(int)})
	inner := s.tell
	s.tell = func(p event.Probe, healthy bool, reason string) {
		inner(p, healthy, reason)
		if healthy {
			s.cold()
		}
	}
	s.prober.mu.Lock()
	s.window.add(poke{marks: [mapCount]bool{mapHappy: true}}, time.Now())
	s.prober.mu.Unlock()
	s.publish()
	if want := []bool{true, false}; !slices.Equal(s.told, want) {
		t.Errorf("told: got %v, want %v", s.told, want)
	}
}
