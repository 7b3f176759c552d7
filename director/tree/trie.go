package tree

import (
	"iter"
	"math/bits"
	"slices"
)

// A trie is an immutable map from uint64 to V, iterated in the order of its
// keys. Nodes are compressed (a bitmap and the children that exist), so that a
// map of three entries costs three entries, and an update copies one path of
// small nodes: O(log₃₂ n), whatever the size of the map. The zero value is
// empty. The structure is that of Bagwell, "Ideal Hash Trees", 2001, keyed by
// the number itself from its high bits down, which keeps the order.
type trie[V any] struct {
	root   *trieNode[V]
	height uint // the root spans trieBits*(height+1) bits of the key
	size   int
}

const (
	trieBits = 5
	trieMask = 1<<trieBits - 1
)

type trieNode[V any] struct {
	bitmap   uint32
	children []*trieNode[V] // height > 0
	values   []V            // height 0
}

func (t trie[V]) len() int { return t.size }

func (t trie[V]) get(key uint64) (V, bool) {
	var zero V
	if t.root == nil || !t.spans(key) {
		return zero, false
	}
	n := t.root
	for h := t.height; ; h-- {
		i, ok := n.index(key, h)
		if !ok {
			return zero, false
		}
		if h == 0 {
			return n.values[i], true
		}
		n = n.children[i]
	}
}

func (t trie[V]) set(key uint64, value V) trie[V] {
	if t.root == nil {
		t.root = &trieNode[V]{}
	}
	for !t.spans(key) {
		// The old root holds the keys whose higher bits are all 0.
		t.root = &trieNode[V]{bitmap: 1, children: []*trieNode[V]{t.root}}
		t.height++
	}
	root, added := t.root.set(key, t.height, value)
	t.root = root
	if added {
		t.size++
	}
	return t
}

func (t trie[V]) remove(key uint64) trie[V] {
	if t.root == nil || !t.spans(key) {
		return t
	}
	root, removed := t.root.remove(key, t.height)
	if !removed {
		return t
	}
	if t.size--; t.size == 0 {
		return trie[V]{}
	}
	t.root = root
	return t
}

// all yields the entries in the order of their keys.
func (t trie[V]) all() iter.Seq2[uint64, V] {
	return t.from(0)
}

// from yields the entries whose keys are at least low, in order.
func (t trie[V]) from(low uint64) iter.Seq2[uint64, V] {
	return func(yield func(uint64, V) bool) {
		if t.root != nil && t.spans(low) {
			t.root.walk(0, t.height, low, yield)
		}
	}
}

func (t trie[V]) spans(key uint64) bool {
	shift := trieBits * (t.height + 1)
	return shift >= 64 || key>>shift == 0
}

// index returns where the child for key is, or would be, at height h.
func (n *trieNode[V]) index(key uint64, h uint) (int, bool) {
	bit := uint32(1) << (key >> (trieBits * h) & trieMask)
	return bits.OnesCount32(n.bitmap & (bit - 1)), n.bitmap&bit != 0
}

func (n *trieNode[V]) set(key uint64, h uint, value V) (_ *trieNode[V], added bool) {
	i, ok := n.index(key, h)
	c := &trieNode[V]{bitmap: n.bitmap | 1<<(key>>(trieBits*h)&trieMask)}
	switch {
	case h == 0 && ok:
		c.values = slices.Clone(n.values)
		c.values[i] = value
		return c, false
	case h == 0:
		c.values = inserted(n.values, i, value)
		return c, true
	case ok:
		c.children = slices.Clone(n.children)
		c.children[i], added = n.children[i].set(key, h-1, value)
		return c, added
	default:
		child, _ := (&trieNode[V]{}).set(key, h-1, value)
		c.children = inserted(n.children, i, child)
		return c, true
	}
}

// remove returns nil for a node that has become empty.
func (n *trieNode[V]) remove(key uint64, h uint) (_ *trieNode[V], removed bool) {
	i, ok := n.index(key, h)
	if !ok {
		return n, false
	}
	var child *trieNode[V]
	if h > 0 {
		if child, removed = n.children[i].remove(key, h-1); !removed {
			return n, false
		}
	}
	c := &trieNode[V]{bitmap: n.bitmap}
	switch {
	case child != nil:
		c.children = slices.Clone(n.children)
		c.children[i] = child
		return c, true
	case bits.OnesCount32(n.bitmap) == 1:
		return nil, true
	case h == 0:
		c.values = without(n.values, i)
	default:
		c.children = without(n.children, i)
	}
	c.bitmap &^= 1 << (key >> (trieBits * h) & trieMask)
	return c, true
}

func (n *trieNode[V]) walk(prefix uint64, h uint, low uint64, yield func(uint64, V) bool) bool {
	i := 0
	for rest := n.bitmap; rest != 0; rest &= rest - 1 {
		digit := uint64(bits.TrailingZeros32(rest))
		key := prefix | digit<<(trieBits*h)
		last := key | (1<<(trieBits*h) - 1)
		if last >= low {
			if h == 0 {
				if !yield(key, n.values[i]) {
					return false
				}
			} else if !n.children[i].walk(key, h-1, low, yield) {
				return false
			}
		}
		i++
	}
	return true
}

func inserted[T any](s []T, i int, v T) []T {
	c := make([]T, len(s)+1)
	copy(c, s[:i])
	c[i] = v
	copy(c[i+1:], s[i:])
	return c
}

func without[T any](s []T, i int) []T {
	c := make([]T, len(s)-1)
	copy(c, s[:i])
	copy(c[i:], s[i+1:])
	return c
}
