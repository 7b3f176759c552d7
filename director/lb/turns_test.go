package lb

import (
	"slices"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
)

func (s *stage) picks(name string, n int) []string {
	s.t.Helper()
	var got []string
	for range n {
		got = append(got, s.pick(name, nil))
	}
	return got
}

func (s *stage) wantPicks(rule, name string, want ...string) {
	s.t.Helper()
	if got := s.picks(name, len(want)); !slices.Equal(got, want) {
		s.t.Errorf("%s: got %v, want %v", rule, got, want)
	}
}

func TestRoundRobinSkipsTheSickInTurn(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	s.group("rr", NewRoundRobin(), []string{"a", "b", "c"}, nil)
	s.wantPicks("RR-1", "rr", "a", "b", "c", "a")
	s.health("b", director.AdminSick)
	s.wantPicks("RR-1 the one after the sick gets double share", "rr", "c", "a", "c", "a")
	s.onlySick([]string{"a", "b", "c"})
	s.wantPicks("RR-1 none healthy", "rr", "", "")
	s.onlySick(nil)
	s.wantPicks("RR-1 a full turn left the cursor where it was", "rr", "b", "c", "a")
}

func TestRoundRobinCursorStaysInBounds(t *testing.T) {
	s := newStage(t, "a", "b", "c", "d")
	rr := NewRoundRobin()
	s.group("rr", rr, []string{"a", "b", "c"}, nil)
	s.wantPicks("RR-1", "rr", "a", "b")
	if _, err := rr.Remove(s.byID["b"]); err != nil {
		t.Fatal(err)
	}
	s.wantPicks("RR-2 cursor at the new length starts over", "rr", "a", "c", "a", "c")
	s.member("rr", "d", 0)
	s.wantPicks("RR-1 the cursor has wrapped before the new member came", "rr", "a", "c", "d")
}

func TestRoundRobinSharesEvenlyAmongConcurrentPicks(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	s.group("rr", NewRoundRobin(), []string{"a", "b", "c"}, nil)
	var mu sync.Mutex
	counts := make(map[string]int)
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			got := s.picks("rr", 1000)
			mu.Lock()
			defer mu.Unlock()
			for _, name := range got {
				counts[name]++
			}
		})
	}
	wg.Wait()
	for _, name := range []string{"a", "b", "c"} {
		if counts[name] != 1000 {
			t.Errorf("RR-3 %s: got %d of 3000 picks, want exactly 1000", name, counts[name])
		}
	}
}

func TestFallbackReturnsToTheFirstUnlessSticky(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	s.group("plain", NewFallback(false), []string{"a", "b", "c"}, nil)
	s.group("sticky", NewFallback(true), []string{"a", "b", "c"}, nil)
	s.health("a", director.AdminSick)
	s.wantPicks("FB-1", "plain", "b", "b")
	s.wantPicks("FB-2", "sticky", "b")
	s.health("a", director.AdminAuto)
	s.wantPicks("FB-1 recovery counts", "plain", "a")
	s.wantPicks("FB-2 recovery of an earlier one does not", "sticky", "b")
	s.health("b", director.AdminSick)
	s.wantPicks("FB-2 the search goes on from there", "sticky", "c")
	s.health("c", director.AdminSick)
	s.wantPicks("FB-2 and from the last to the first", "sticky", "a")
	s.onlySick([]string{"a", "b", "c"})
	s.wantPicks("FB-2 none", "sticky", "")
	s.onlySick([]string{"a"})
	s.wantPicks("FB-2 a full circle left the cursor where it was", "sticky", "b")
}

func TestFallbackCursorFollowsItsMember(t *testing.T) {
	s := newStage(t, "a", "b", "c", "d")
	fb := NewFallback(true)
	s.group("fb", fb, []string{"a", "b", "c", "d"}, nil)
	remove := func(name string) {
		if _, err := fb.Remove(s.byID[name]); err != nil {
			t.Fatal(err)
		}
	}
	current := func(rule, want string) {
		t.Helper()
		if got := fb.Current(); got == nil || got.Name() != want {
			t.Errorf("%s: current is %v, want %s", rule, got, want)
		}
	}
	current("FB-3 before the first pick", "a")
	s.onlySick([]string{"a", "b"})
	s.wantPicks("FB-2", "fb", "c")
	s.onlySick(nil)
	current("FB-3 health alone moves nothing", "c")
	remove("a")
	current("GRP-3 one before it goes", "c")
	remove("c")
	current("GRP-3 itself goes", "d")
	remove("d")
	current("GRP-3 the last goes", "b")
	s.wantPicks("GRP-3", "fb", "b")
	remove("b")
	if got := fb.Current(); got != nil {
		t.Errorf("current of no members: got %s", got.Name())
	}
}
