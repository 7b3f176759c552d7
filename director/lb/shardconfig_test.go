package lb

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
)

// idents returns the identities of the members in their order.
func (s *Shard) idents() []string {
	var idents []string
	for i := range s.current().members {
		idents = append(idents, s.current().members[i].ident())
	}
	return idents
}

// shardStage is a stage with an empty shard named sh.
func shardStage(t *testing.T, leaves ...string) (*stage, *Shard) {
	t.Helper()
	s := newStage(t, leaves...)
	shard, err := NewShard(ShardOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s.add("sh", shard)
	return s, shard
}

func (s *stage) queue(c *ShardChange, names ...string) {
	s.t.Helper()
	for _, name := range names {
		if err := c.Add(s.byID[name], ShardMember{}); err != nil {
			s.t.Fatal(err)
		}
	}
}

func (s *stage) wantIdents(rule string, shard *Shard, want ...string) {
	s.t.Helper()
	if got := shard.idents(); !slices.Equal(got, want) {
		s.t.Errorf("%s: got members %v, want %v", rule, got, want)
	}
}

func TestShardReplicas(t *testing.T) {
	for _, c := range []struct {
		replicas int
		weight   float64
		want     int
	}{{67, 0, 67}, {67, 0.5, 67}, {67, -3, 67}, {67, 1.5, 100}, {3, 2.999, 8}, {1, 1, 1}} {
		s, shard := shardStage(t, "a")
		change := shard.Change()
		if err := change.Add(s.byID["a"], ShardMember{Weight: c.weight}); err != nil {
			t.Fatal(err)
		}
		if _, err := change.Reconfigure(c.replicas); err != nil {
			t.Fatal(err)
		}
		if got := shard.current().ring.len(); got != c.want {
			t.Errorf("SHARD-2 %d replicas, weight %g: got %d points, want %d", c.replicas, c.weight, got, c.want)
		}
	}
}

func TestShardRefusesMorePointsThanItCanHold(t *testing.T) {
	s, shard := shardStage(t, "a")
	if _, err := shard.AddMember(s.byID["a"], MaxPoints); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("one member: got %v, want ErrInvalid", err)
	}
	s.wantIdents("after a refusal", shard)
	if err := s.byID["sh"].Delete(); err != nil {
		t.Fatal(err)
	}
	s.wantNoLeak()
}

func TestShardWarmupRange(t *testing.T) {
	for _, warmup := range []float64{-0.1, 1, 2, math.NaN()} {
		if _, err := NewShard(ShardOptions{Warmup: warmup}); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("SHARD-10 warmup %g: got %v, want ErrInvalid", warmup, err)
		}
	}
	for _, warmup := range []float64{0, 0.999} {
		if _, err := NewShard(ShardOptions{Warmup: warmup}); err != nil {
			t.Errorf("SHARD-10 warmup %g: %v", warmup, err)
		}
	}
	for given, want := range map[float64]float64{-1: -1, -7: -1, 0: 0, 1: 1, 3: 1} {
		if got := (Params{}).Warmup(given).warmup; got != want {
			t.Errorf("SHARD-10 argument %g: got %g, want %g", given, got, want)
		}
	}
}

// fiveEntries has the members a, b, c and a again as x and y.
func fiveEntries(t *testing.T) (*stage, *Shard) {
	t.Helper()
	s, shard := shardStage(t, "a", "b", "c")
	c := shard.Change()
	s.queue(c, "a", "b", "c")
	for _, ident := range []string{"x", "y"} {
		if err := c.Add(s.byID["a"], ShardMember{Ident: ident}); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	return s, shard
}

func TestShardRemove(t *testing.T) {
	for _, test := range []struct {
		backend, ident string
		want           []string
	}{
		{"a", "", []string{"c", "b"}},                   // all its entries; the last moves down
		{"", "x", []string{"a", "b", "c", "y"}},         // one of them
		{"b", "x", []string{"a", "b", "c", "y"}},        // the backend is not looked at
		{"", "a", []string{"y", "b", "c", "x"}},         // a name is an identity
		{"", "none", []string{"a", "b", "c", "x", "y"}}, // nobody is silent
	} {
		t.Run(fmt.Sprintf("SHARD-13 SHARD-14 %s,%s", test.backend, test.ident), func(t *testing.T) {
			s, shard := fiveEntries(t)
			c := shard.Change()
			if err := c.Remove(s.byID[test.backend], test.ident); err != nil {
				t.Fatal(err)
			}
			if err := c.End(); err != nil {
				t.Fatal(err)
			}
			s.wantIdents("after removal", shard, test.want...)
		})
	}
}

func TestShardRefusesNobody(t *testing.T) {
	_, shard := shardStage(t)
	if err := shard.Change().Remove(nil, ""); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("SHARD-18 remove nobody: got %v, want ErrInvalid", err)
	}
	if err := shard.Change().Add(nil, ShardMember{}); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("SHARD-18 add nobody: got %v, want ErrInvalid", err)
	}
}

func TestShardFillsTheFirstHole(t *testing.T) {
	s, shard := shardStage(t, "a", "b", "c", "d", "e", "f")
	c := shard.Change()
	s.queue(c, "a", "b", "c", "d", "e")
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"d", "b"} {
		if err := c.Remove(s.byID[name], ""); err != nil {
			t.Fatal(err)
		}
	}
	s.queue(c, "f")
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("SHARD-14 the new one in the first hole, the last in the second", shard, "a", "f", "c", "e")
}

func TestShardHoldsWhatIsQueued(t *testing.T) {
	s, shard := shardStage(t, "a")
	a := s.byID["a"]
	c := shard.Change()
	s.queue(c, "a")
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	if err := c.End(); err != nil {
		t.Fatalf("SHARD-15 a queued director lingers until the change ends: %v", err)
	}
	s.wantIdents("deleted, but held", shard, "a")
	if err := shard.RemoveMember(shard.current().members[0].slot.Slot()); err != nil {
		t.Fatal(err)
	}
	if err := c.Add(a, ShardMember{}); !errors.Is(err, director.ErrDestroyed) {
		t.Errorf("add of a destroyed director: got %v, want ErrDestroyed", err)
	}
}

func TestShardSetMemberKeepsSlotAndPlace(t *testing.T) {
	s, shard := shardStage(t, "a", "b", "c", "d")
	c := shard.Change()
	ramp := time.Minute
	if err := c.Add(s.byID["a"], ShardMember{Ident: "x", Rampup: &ramp}); err != nil {
		t.Fatal(err)
	}
	s.queue(c, "b", "c")
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	slot := shard.current().members[0].slot.Slot()
	if err := shard.SetMember(slot, s.byID["a"], 2); err != nil {
		t.Fatal(err)
	}
	if m := shard.current().members[0]; m.given != "x" || m.rampup != ramp || len(m.points) != 134 {
		t.Errorf("another weight: got ident %q, ramp-up %v, %d points; want x, 1m0s, 134", m.given, m.rampup, len(m.points))
	}
	if err := shard.SetMember(slot, s.byID["d"], 1); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("another director", shard, "d", "b", "c")
	if err := shard.SetMember(slot, s.byID["b"], 1); !errors.Is(err, director.ErrExists) {
		t.Errorf("a director that is a member: got %v, want ErrExists", err)
	}
	if err := shard.RemoveMember(slot); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("SHARD-14 removed, the last moves down", shard, "c", "b")
}

func TestShardFlipsLeaveTheRing(t *testing.T) {
	s, shard := shardStage(t, "a", "b")
	s.member("sh", "a", 1)
	s.member("sh", "b", 1)
	before := shard.current().ring
	s.health("a", director.AdminSick)
	if shard.current().ring != before {
		t.Error("a change of health made a new ring")
	}
	if got := dropped(shard.Pick(nil, Params{}.Key(1))); got != "b" {
		t.Errorf("got %q, want b", got)
	}
}
