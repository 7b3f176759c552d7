package lb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
)

// pools returns a director of each type that has a table, and its members.
func pools() map[string]*members {
	rr, fallback, random, least := NewRoundRobin(), NewFallback(true), NewRandom(nil), NewLeastConnections(nil)
	return map[string]*members{
		"round-robin": &rr.members, "fallback": &fallback.members,
		"random": &random.members, "least-connections": &least.members,
	}
}

// A bound is members that are a director by themselves.
type bound struct{ *members }

func (bound) Type() string { return "bound" }

func TestTableThatGrewIsWhatANewOneWouldBe(t *testing.T) {
	for name, m := range pools() {
		t.Run(name, func(t *testing.T) {
			s, r := newStage(t), rand.New(rand.NewPCG(1, 2))
			s.add("pool", bound{m})
			var leaves []*director.Director
			for i := range 600 {
				switch n := r.IntN(12); {
				case n < 9 || len(leaves) == 0:
					d := s.add(fmt.Sprint("leaf", i), leaf{})
					d.ReportHealth(r.IntN(3) > 0, "")
					leaves = append(leaves, d)
					s.member("pool", d.Name(), float64(r.IntN(4)))
				case n < 10:
					leaves[r.IntN(len(leaves))].ReportHealth(r.IntN(2) == 0, "")
				case n < 11:
					m.turn(r)
				default:
					number := m.slots[r.IntN(len(m.slots))].Slot()
					if err := m.SetMember(number, leaves[r.IntN(len(leaves))], float64(r.IntN(4))); err != nil {
						t.Fatal(err)
					}
				}
				sameTable(t, m.current(), newTable(m.kind, m.slots, m.current()))
				if t.Failed() {
					t.Fatalf("after %d steps", i)
				}
			}
		})
	}
}

// turn moves the cursor as some picks would.
func (m *members) turn(r *rand.Rand) {
	t := m.current()
	switch {
	case m.kind == inOrder && len(t.slots) > 0:
		t.cursor.Store(r.Uint64N(uint64(len(t.slots))))
	case m.kind == inTurn:
		t.cursor.Add(r.Uint64N(5))
	}
}

func sameTable(t *testing.T, got, want *table) {
	t.Helper()
	same := slices.Equal(got.slots, want.slots) && slices.Equal(got.healthy, want.healthy) &&
		slices.Equal(got.up, want.up) && slices.Equal(got.weights, want.weights) &&
		slices.Equal(got.loads, want.loads) && slices.Equal(got.cumulative, want.cumulative)
	if !same {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if got.nextTurn() != want.nextTurn() {
		t.Errorf("next turn: got %d, want %d", got.nextTurn(), want.nextTurn())
	}
	for i := range got.slots {
		if g, w := got.following(uint64(i)), want.following(uint64(i)); g != w {
			t.Errorf("healthy from %d on: got %d, want %d", i, g, w)
		}
	}
	for i := range 100 {
		if u := float64(i) / 100; got.kind == byWeight && got.share(u) != want.share(u) {
			t.Errorf("share %g: got %d, want %d", u, got.share(u), want.share(u))
		}
	}
}

func TestShareIsTheSameWithoutAGuide(t *testing.T) {
	s := newStage(t)
	random := NewRandom(nil)
	s.add("pool", random)
	addMembers(s, "pool", random, alwaysGuided+alwaysGuided/8)
	grown := random.current()
	if grown.guide != nil {
		t.Fatal("the table has a guide, so there is nothing to compare")
	}
	sameTable(t, grown, newTable(byWeight, random.slots, grown))
}

func TestPicksHeedAFlipWhileMembersAreAdded(t *testing.T) {
	for name, m := range pools() {
		t.Run(name, func(t *testing.T) {
			s := newStage(t, "first")
			s.add("pool", bound{m})
			s.member("pool", "first", 1)
			var adding sync.WaitGroup
			for g := range 2 {
				adding.Go(func() {
					for i := range 300 {
						d, err := s.vcl.Add(fmt.Sprint("leaf", g, "-", i), leaf{})
						if err == nil {
							_, err = m.AddMember(d, 1)
						}
						if err != nil {
							t.Error(err)
							return
						}
					}
				})
			}
			for i := range 1000 {
				s.byID["first"].ReportHealth(i%2 == 1, "")
				if got, want := m.current().healthy[0], i%2 == 1; got != want {
					t.Errorf("flip %d: got healthy %t in the table, want %t", i, got, want)
				}
			}
			adding.Wait()
			sameTable(t, m.current(), newTable(m.kind, m.slots, m.current()))
			if got, want := len(m.current().slots), 601; got != want {
				t.Errorf("got %d members, want %d", got, want)
			}
		})
	}
}

func TestBatchOfADirectorInNoVCL(t *testing.T) {
	rr := NewRoundRobin()
	if err := rr.Batch(func() error { return nil }); err != nil || len(rr.Members()) != 0 {
		t.Errorf("got %v and %d members, want none", err, len(rr.Members()))
	}
}
