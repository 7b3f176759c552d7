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
	for _, typ := range groupTypes() {
		for _, n := range benchSizes {
			for _, sick := range []int{0, 30} {
				// The director is made within Run: only those that are asked for.
				b.Run(fmt.Sprintf("%s/members=%d/sick=%d%%", typ.Name, n, sick), func(b *testing.B) {
					benchBoth(b, benchPool(b, typ.Name, n, sick))
				})
			}
		}
	}
}

// BenchmarkBusy picks when all members have requests in flight, which is when a
// least-connections director has to look at several.
func BenchmarkBusy(b *testing.B) {
	for _, n := range benchSizes {
		b.Run(fmt.Sprintf("least-connections/members=%d", n), func(b *testing.B) {
			s := newStage(b)
			pool := s.add("pool", NewLeastConnections(nil))
			for i := range n {
				name := fmt.Sprint("s", i)
				s.add(name, server{})
				s.member("pool", name, 1)
				resp, err := (&director.Transport{Runtime: s.rt, Director: s.byID[name]}).RoundTrip(benchRequests(b)[0])
				if err != nil {
					b.Fatal(err)
				}
				defer resp.Body.Close()
			}
			benchBoth(b, pool)
		})
	}
}

// BenchmarkDeep picks through four levels of directors with three members each.
func BenchmarkDeep(b *testing.B) {
	for _, typ := range groupTypes() {
		b.Run(typ.Name+"/levels=4", func(b *testing.B) {
			s := newStage(b, "leaf0", "leaf1", "leaf2")
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
			benchBoth(b, s.byID["level3-0"])
		})
	}
}

// A plainBackend is a slice's element in the baseline, alone on its cache lines
// as a director is.
type plainBackend struct {
	_     [64]byte
	inUse atomic.Int64
	_     [56]byte
}

// BenchmarkBaseline is the least that a round robin can cost: an atomic cursor
// over a slice, alone and with a count of what is in use.
func BenchmarkBaseline(b *testing.B) {
	for _, n := range benchSizes {
		backends := make([]*plainBackend, n)
		for i := range backends {
			backends[i] = new(plainBackend)
		}
		var cursor atomic.Uint64
		pick := func() *plainBackend { return backends[cursor.Add(1)%uint64(n)] }
		benchPlain(b, fmt.Sprintf("pick/members=%d", n), func() {
			if pick() == nil {
				b.Fail()
			}
		})
		benchPlain(b, fmt.Sprintf("held/members=%d", n), func() {
			chosen := pick()
			chosen.inUse.Add(1)
			chosen.inUse.Add(-1)
		})
	}
}

func benchPlain(b *testing.B, name string, f func()) {
	b.Run(name+"/serial", func(b *testing.B) {
		for b.Loop() {
			f()
		}
	})
	b.Run(name+"/parallel", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				f()
			}
		})
	})
}

// BenchmarkFlip is a change of a member's health, until picks heed it, and back.
func BenchmarkFlip(b *testing.B) {
	for _, typ := range groupTypes() {
		for _, n := range benchSizes {
			b.Run(fmt.Sprintf("%s/members=%d", typ.Name, n), func(b *testing.B) {
				member := benchMember(b, benchPool(b, typ.Name, n, 0))
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
	for _, typ := range groupTypes() {
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

func benchBoth(b *testing.B, d *director.Director) {
	b.Run("serial", func(b *testing.B) { benchSerial(b, d) })
	b.Run("parallel", func(b *testing.B) { benchParallel(b, d) })
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
