package lb

import (
	"math/bits"
	"slices"
	"sort"
	"strconv"
)

// A ring is the circle of a shard director: every member has its points on it,
// and a key belongs to the member whose point follows. It is pure and never
// changed after it was made. Follows vmod_directors_shard_cfg.c
// (shardcfg_hashcircle) and vmod_directors_shard_dir.c (shard_lookup).
type ring struct {
	// points in ascending order, each with the index of its member in the low
	// 32 bits. Points that are equal are in the order of the members, which
	// Varnish leaves open.
	points []uint64
	// guide[b] is the index of the first point whose high bits are at least b,
	// so that a lookup searches one bucket instead of the ring.
	guide []uint32
	shift uint
}

// pointsOf returns the points of one member, ascending: Hash32 of its identity
// followed by each number below count in decimal.
func pointsOf(ident string, count int) []uint32 {
	points := make([]uint32, count)
	key := append(make([]byte, 0, len(ident)+10), ident...)
	for i := range points {
		points[i] = Hash32(strconv.AppendInt(key[:len(ident)], int64(i), 10))
	}
	slices.Sort(points)
	return points
}

// with returns the ring after a change of members: those of r have moved to the
// index that moved gives, -1 if they are gone, and added have their points
// added. Only what is added is sorted.
func (r *ring) with(moved []int, added map[int][]uint32) *ring {
	var fresh []uint64
	for m, points := range added {
		for _, p := range points {
			fresh = append(fresh, uint64(p)<<32|uint64(m))
		}
	}
	slices.Sort(fresh)
	changed := &ring{points: merge(r.kept(moved), fresh)}
	changed.index()
	return changed
}

// kept returns the points that are left when members have moved.
func (r *ring) kept(moved []int) []uint64 {
	same := true
	for from, to := range moved {
		same = same && from == to
	}
	if same {
		return r.points
	}
	kept := make([]uint64, 0, len(r.points))
	for _, p := range r.points {
		if to := moved[uint32(p)]; to >= 0 {
			kept = append(kept, p&^0xffffffff|uint64(to))
		}
	}
	return kept
}

// merge returns both in order. The second is usually much shorter, so the first
// is copied in runs.
func merge(a, b []uint64) []uint64 {
	merged := make([]uint64, 0, len(a)+len(b))
	for _, p := range b {
		run, _ := slices.BinarySearch(a, p)
		merged = append(append(merged, a[:run]...), p)
		a = a[run:]
	}
	return append(merged, a...)
}

// index makes the guide, with one bucket for each one or two points.
func (r *ring) index() {
	width := max(1, bits.Len(uint(len(r.points)))-1)
	r.shift = 32 - uint(width)
	r.guide = make([]uint32, 1<<width+1)
	// Counted and summed up, because a walk along the points would mispredict
	// its branch at every second bucket.
	for _, p := range r.points {
		r.guide[p>>(32+r.shift)+1]++
	}
	for b := 1; b < len(r.guide); b++ {
		r.guide[b] += r.guide[b-1]
	}
}

func (r *ring) len() int { return len(r.points) }

// owner returns the index of the member that has the i-th point.
func (r *ring) owner(i int) int { return int(uint32(r.points[i])) }

// lookup returns the index of the first point at or after the key. Varnish's
// bisection has two quirks that its answers show, so they are here as well: a
// key after the last point belongs to the last point instead of the first, and
// of exactly two points the second is found whatever the key is. The ring must
// not be empty.
func (r *ring) lookup(key uint32) int {
	n := len(r.points)
	if n == 2 {
		return 1
	}
	bucket := key >> r.shift
	low, high := int(r.guide[bucket]), int(r.guide[bucket+1])
	want := uint64(key) << 32
	if high-low > 8 {
		low += sort.Search(high-low, func(i int) bool { return r.points[low+i] >= want })
	}
	for low < high && r.points[low] < want {
		low++
	}
	return min(low, n-1)
}
