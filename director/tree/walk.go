package tree

import (
	"iter"
	"math/bits"
)

// all yields the entries in the order of their keys.
func (t trie[V]) all() iter.Seq2[uint64, V] { return t.from(0) }

// from yields the entries whose keys are at least low, in order.
func (t trie[V]) from(low uint64) iter.Seq2[uint64, V] {
	return func(yield func(uint64, V) bool) { t.root.walk(low, yield) }
}

// keys yields the keys that are at least low, in order.
func (t trie[V]) keys(low uint64) iter.Seq[uint64] {
	return func(yield func(uint64) bool) {
		t.root.walk(low, func(key uint64, _ V) bool { return yield(key) })
	}
}

// down yields the keys from the highest to the lowest.
func (t trie[V]) down() iter.Seq[uint64] {
	return func(yield func(uint64) bool) { t.root.walkDown(yield) }
}

// walk returns false when yield has.
func (n *trieNode[V]) walk(low uint64, yield func(uint64, V) bool) bool {
	if n == nil || n.end() < low {
		return true
	}
	for _, child := range n.children {
		if !child.walk(low, yield) {
			return false
		}
	}
	if n.height > 0 {
		return true
	}
	rest := n.bitmap
	for i := range n.values {
		key := n.prefix | uint64(bits.TrailingZeros32(rest))
		rest &= rest - 1
		if key >= low && !yield(key, n.values[i]) {
			return false
		}
	}
	return true
}

func (n *trieNode[V]) walkDown(yield func(uint64) bool) bool {
	if n == nil {
		return true
	}
	for i := len(n.children) - 1; i >= 0; i-- {
		if !n.children[i].walkDown(yield) {
			return false
		}
	}
	if n.height > 0 {
		return true
	}
	for rest := n.bitmap; rest != 0; {
		top := bits.Len32(rest) - 1
		rest &^= 1 << top
		if !yield(n.prefix | uint64(top)) {
			return false
		}
	}
	return true
}

// differences yields the keys that one of two tries has and the other has not,
// or with another value, in order. What both share is skipped, so the cost is
// that of the paths that were copied between one and the other.
func differences[V comparable](a, b trie[V]) iter.Seq[uint64] {
	return func(yield func(uint64) bool) { differ(a.root, b.root, yield) }
}

func differ[V comparable](a, b *trieNode[V], yield func(uint64) bool) bool {
	each := func(key uint64, _ V) bool { return yield(key) }
	switch {
	case a == b:
		return true
	case a == nil:
		return b.walk(0, each)
	case b == nil:
		return a.walk(0, each)
	case a.height < b.height && b.spans(a.prefix), a.height == b.height && a.prefix == b.prefix && a.height > 0:
		return differBelow(b, a, yield)
	case a.height > b.height && a.spans(b.prefix):
		return differBelow(a, b, yield)
	case a.prefix == b.prefix:
		return differValues(a, b, yield)
	case a.prefix < b.prefix:
		return a.walk(0, each) && b.walk(0, each)
	default:
		return b.walk(0, each) && a.walk(0, each)
	}
}

// differBelow compares the children of a node with those of another one of its
// height and prefix, or with a node that would be below it.
func differBelow[V comparable](a, b *trieNode[V], yield func(uint64) bool) bool {
	bitmap := a.bitmap
	child := func(n *trieNode[V], key uint64) *trieNode[V] {
		if i, ok := n.index(key); ok {
			return n.children[i]
		}
		return nil
	}
	below := func(key uint64) *trieNode[V] { return child(b, key) }
	if b.height == a.height {
		bitmap |= b.bitmap
	} else {
		only := digit(b.prefix, a.height)
		bitmap |= 1 << only
		below = func(key uint64) *trieNode[V] {
			if digit(key, a.height) == only {
				return b
			}
			return nil
		}
	}
	for ; bitmap != 0; bitmap &= bitmap - 1 {
		key := a.prefix | uint64(bits.TrailingZeros32(bitmap))<<(trieBits*a.height)
		if !differ(child(a, key), below(key), yield) {
			return false
		}
	}
	return true
}

func differValues[V comparable](a, b *trieNode[V], yield func(uint64) bool) bool {
	for bitmap := a.bitmap | b.bitmap; bitmap != 0; bitmap &= bitmap - 1 {
		key := a.prefix | uint64(bits.TrailingZeros32(bitmap))
		i, inA := a.index(key)
		j, inB := b.index(key)
		if inA && inB && a.values[i] == b.values[j] {
			continue
		}
		if !yield(key) {
			return false
		}
	}
	return true
}
