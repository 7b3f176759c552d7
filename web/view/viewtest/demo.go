package viewtest

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/callboard/callboard/director/tree"
)

// Demo is the tree of the demo: six backends with probes, two pools, a cache
// and the site that chooses between them.
func Demo() *Stage {
	st := New("demo")
	for i, name := range []string{"a1", "a2", "a3", "b1", "b2", "c1"} {
		st.Add(name, "backend", "host", "127.0.0.1", "port", fmt.Sprint(9001+i), "probe", "GET /health every 500ms")
	}
	poolA := st.Add("pool_a", "round-robin")
	poolB := st.Add("pool_b", "random")
	cache := st.Add("cache", "shard", "replicas", "67")
	site := st.Add("site", "fallback", "sticky", "false")
	for _, name := range []string{"a1", "a2", "a3"} {
		st.Member(poolA, st.ID(name), 0)
	}
	st.Member(poolB, st.ID("b1"), 2)
	st.Member(poolB, st.ID("b2"), 1)
	for _, name := range []string{"a1", "a2", "a3"} {
		st.Member(cache, st.ID(name), 0)
	}
	for _, id := range []uint64{poolA, poolB, st.ID("c1")} {
		st.Member(site, id, 0)
	}
	st.Default(site)
	for _, name := range []string{"a1", "a2", "a3", "b1", "b2", "c1"} {
		st.Probe(st.ID(name), 1<<41-1, 8)
	}
	return st
}

// Busy is the demo in trouble: some backends sick, one set so by hand, one
// lingering with a pin and two requests, another pinned.
func Busy() *Stage {
	st := Demo()
	st.Probe(st.ID("a2"), 0xff_fff0_fff8<<3|1, 2)
	st.Health(st.ID("a2"), false, "probe: 2 of 8 good")
	st.Admin(st.ID("b2"), "sick")
	st.Pin(st.ID("c1"), "load test")
	a1 := st.ID("a1")
	st.Pin(a1, "workshop")
	st.Tasks(a1, 2)
	st.Tasks(st.ID("site"), 2)
	st.Delete(a1)
	return st
}

// Wide is a tree with n backends in pools of eight.
func Wide(n int) *Stage {
	st := New("wide")
	root := st.Add("site", "fallback")
	var pool uint64
	for i := range n {
		if i%8 == 0 {
			pool = st.Add(fmt.Sprintf("pool_%02d", i/8), []string{"round-robin", "random", "shard", "hash"}[i/8%4])
			st.Member(root, pool, 0)
		}
		weight := 0.0
		if i/8%2 == 1 {
			weight = float64(1 + i%3)
		}
		backend := st.Add(fmt.Sprintf("web%03d", i), "backend")
		st.Member(pool, backend, weight)
		st.Probe(backend, ^uint64(0), 8)
	}
	for i := range n {
		if i%7 == 3 {
			st.Health(st.ID(fmt.Sprintf("web%03d", i)), false, "probe: 0 of 8 good")
		}
	}
	st.Default(root)
	return st
}

// Step does one random thing that the runtime would allow. A history of steps
// depends only on the source of random numbers.
func (st *Stage) Step(rng *rand.Rand) {
	all := slices.Collect(st.Snapshot.Directors())
	if len(all) < 4 {
		st.addOne(rng)
		return
	}
	d, other := all[rng.IntN(len(all))], all[rng.IntN(len(all))]
	switch n := rng.IntN(20); {
	case n < 5:
		st.addOne(rng)
	case n < 9:
		st.memberIfAllowed(d, other, float64(rng.IntN(3)))
	case n < 11:
		st.rewireOne(d, other)
	case n < 13 && d.Phase == tree.Live && d.Leaf:
		st.Health(d.ID, !d.Healthy, "probe")
	case n < 13 && d.Phase == tree.Live:
		st.Admin(d.ID, []string{"auto", "sick", "healthy"}[rng.IntN(3)])
	case n < 14:
		st.Pin(d.ID, "note")
	case n < 16:
		for h := range d.Slots() {
			st.Unpin(d.ID, h.ID)
		}
	case n < 18:
		st.Tasks(d.ID, int64(rng.IntN(3)))
	default:
		st.Delete(d.ID)
	}
}

func (st *Stage) addOne(rng *rand.Rand) {
	kind := []string{"backend", "backend", "random", "round-robin", "fallback"}[rng.IntN(5)]
	st.Add(fmt.Sprintf("d%d", rng.IntN(30)), kind)
}

// rewireOne points the first slot of d at target, at nothing if that would close
// a loop.
func (st *Stage) rewireOne(d, target *tree.Director) {
	to := target.ID
	if d.Phase != tree.Live || target.Phase != tree.Live || reaches(st.Snapshot, to, d.ID) {
		to = 0
	}
	for m := range d.Members() {
		st.Assign(d.ID, m.Slot, to)
		return
	}
}

func (st *Stage) memberIfAllowed(d, target *tree.Director, weight float64) {
	if d.Leaf || d.Phase != tree.Live || target.Phase != tree.Live || reaches(st.Snapshot, target.ID, d.ID) {
		return
	}
	st.Member(d.ID, target.ID, weight)
}

// reaches reports whether a path of members leads from one to the other.
func reaches(s *tree.Snapshot, from, to uint64) bool {
	if from == to {
		return true
	}
	d, ok := s.Director(from)
	if !ok {
		return false
	}
	for m := range d.Members() {
		if reaches(s, m.ID, to) {
			return true
		}
	}
	return false
}
