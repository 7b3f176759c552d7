package lb

import (
	"fmt"
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/callboard/callboard/director"
)

// The benchmarks print what one pick costs with the reference that comes with
// it: resolve, hold, drop. Compare within one run only.

var benchSizes = []int{3, 10, 100, 1000}

func BenchmarkPick(b *testing.B) {
	for _, typ := range Types() {
		for _, n := range benchSizes {
			for _, sick := range []int{0, 30} {
				d := benchPool(b, typ.Name, n, sick)
				name := fmt.Sprintf("%s/members=%d/sick=%d%%", typ.Name, n, sick)
				b.Run(name+"/serial", func(b *testing.B) { benchSerial(b, d) })
				b.Run(name+"/parallel", func(b *testing.B) { benchParallel(b, d) })
			}
		}
	}
}

// BenchmarkDeep picks through four levels of directors with three members each.
func BenchmarkDeep(b *testing.B) {
	for _, typ := range Types() {
		s := newStage(b)
		for i := range 3 {
			s.add(fmt.Sprint("leaf", i), leaf{})
		}
		below := "leaf"
		for level := range 4 {
			for i := range 3 {
				impl, err := New(typ.Name, nil)
				if err != nil {
					b.Fatal(err)
				}
				members := []string{below + "0", below + "1", below + "2"}
				s.group(fmt.Sprintf("level%d-%d", level, i), impl, members, nil)
			}
			below = fmt.Sprintf("level%d-", level)
		}
		top := s.byID["level3-0"]
		b.Run(typ.Name+"/serial", func(b *testing.B) { benchSerial(b, top) })
		b.Run(typ.Name+"/parallel", func(b *testing.B) { benchParallel(b, top) })
	}
}

// BenchmarkBaseline is the least that a round robin can cost: an atomic cursor
// over a slice, alone and with a count of what is in use.
func BenchmarkBaseline(b *testing.B) {
	type backend struct {
		_      [64]byte
		inUse  atomic.Int64
		_      [56]byte
		closed bool
	}
	for _, n := range benchSizes {
		backends := make([]*backend, n)
		for i := range backends {
			backends[i] = new(backend)
		}
		var cursor atomic.Uint64
		pick := func() *backend { return backends[cursor.Add(1)%uint64(len(backends))] }
		b.Run(fmt.Sprintf("pick/members=%d/serial", n), func(b *testing.B) {
			for b.Loop() {
				if pick().closed {
					b.Fail()
				}
			}
		})
		b.Run(fmt.Sprintf("pick/members=%d/parallel", n), func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if pick().closed {
						b.Fail()
					}
				}
			})
		})
		b.Run(fmt.Sprintf("held/members=%d/serial", n), func(b *testing.B) {
			for b.Loop() {
				chosen := pick()
				chosen.inUse.Add(1)
				chosen.inUse.Add(-1)
			}
		})
		b.Run(fmt.Sprintf("held/members=%d/parallel", n), func(b *testing.B) {
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					chosen := pick()
					chosen.inUse.Add(1)
					chosen.inUse.Add(-1)
				}
			})
		})
	}
}

// BenchmarkFlip is a change of a member's health, until picks heed it, and back.
func BenchmarkFlip(b *testing.B) {
	for _, typ := range Types() {
		for _, n := range benchSizes {
			d := benchPool(b, typ.Name, n, 0)
			member := benchMember(b, d)
			b.Run(fmt.Sprintf("%s/members=%d", typ.Name, n), func(b *testing.B) {
				b.ReportAllocs()
				healthy := true
				for b.Loop() {
					healthy = !healthy
					member.ReportHealth(healthy, "")
				}
			})
		}
	}
}

// BenchmarkAdd builds a director of a thousand members, one by one.
func BenchmarkAdd(b *testing.B) {
	for _, typ := range Types() {
		b.Run(typ.Name+"/members=1000", func(b *testing.B) {
			for b.Loop() {
				benchPool(b, typ.Name, 1000, 0)
			}
		})
	}
}

func benchPool(b *testing.B, typeName string, n, sickPercent int) *director.Director {
	b.Helper()
	impl, err := New(typeName, nil)
	if err != nil {
		b.Fatal(err)
	}
	s := newStage(b)
	d := s.add("pool", impl)
	for i := range n {
		name := fmt.Sprint("b", i)
		leaf := s.add(name, leaf{})
		s.member("pool", name, 1)
		if i*sickPercent/100 != (i+1)*sickPercent/100 {
			leaf.ReportHealth(false, "")
		}
	}
	return d
}

func benchMember(b *testing.B, pool *director.Director) *director.Director {
	b.Helper()
	h, err := pool.Resolve(&director.Task{Request: benchRequests(b)[0]})
	if err != nil {
		b.Fatal(err)
	}
	defer h.Drop()
	return h.Director()
}

// benchRequests are enough different ones for keys to be spread.
func benchRequests(b *testing.B) []*http.Request {
	b.Helper()
	requests := make([]*http.Request, 256)
	for i := range requests {
		r, err := http.NewRequest("GET", fmt.Sprintf("http://example.com/catalogue/item/%d?lang=en", i), nil)
		if err != nil {
			b.Fatal(err)
		}
		requests[i] = r
	}
	return requests
}

func benchSerial(b *testing.B, d *director.Director) {
	requests := benchRequests(b)
	b.ReportAllocs()
	task, i := new(director.Task), 0
	for b.Loop() {
		task.Request = requests[i%256]
		i++
		h, err := d.Resolve(task)
		if err != nil {
			b.Fatal(err)
		}
		h.Drop()
	}
}

func benchParallel(b *testing.B, d *director.Director) {
	requests := benchRequests(b)
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		task, i := new(director.Task), 0
		for pb.Next() {
			task.Request = requests[i%256]
			i++
			h, err := d.Resolve(task)
			if err != nil {
				b.Fatal(err)
			}
			h.Drop()
		}
	})
}
