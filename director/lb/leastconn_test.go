package lb

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/callboard/callboard/director"
)

// A server is a leaf that answers; a request is in flight until its body is
// closed.
type server struct{ leaf }

func (server) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: 200, Body: http.NoBody}, nil
}

// send sends a request through a director and returns who answers, and how to
// end it.
func (s *stage) send(name string) (string, func()) {
	s.t.Helper()
	r, err := http.NewRequest("GET", "http://h/", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	before := make(map[string]int64)
	for name, d := range s.byID {
		before[name] = d.InFlight()
	}
	resp, err := (&director.Transport{Runtime: s.rt, Director: s.byID[name]}).RoundTrip(r)
	if err != nil {
		s.t.Fatal(err)
	}
	for name, d := range s.byID {
		if d.InFlight() > before[name] {
			return name, func() { resp.Body.Close() }
		}
	}
	s.t.Fatal("no request is in flight")
	return "", nil
}

func serverStage(t *testing.T, n int, weights ...float64) *stage {
	t.Helper()
	s := newStage(t)
	s.add("lc", NewLeastConnections(nil))
	for i := range n {
		name := fmt.Sprint("s", i)
		s.add(name, server{})
		weight := 1.0
		if weights != nil {
			weight = weights[i]
		}
		s.member("lc", name, weight)
	}
	return s
}

func TestLeastConnectionsTakesTheIdle(t *testing.T) {
	s := serverStage(t, 3)
	end := make(map[string]func())
	for range 3 {
		name, f := s.send("lc")
		if end[name] != nil {
			t.Fatalf("%s was taken twice while others were idle", name)
		}
		end[name] = f
	}
	for _, idle := range []string{"s1", "s2", "s0", "s1"} {
		end[idle]()
		name, f := s.send("lc")
		if name != idle {
			t.Errorf("got %s, want %s, which alone has none in flight", name, idle)
		}
		end[name] = f
	}
	for _, f := range end {
		f()
	}
}

func TestLeastConnectionsTakesTurnsAmongEquals(t *testing.T) {
	s := serverStage(t, 3)
	s.wantPicks("idle", "lc", "s0", "s1", "s2", "s0")
	s.health("s1", director.AdminSick)
	s.wantPicks("one sick", "lc", "s2", "s0", "s2")
}

func TestLeastConnectionsHeedsWeights(t *testing.T) {
	s := serverStage(t, 3, 3, 1, 0)
	got := make(map[string]int)
	for range 40 {
		name, end := s.send("lc")
		defer end()
		got[name]++
	}
	if got["s0"] != 30 || got["s1"] != 10 || got["s2"] != 0 {
		t.Errorf("weights 3, 1, 0: got %v, want 30, 10 and none", got)
	}
	s.onlySick([]string{"s0", "s1"})
	s.wantPicks("only weight 0 is healthy", "lc", "")
}

func TestLeastConnectionsOfManyKeepsThemLevel(t *testing.T) {
	const n, each = 100, 10
	s := serverStage(t, n)
	most := int64(0)
	for range n * each {
		_, end := s.send("lc")
		defer end()
	}
	for i := range n {
		most = max(most, s.byID[fmt.Sprint("s", i)].InFlight())
	}
	// One choice by chance would give the busiest about 20.
	if most > each+6 {
		t.Errorf("the busiest of %d has %d in flight, want not many more than %d", n, most, each)
	}
}

func TestLeastConnectionsCountsWhatGroupsCarry(t *testing.T) {
	s := newStage(t)
	for _, name := range []string{"a1", "a2", "b1"} {
		s.add(name, server{})
	}
	shard, _ := NewShard(ShardOptions{})
	s.group("a", NewRoundRobin(), []string{"a1", "a2"}, nil)
	s.group("b", shard, []string{"b1"}, nil)
	s.group("lc", NewLeastConnections(nil), []string{"a", "b"}, nil)
	_, end := s.send("a")
	defer end()
	for range 3 {
		if name := s.pick("lc", nil); name != "b1" {
			t.Errorf("got %s, want b1: the other group has a request in flight", name)
		}
	}
}
