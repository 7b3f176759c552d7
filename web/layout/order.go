package layout

import (
	"cmp"
	"math"
	"slices"
)

// sweeps is how often the columns are put in order; more has not been seen to
// remove a crossing.
const sweeps = 6

// orderAnew orders each column so that few edges cross, from the order of IDs.
func (s *sketch) orderAnew() {
	best, least := s.order(), s.crossings()
	for i := 0; i < sweeps && least > 0; i++ {
		if i%2 == 0 {
			for c := 1; c < len(s.columns); c++ {
				s.sortColumn(c, func(it *item) []int { return it.up })
			}
		} else {
			for c := len(s.columns) - 2; c >= 0; c-- {
				s.sortColumn(c, func(it *item) []int { return it.down })
			}
		}
		if n := s.crossings(); n < least {
			best, least = s.order(), n
		}
	}
	s.columns = best
}

func (s *sketch) order() [][]int {
	columns := make([][]int, len(s.columns))
	for i, c := range s.columns {
		columns[i] = slices.Clone(c)
	}
	return columns
}

// sortColumn sorts by the mean position of the neighbours on one side. Items
// without any stay between those that they were between.
func (s *sketch) sortColumn(col int, neighbours func(*item) []int) {
	place := s.places()
	key := make(map[int]float64, len(s.columns[col]))
	last := 0.0
	for _, i := range s.columns[col] {
		if near := neighbours(&s.items[i]); len(near) > 0 {
			sum := 0.0
			for _, n := range near {
				sum += float64(place[n])
			}
			last = sum / float64(len(near))
		}
		key[i] = last
	}
	slices.SortStableFunc(s.columns[col], func(a, b int) int { return cmp.Compare(key[a], key[b]) })
}

// places returns the position of each item within its column.
func (s *sketch) places() []int {
	place := make([]int, len(s.items))
	for _, column := range s.columns {
		for p, i := range column {
			place[i] = p
		}
	}
	return place
}

// crossings counts the pairs of edges between neighbouring columns that cross.
// The inversions are counted with a binary indexed tree (Barth, Jünger and
// Mutzel, "Simple and Efficient Bilayer Cross Counting", 2002).
func (s *sketch) crossings() int {
	place := s.places()
	total := 0
	for c := 0; c+1 < len(s.columns); c++ {
		size := len(s.columns[c+1])
		counts := make([]int, size+1)
		seen := 0
		for _, i := range s.columns[c] {
			down := slices.Clone(s.items[i].down)
			slices.SortFunc(down, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
			for _, d := range down {
				total += seen - prefix(counts, place[d]+1)
			}
			for _, d := range down {
				for p := place[d] + 1; p <= size; p += p & -p {
					counts[p]++
				}
				seen++
			}
		}
	}
	return total
}

func prefix(counts []int, p int) int {
	sum := 0
	for ; p > 0; p -= p & -p {
		sum += counts[p]
	}
	return sum
}

// orderAs keeps the order that prev had. What is new goes beside the middle of
// its neighbours.
func (s *sketch) orderAs(prev *Layout) {
	for i := range s.items {
		it := &s.items[i]
		if it.card {
			at, ok := prev.At[it.node]
			it.had, it.fixed = ok && at.X == it.col, float64(at.Y)
		} else {
			y, ok := prev.trunks[trunk{it.node, it.col}]
			it.had, it.fixed = ok, float64(y)
		}
		it.y = it.fixed
	}
	for c := range s.columns {
		s.wishColumn(c)
		slices.SortStableFunc(s.columns[c], func(a, b int) int { return cmp.Compare(s.items[a].y, s.items[b].y) })
	}
}

// wishColumn gives items without a former place the mean row of the neighbours
// that have one, of earlier siblings if there are none.
func (s *sketch) wishColumn(c int) {
	bottom := 0.0
	for _, i := range s.columns[c] {
		if s.items[i].had {
			bottom = max(bottom, s.items[i].fixed+float64(s.items[i].height()))
		}
	}
	for _, i := range s.columns[c] {
		it := &s.items[i]
		if it.had {
			continue
		}
		it.y = bottom
		if y, ok := s.middle(it.down, true); ok {
			it.y = y - float64(it.height())/2
		} else if y, ok := s.below(it.up); ok {
			it.y = y
		}
		it.fixed = it.y
	}
}

// middle is the mean centre of the items; settled leaves out the new ones.
func (s *sketch) middle(items []int, settled bool) (float64, bool) {
	sum, n := 0.0, 0
	for _, i := range items {
		if settled && !s.items[i].had {
			continue
		}
		sum += s.items[i].centre()
		n++
	}
	return sum / math.Max(1, float64(n)), n > 0
}

// below is the row after the last settled child of the first parent.
func (s *sketch) below(parents []int) (float64, bool) {
	for _, p := range parents {
		y, ok := 0.0, false
		for _, c := range s.items[p].down {
			if it := &s.items[c]; it.had {
				y, ok = max(y, it.fixed+float64(it.height())/2), true
			}
		}
		if ok {
			return y, true
		}
	}
	if len(parents) == 0 {
		return 0, false
	}
	return s.items[parents[0]].y, true
}
