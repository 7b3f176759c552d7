package lb

import (
	"fmt"
	"runtime"
	"testing"

	"github.com/callboard/callboard/director"
)

// large is the number of leaves of the benchmarks of size.
const large = 100_000

// BenchmarkAdd100000 adds a hundred thousand leaves, alone or as members. It
// prints the memory that each leaf keeps, with its slot, its place in the pool,
// in the tree and in the log: B/leaf.
//
//	go test -run '^$' -bench Add100000 -benchtime 3x ./director/lb/
func BenchmarkAdd100000(b *testing.B) {
	b.Run("loose", func(b *testing.B) {
		benchLarge(b, func(s *stage) { addLeaves(s, large) })
	})
	for _, typ := range []string{"round-robin", "random", "fallback", "least-connections"} {
		b.Run("10-pools-one-by-one/"+typ, func(b *testing.B) {
			benchLarge(b, func(s *stage) {
				for p := range 10 {
					addPool(s, fmt.Sprint("pool", p), typ, large/10)
				}
			})
		})
	}
	b.Run("100-pools-in-batches", func(b *testing.B) {
		benchLarge(b, func(s *stage) {
			for p := range 100 {
				addBatch(s, fmt.Sprint("pool", p), large/100)
			}
		})
	})
}

// BenchmarkSetHealth100000 sets the admin health of all members of ten pools, and
// of the pools, by one pattern.
func BenchmarkSetHealth100000(b *testing.B) {
	s := newStage(b)
	for p := range 10 {
		addBatch(s, fmt.Sprint("pool", p), large/10)
	}
	states := []director.AdminHealth{director.AdminSick, director.AdminAuto}
	for i := 0; b.Loop(); i++ {
		if n, err := s.rt.SetHealth("boot.*", states[i%2]); err != nil || n != large+10 {
			b.Fatalf("got %d, %v, want %d directors", n, err, large+10)
		}
	}
}

func benchLarge(b *testing.B, build func(*stage)) {
	for b.Loop() {
		b.StopTimer()
		before := inUse()
		s := newStage(b)
		b.StartTimer()
		build(s)
		b.StopTimer()
		b.ReportMetric(float64(inUse()-before)/large, "B/leaf")
		if err := s.rt.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func addLeaves(s *stage, n int) {
	for i := range n {
		mustAdd(s, fmt.Sprint("leaf", i), leaf{})
	}
}

func addPool(s *stage, name, typ string, n int) {
	impl, err := New(typ, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	mustAdd(s, name, impl)
	addMembers(s, name, impl.(director.Group), n)
}

func addBatch(s *stage, name string, n int) {
	impl := NewRoundRobin()
	mustAdd(s, name, impl)
	err := impl.Batch(func() error {
		addMembers(s, name, impl, n)
		return nil
	})
	if err != nil {
		s.t.Fatal(err)
	}
}

func addMembers(s *stage, name string, group director.Group, n int) {
	for i := range n {
		d := mustAdd(s, fmt.Sprintf("%s.%d", name, i), leaf{})
		if _, err := group.AddMember(d, 1); err != nil {
			s.t.Fatal(err)
		}
	}
}

// mustAdd is add without the map of names, whose memory is not that of the tree.
func mustAdd(s *stage, name string, impl director.Implementation) *director.Director {
	d, err := s.vcl.Add(name, impl)
	if err != nil {
		s.t.Fatal(err)
	}
	return d
}
