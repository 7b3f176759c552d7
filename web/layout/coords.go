package layout

import "math"

// coordinates gives every item its row: all columns are stacked, then each is
// drawn towards the middle of its neighbours, from the right and from the left
// in turn. The last pass runs leftwards, so parents end beside their children.
func (s *sketch) coordinates() {
	for c := range s.columns {
		y := 0
		for n, i := range s.columns[c] {
			if n > 0 {
				y += s.gap(c, n)
			}
			s.items[i].y = float64(y)
		}
	}
	for range 3 {
		for c := 1; c < len(s.columns); c++ {
			s.settle(c, func(it *item) []int { return it.up })
		}
		for c := len(s.columns) - 2; c >= 0; c-- {
			s.settle(c, func(it *item) []int { return it.down })
		}
	}
	s.finish()
}

// coordinatesAs keeps what had a place there; only what overlaps gives way.
func (s *sketch) coordinatesAs(*Layout) {
	for c := range s.columns {
		wish := make([]float64, len(s.columns[c]))
		weight := make([]float64, len(wish))
		for n, i := range s.columns[c] {
			wish[n], weight[n] = s.items[i].fixed, 1
			if s.items[i].had {
				weight[n] = 64
			}
		}
		s.apply(c, wish, weight, s.height)
	}
	s.finish()
}

// settle moves column c as near to the middle of its neighbours as its order
// and the heights allow.
func (s *sketch) settle(c int, neighbours func(*item) []int) {
	wish := make([]float64, len(s.columns[c]))
	weight := make([]float64, len(wish))
	for n, i := range s.columns[c] {
		it := &s.items[i]
		wish[n], weight[n] = it.y, 0.1
		if y, ok := s.middle(neighbours(it), false); ok {
			wish[n], weight[n] = y-float64(it.height())/2, 1
		}
	}
	s.apply(c, wish, weight, s.gap)
}

// apply is a least-squares fit to the wishes under the constraint that each
// item starts at least a gap below the one before: isotonic regression by
// pooling adjacent violators (Ayer et al., 1955).
func (s *sketch) apply(c int, wish, weight []float64, gap func(c, n int) int) {
	type block struct {
		value, weight float64
		size          int
	}
	offsets := make([]float64, len(wish))
	var blocks []block
	for n := range wish {
		if n > 0 {
			offsets[n] = offsets[n-1] + float64(gap(c, n))
		}
		b := block{wish[n] - offsets[n], weight[n], 1}
		for len(blocks) > 0 && blocks[len(blocks)-1].value >= b.value {
			a := blocks[len(blocks)-1]
			blocks = blocks[:len(blocks)-1]
			w := a.weight + b.weight
			b = block{(a.value*a.weight + b.value*b.weight) / w, w, a.size + b.size}
		}
		blocks = append(blocks, b)
	}
	n := 0
	for _, b := range blocks {
		for range b.size {
			s.items[s.columns[c][n]].y = b.value + offsets[n]
			n++
		}
	}
}

// height is the least distance from the n-1st item of a column to the nth.
func (s *sketch) height(c, n int) int { return s.items[s.columns[c][n-1]].height() }

// gap is the distance from the n-1st item of column c to the nth where there
// is a choice: children of different parents stand a row further apart, as long
// as the column is not a long one.
func (s *sketch) gap(c, n int) int {
	a, b := &s.items[s.columns[c][n-1]], &s.items[s.columns[c][n]]
	if len(s.columns[c]) > MaxNodes/3 || !a.card || !b.card {
		return a.height()
	}
	for _, p := range a.up {
		for _, q := range b.up {
			if p == q {
				return a.height()
			}
		}
	}
	return a.height() + 1
}

// finish rounds to whole rows, puts loose items last and starts at row 0.
// Rounding keeps distances of whole rows, so nothing comes to overlap.
func (s *sketch) finish() {
	top := math.Inf(1)
	for _, column := range s.columns {
		for _, i := range column {
			s.items[i].y = math.Floor(s.items[i].y + 0.5)
			top = math.Min(top, s.items[i].y)
		}
	}
	bottom := 0.0
	for c, column := range s.columns {
		for _, i := range column {
			s.items[i].y -= top
			if c == len(s.columns)-1 {
				bottom = s.items[i].y + float64(s.items[i].height()) + 1
			}
		}
	}
	for _, i := range s.loose {
		s.items[i].y = bottom
		bottom += CardRows
	}
	if s.rows() > MaxRows {
		s.stack()
	}
}

// stack is the answer to a drawing that would leave the lattice: cards without
// any gaps, trunks behind them.
func (s *sketch) stack() {
	for c, column := range s.columns {
		y := 0
		for _, i := range column {
			s.items[i].y = float64(y)
			if s.items[i].card {
				y += CardRows
			}
		}
		if c < len(s.columns)-1 {
			continue
		}
		for _, i := range s.loose {
			s.items[i].y = float64(y)
			y += CardRows
		}
	}
}
