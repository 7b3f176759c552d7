package lb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
)

// A plainGroup is round robin and fallback word for word (GRP-2, GRP-3, RR-1,
// RR-2, FB-1, FB-2): a list, a cursor, and a look at each member's health.
type plainGroup struct {
	kind    string // round-robin, plain or sticky
	members []string
	sick    map[string]bool
	cursor  int
}

func (g *plainGroup) pick() string {
	n := len(g.members)
	if n == 0 {
		return ""
	}
	switch g.kind {
	case "round-robin":
		// The defect is not copied: the cursor is in bounds before it is used.
		at := g.cursor % n
		for range n {
			chosen := g.members[at]
			at = (at + 1) % n
			if !g.sick[chosen] {
				g.cursor = at
				return chosen
			}
		}
		return ""
	case "plain":
		g.cursor = 0
	}
	for range n {
		if chosen := g.members[g.cursor]; !g.sick[chosen] {
			return chosen
		}
		g.cursor = (g.cursor + 1) % n
	}
	return ""
}

func (g *plainGroup) remove(name string) {
	i := slices.Index(g.members, name)
	if i < 0 {
		return
	}
	g.members = slices.Delete(g.members, i, i+1)
	switch {
	case g.kind == "round-robin":
	case i < g.cursor:
		g.cursor--
	case g.cursor == len(g.members):
		g.cursor = 0
	}
}

// Long random sequences of picks, flips, additions and removals give the same
// answers as the plain rules.
func TestSequencesFollowThePlainRules(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e"}
	for _, kind := range []string{"round-robin", "plain", "sticky"} {
		t.Run(kind, func(t *testing.T) {
			for seed := range uint64(40) {
				s := newStage(t, names...)
				if kind == "round-robin" {
					s.add("pool", NewRoundRobin())
				} else {
					s.add("pool", NewFallback(kind == "sticky"))
				}
				s.follow(&plainGroup{kind: kind, sick: make(map[string]bool)}, names, rand.New(rand.NewPCG(seed, 1)))
			}
		})
	}
}

// follow does to the director named pool what it does to the plain group.
func (s *stage) follow(plain *plainGroup, names []string, random *rand.Rand) {
	s.t.Helper()
	pool := s.byID["pool"].Implementation().(interface {
		Remove(*director.Director) (bool, error)
	})
	var done []string
	for range 300 {
		name := names[random.IntN(len(names))]
		switch choice := random.IntN(10); {
		case choice < 6:
			done = append(done, "pick")
			if got, want := s.pick("pool", nil), plain.pick(); got != want {
				s.t.Fatalf("after %v: got %q, want %q", done, got, want)
			}
		case choice < 8:
			done = append(done, "flip "+name)
			plain.sick[name] = !plain.sick[name]
			s.byID[name].ReportHealth(!plain.sick[name], "")
		case choice < 9 && len(plain.members) < 8:
			done = append(done, "add "+name)
			plain.members = append(plain.members, name)
			s.member("pool", name, 0)
		default:
			done = append(done, "remove "+name)
			plain.remove(name)
			if _, err := pool.Remove(s.byID[name]); err != nil {
				s.t.Fatal(fmt.Errorf("remove %s: %w", name, err))
			}
		}
	}
}
