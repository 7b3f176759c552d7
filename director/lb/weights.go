package lb

import (
	"math/bits"
	"sort"
)

// indexWeights goes on from the members that it knows already.
func (t *table) indexWeights() {
	total := 0.0
	if known := len(t.cumulative); known > 0 {
		total = t.cumulative[known-1]
	}
	for _, weight := range t.weights[len(t.cumulative):] {
		total += weight
		t.cumulative = append(t.cumulative, total)
	}
	// One guide for so many new members costs each of them the same, however
	// many there are; without one a pick takes a few steps more.
	if n := len(t.up); n <= alwaysGuided || n >= t.guided+t.guided/4 {
		t.guide, t.guided = guideOf(t.cumulative), n
	}
}

// alwaysGuided is the number of members up to which a guide is made at once.
const alwaysGuided = 1024

// guideOf returns nil if there is nobody to guide to.
func guideOf(cumulative []float64) []int32 {
	n := len(cumulative)
	if n == 0 {
		return nil
	}
	// A power of two, so that the share of a bucket is exact, and the bucket's
	// first member is found by the same arithmetic as the pick.
	buckets := 1 << bits.Len(uint(n-1))
	guide := make([]int32, buckets+1)
	at := 0
	for b := range guide {
		want := float64(b) / float64(buckets) * cumulative[n-1]
		for at < n-1 && cumulative[at] <= want {
			at++
		}
		guide[b] = int32(at)
	}
	return guide
}

// share returns the position of the first healthy member whose cumulative
// weight exceeds the share u of the total, 0 ≤ u < 1, and -1 if no healthy
// member has weight. It is vdir_pick_by_weight of vmod_directors.c, with the
// search begun by a guide table (Chen and Asau, 1974).
func (t *table) share(u float64) int {
	n := len(t.up)
	if n == 0 {
		return -1
	}
	low, high := 0, n-1
	if buckets := len(t.guide) - 1; buckets > 0 {
		b := min(max(int(u*float64(buckets)), 0), buckets-1)
		low, high = int(t.guide[b]), int(t.guide[b+1])
	}
	want := u * t.cumulative[n-1]
	if high-low > 8 {
		low += sort.Search(high-low, func(i int) bool { return t.cumulative[low+i] > want })
	}
	for low < high && t.cumulative[low] <= want {
		low++
	}
	return int(t.up[low])
}
