package lb

import (
	"fmt"
	"testing"

	"github.com/callboard/callboard/director"
)

// latin1 returns the bytes that the recording sent for a key.
func latin1(text string) string {
	var raw []byte
	for _, r := range text {
		raw = append(raw, byte(r))
	}
	return string(raw)
}

func TestRecordedHashPicks(t *testing.T) {
	rec := recording[struct {
		Keys   []string
		Hash32 []*uint32
		Cases  []struct {
			Name    string
			Members []string
			Weights []float64
			Sick    []string
			Picked  []string
		}
	}](t, "hash_director.json")
	for i, want := range rec.Hash32 {
		if key := latin1(rec.Keys[i]); want != nil && Hash32([]byte(key)) != *want {
			t.Errorf("HASH-1 key %q: got %d, want %d", key, Hash32([]byte(key)), *want)
		}
	}
	for _, c := range rec.Cases {
		t.Run("HASH-2 "+c.Name, func(t *testing.T) {
			s := newStage(t, c.Members...)
			hash := NewHash("")
			s.group("h", hash, c.Members, c.Weights)
			s.onlySick(c.Sick)
			for i, want := range c.Picked {
				if got := dropped(hash.Pick(latin1(rec.Keys[i]))); got != want {
					t.Errorf("key %q: got %q, want %q", rec.Keys[i], got, want)
				}
			}
		})
	}
}

func TestRecordedRandomPicks(t *testing.T) {
	rec := recording[struct {
		Members []string
		Weights map[string]float64
		Cases   []struct {
			Seed   uint32
			Sick   []string
			Picked []string
		}
	}](t, "random_director.json")
	for _, c := range rec.Cases {
		t.Run(fmt.Sprintf("RND-1 seed %d sick %v", c.Seed, c.Sick), func(t *testing.T) {
			s := newStage(t, rec.Members...)
			s.add("ra", NewRandom(newVarnishRandom(c.Seed).single))
			for _, m := range rec.Members {
				s.member("ra", m, rec.Weights[m])
			}
			s.onlySick(c.Sick)
			for i, want := range c.Picked {
				if got := s.pick("ra", nil); got != want {
					t.Fatalf("pick %d: got %q, want %q", i, got, want)
				}
			}
		})
	}
}

// A step is one of the recorded scripts of picks, health and members.
type step struct {
	Op, Backend, Result string
	StaleRead           bool `json:"stale_read"`
	After               *struct {
		Members []string
		Current string
	}
}

type trace struct {
	Name    string
	Sticky  bool
	Members []string
	Steps   []step
}

// replay runs a script against a director.
func (s *stage) replay(name string, steps []step) {
	s.t.Helper()
	for i, step := range steps {
		switch step.Op {
		case "pick":
			want := step.Result
			if step.StaleRead {
				// RR-2: Varnish read the slot of a member that was removed.
				// Here it is the first one's turn, and then all is as recorded.
				want = "s0"
			}
			if got := s.pick(name, nil); got != want {
				s.t.Errorf("step %d, pick: got %q, want %q", i, got, want)
			}
		case "rm":
			s.remove(name, step.Backend)
		case "add":
			s.member(name, step.Backend, 0)
		case "std.healthy":
			if got := fmt.Sprint(s.byID[name].Healthy()); got != step.Result {
				s.t.Errorf("step %d, HEALTH-8: healthy: got %s, want %s", i, got, step.Result)
			}
		default:
			s.health(step.Backend, director.AdminHealth(step.Op))
		}
		s.checkAfter(name, i, step)
	}
}

func (s *stage) remove(group, name string) {
	s.t.Helper()
	g := s.byID[group].Implementation().(interface {
		Remove(*director.Director) (bool, error)
	})
	if removed, err := g.Remove(s.byID[name]); err != nil || !removed {
		s.t.Fatalf("remove %s: got %t, %v", name, removed, err)
	}
}

// checkAfter compares what backend.list -j -p showed of a fallback.
func (s *stage) checkAfter(name string, i int, step step) {
	s.t.Helper()
	if step.After == nil {
		return
	}
	f := s.byID[name].Implementation().(*Fallback)
	current := ""
	if d := f.Current(); d != nil {
		current = d.Name()
	}
	if current != step.After.Current {
		s.t.Errorf("step %d (%s %s), FB-3: current is %q, want %q", i, step.Op, step.Backend, current, step.After.Current)
	}
	var members []string
	for _, slot := range f.current().slots {
		members = append(members, slot.Target().Name())
	}
	if fmt.Sprint(members) != fmt.Sprint(step.After.Members) {
		s.t.Errorf("step %d (%s %s), GRP-2: members are %v, want %v", i, step.Op, step.Backend, members, step.After.Members)
	}
}

func TestRecordedRoundRobinSequences(t *testing.T) {
	rec := recording[struct{ Traces []trace }](t, "round_robin_sequences.json")
	s := newStage(t, "s0", "s1", "s2", "s3", "s4")
	last, director := "", 0
	for _, tr := range rec.Traces {
		if tr.Members != nil {
			director++
			last = fmt.Sprint("rr", director)
			s.group(last, NewRoundRobin(), tr.Members, nil)
		}
		t.Run("RR-1 GRP-1 GRP-2 GRP-5 "+tr.Name, func(t *testing.T) {
			s := *s
			s.t = t
			s.replay(last, tr.Steps)
			s.onlySick(nil)
		})
	}
}

func TestRecordedFallbackSequences(t *testing.T) {
	rec := recording[struct{ Traces []trace }](t, "fallback_sequences.json")
	s := newStage(t, "s0", "s1", "s2", "s3", "s4")
	last, director := "", 0
	for _, tr := range rec.Traces {
		if tr.Members != nil {
			director++
			last = fmt.Sprint("fb", director)
			s.group(last, NewFallback(tr.Sticky), tr.Members, nil)
		}
		t.Run("FB-1 FB-2 FB-3 GRP-3 "+tr.Name, func(t *testing.T) {
			s := *s
			s.t = t
			s.replay(last, tr.Steps)
			s.onlySick(nil)
		})
	}
}

// HEALTH-9 and HEALTH-10 as well: admin health of a director matters to its
// parents and not to who uses it, and a healthy one may have nothing to offer.
func TestRecordedNestedSequences(t *testing.T) {
	rec := recording[trace](t, "nested_sequences.json")
	s := newStage(t, "s0", "s1", "s2")
	s.group("n1", NewRoundRobin(), []string{"s0", "s1"}, nil)
	s.group("n2", NewFallback(false), []string{"n1", "s2"}, nil)
	s.replay("n2", rec.Steps)
}
