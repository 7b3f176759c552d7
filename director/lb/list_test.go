package lb

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

func TestMembersAreListedInOrder(t *testing.T) {
	s := newStage(t, "a", "b")
	ra := NewRandom(nil)
	s.group("ra", ra, []string{"a", "b", "a"}, []float64{1, 2, 3})
	s.health("b", director.AdminSick)
	want := []Member{
		{1, s.byID["a"], true, 1}, {2, s.byID["b"], false, 2}, {3, s.byID["a"], true, 3},
	}
	got := ra.Members()
	if len(got) != len(want) {
		t.Fatalf("GRP-1: got %d members, want %d", len(got), len(want))
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("GRP-1 member %d: got %+v, want %+v", i, got[i], want[i])
		}
	}
}

func TestShardListsHowFarMembersRampedUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, "a", "b", "c")
		shard, err := NewShard(ShardOptions{Rampup: 10 * time.Second})
		if err != nil {
			t.Fatal(err)
		}
		s.add("sh", shard)
		ramp := time.Minute
		c := shard.Change()
		s.queue(c, "a", "c")
		if err := c.Add(s.byID["b"], ShardMember{Ident: "okay", Rampup: &ramp}); err != nil {
			t.Fatal(err)
		}
		if err := c.End(); err != nil {
			t.Fatal(err)
		}
		s.health("c", director.AdminSick)
		time.Sleep(6 * time.Second)
		check := func(i int, ident string, share float64, remaining time.Duration) {
			t.Helper()
			got := shard.Members()[i]
			if got.Ident != ident || got.Rampup != share || got.Remaining != remaining {
				t.Errorf("SHARD-9: got %s %g %v, want %s %g %v", got.Ident, got.Rampup, got.Remaining, ident, share, remaining)
			}
		}
		check(0, "a", 0.6, 4*time.Second)
		check(1, "c", 0, 0)
		check(2, "okay", 0.1, 54*time.Second)
		time.Sleep(5 * time.Second)
		check(0, "a", 1, 0)
	})
}
