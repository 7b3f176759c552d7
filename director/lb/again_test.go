package lb

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
)

// A failer is a leaf that answers, unless it is told to fail.
type failer struct {
	name string
	fail bool
}

func (*failer) Type() string { return "failer" }
func (f *failer) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	if f.fail {
		return nil, errors.New(f.name + " fails")
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

// An again is a load balancer, the default of a VCL, whose leaves can be made to
// fail.
type again struct {
	*stage
	leaves  map[string]*failer
	members []string
}

func newAgain(t *testing.T, impl director.Implementation, members []string, weights []float64) *again {
	a := &again{stage: newStage(t), leaves: make(map[string]*failer), members: members}
	for _, name := range members {
		a.leaves[name] = &failer{name: name}
		a.add(name, a.leaves[name])
	}
	a.group("d", impl, members, weights)
	return a
}

// failing makes the named leaves fail and all others answer.
func (a *again) failing(names ...string) {
	for name, leaf := range a.leaves {
		leaf.fail = slices.Contains(names, name)
	}
}

// sent sends a request and returns the name of the leaf that answered it, "" if
// none has.
func (a *again) sent(req *http.Request) string {
	a.t.Helper()
	resp, err := (&director.Transport{Director: a.byID["d"]}).RoundTrip(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	leaf, _, _ := director.AnsweredBy(resp)
	return leaf.Name()
}

func requestFor(t testing.TB, path string) *http.Request {
	t.Helper()
	req, err := http.NewRequest("GET", "http://example.test/"+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// A key goes where it would go if what has failed it were sick, whichever that is.
func TestAKeyGoesWhereItWouldGoIfWhatFailsWereSick(t *testing.T) {
	shard := func(p Params) director.Implementation {
		s, err := NewShard(ShardOptions{Params: p})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	for name, impl := range map[string]director.Implementation{
		"hash":                   NewHash(""),
		"shard":                  shard(Params{}.URL()),
		"shard, by hash":         shard(Params{}),
		"shard, alternative 1":   shard(Params{}.URL().Alt(1)),
		"shard, alternative 2":   shard(Params{}.URL().Alt(2)),
		"shard, alternative all": shard(Params{}.URL().Alt(1).Healthy(All)),
	} {
		t.Run(name, func(t *testing.T) {
			a := newAgain(t, impl, []string{"a", "b", "c", "d1", "e"}, []float64{1, 2, 1, 3, 1})
			for _, gone := range [][]string{{"a"}, {"b"}, {"d1", "e"}, {"a", "c"}} {
				moved := 0
				for i := range 100 {
					req := requestFor(t, fmt.Sprint("x", i))
					a.failing()
					var sick []string
					want := a.sent(req)
					for slices.Contains(gone, want) {
						sick = append(sick, want)
						a.onlySick(sick)
						want = a.sent(req)
					}
					a.onlySick(nil)
					a.failing(gone...)
					if got := a.sent(req); got != want {
						t.Fatalf("%v fail, key %d: got %q, want %q as if %v were sick", gone, i, got, want, sick)
					}
					moved += len(sick)
				}
				if moved == 0 {
					t.Errorf("%v: no key was theirs, so nothing was tried", gone)
				}
			}
		})
	}
}

// Where the health of a member does not matter, it matters that it has failed;
// and where a walk for an alternative ends without one, what is left serves.
func TestAShardLeavesNoMemberOut(t *testing.T) {
	for name, p := range map[string]Params{
		"health ignored":                 Params{}.URL().Healthy(Ignore),
		"health ignored, an alternative": Params{}.URL().Healthy(Ignore).Alt(1),
		"alternative":                    Params{}.URL().Alt(1),
		"alternative of all":             Params{}.URL().Alt(1).Healthy(All),
	} {
		for _, good := range []string{"a", "b"} {
			t.Run(name+" "+good, func(t *testing.T) {
				s, err := NewShard(ShardOptions{Params: p})
				if err != nil {
					t.Fatal(err)
				}
				a := newAgain(t, s, []string{"a", "b"}, []float64{1, 1})
				a.failing(map[string]string{"a": "b", "b": "a"}[good])
				for i := range 50 {
					if got := a.sent(requestFor(t, fmt.Sprint("x", i))); got != good {
						t.Fatalf("key %d: got %q, want %s", i, got, good)
					}
				}
			})
		}
	}
}

// A failure moves neither turn nor place: the requests of others go where they
// would have gone.
func TestAFailureTakesNoTurn(t *testing.T) {
	for _, c := range []struct {
		name string
		impl func() director.Implementation
		fail []string
		want []string // who answers
	}{
		{"round-robin, one of two", func() director.Implementation { return NewRoundRobin() }, []string{"a"}, []string{"b", "b", "b", "b"}},
		// c is another's turn; the failing one's requests go to others by turns.
		{
			"round-robin, one of three", func() director.Implementation { return NewRoundRobin() }, []string{"a"},
			[]string{"b", "b", "c", "c", "b", "c", "b", "b", "c"},
		},
		{"fallback", func() director.Implementation { return NewFallback(false) }, []string{"a"}, []string{"b", "b"}},
		{"sticky fallback", func() director.Implementation { return NewFallback(true) }, []string{"a"}, []string{"b", "b"}},
		{"least-connections", func() director.Implementation { return NewLeastConnections(nil) }, []string{"a"}, []string{"b", "b", "c"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			members := []string{"a", "b", "c"}
			if c.want[len(c.want)-1] == "b" {
				members = members[:2]
			}
			// The turns of a twin in which nothing fails.
			a, twin := newAgain(t, c.impl(), members, []float64{1, 1, 1}), newAgain(t, c.impl(), members, []float64{1, 1, 1})
			a.failing(c.fail...)
			for i, want := range c.want {
				if got := a.sent(requestFor(t, "")); got != want {
					t.Errorf("request %d: got %q, want %s", i, got, want)
				}
				twin.sent(requestFor(t, ""))
			}
			a.failing()
			for i := range 4 {
				if got, want := a.sent(requestFor(t, "")), twin.sent(requestFor(t, "")); got != want {
					t.Errorf("request %d after the failures: got %q, want %q as if there had been none", i, got, want)
				}
			}
			if f, ok := a.byID["d"].Implementation().(*Fallback); ok && f.Current().Name() != "a" {
				t.Errorf("current: got %s, want a", f.Current().Name())
			}
		})
	}
}

// What is left shares by weight what was the failing one's.
func TestRandomSharesWhatFailsByWeight(t *testing.T) {
	a := newAgain(t, NewRandom(newVarnishRandom(1).single), []string{"a", "b", "c", "none"}, []float64{5, 3, 1, 0})
	a.failing("a")
	got := map[string]int{}
	for range 4000 {
		got[a.sent(requestFor(t, ""))]++
	}
	if b, c := got["b"], got["c"]; b+c != 4000 || b < 2900 || b > 3100 {
		t.Errorf("got %v, want 3000 and 1000, about", got)
	}
}
