package view

import (
	"iter"
	"math/bits"
	"slices"

	"github.com/callboard/callboard/director/tree"
)

// matches is the set of the directors that a filter means, one bit for each ID.
type matches struct {
	words []uint64
	n     int
}

func (m *matches) has(id uint64) bool {
	i := id / 64
	return i < uint64(len(m.words)) && m.words[i]>>(id%64)&1 == 1
}

func (m *matches) put(id uint64, in bool) {
	if m.has(id) == in {
		return
	}
	for id/64 >= uint64(len(m.words)) {
		m.words = append(m.words, 0)
	}
	m.words[id/64] ^= 1 << (id % 64)
	if in {
		m.n++
	} else {
		m.n--
	}
}

// from yields the IDs from one on, in order.
func (m *matches) from(id uint64) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		for i := id / 64; i < uint64(len(m.words)); i++ {
			word := m.words[i]
			if i == id/64 {
				word &= ^uint64(0) << (id % 64)
			}
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + uint64(bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}

// match returns what the filter means: all directors are looked at the first
// time, and after that those that have changed.
func match(s *tree.Snapshot, f Filter, before *choice, changed []uint64) *matches {
	m := &matches{}
	if before == nil || before.matched == nil {
		for d := range s.Directors() {
			m.put(d.ID, f.Matches(d))
		}
		return m
	}
	m.words, m.n = slices.Clone(before.matched.words), before.matched.n
	for _, id := range changed {
		d, ok := s.Director(id)
		m.put(id, ok && f.Matches(d))
	}
	return m
}
