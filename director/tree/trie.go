package tree

import (
	"math/bits"
	"slices"
)

// A trie is an immutable map from uint64 to V, iterated in the order of its
// keys. Nodes are compressed (a bitmap and the children that exist), and levels
// with one child only are left out, so that a map of one entry is one node,
// whatever its key. An update copies one path of small nodes: O(log₃₂ n). The
// zero value is empty. The structure is that of Bagwell, "Ideal Hash Trees",
// 2001, keyed by the number itself from its high bits down, which keeps the
// order; leaving out levels is from Morrison, "PATRICIA", 1968.
type trie[V any] struct {
	root *trieNode[V]
	size int
}

// A set is a trie of which only the keys matter.
type set = trie[struct{}]

const (
	trieBits = 5
	trieMask = 1<<trieBits - 1
)

// A trieNode holds the keys that start like prefix: all but their lowest
// trieBits*(height+1) bits are those of prefix. A node above height 0 has two
// children at least.
type trieNode[V any] struct {
	prefix   uint64 // its lowest trieBits*(height+1) bits are 0
	bitmap   uint32
	height   uint8
	children []*trieNode[V] // height > 0
	values   []V            // height 0
}

func (t trie[V]) len() int { return t.size }

func (t trie[V]) get(key uint64) (V, bool) {
	for n := t.root; n != nil && n.spans(key); {
		i, ok := n.index(key)
		switch {
		case !ok:
			n = nil
		case n.height == 0:
			return n.values[i], true
		default:
			n = n.children[i]
		}
	}
	var zero V
	return zero, false
}

func (t trie[V]) has(key uint64) bool {
	_, ok := t.get(key)
	return ok
}

func (t trie[V]) set(key uint64, value V) trie[V] {
	root, added := t.root.set(key, value)
	t.root = root
	if added {
		t.size++
	}
	return t
}

func (t trie[V]) remove(key uint64) trie[V] {
	root, removed := t.root.remove(key)
	if removed {
		t.root = root
		t.size--
	}
	return t
}

// with returns the set with key in it, or not in it. The set itself is returned
// if that is so already.
func with(t set, key uint64, in bool) set {
	switch {
	case in == t.has(key):
		return t
	case in:
		return t.set(key, struct{}{})
	default:
		return t.remove(key)
	}
}

// last returns the highest key.
func (t trie[V]) last() (uint64, bool) {
	n := t.root
	if n == nil {
		return 0, false
	}
	for n.height > 0 {
		n = n.children[len(n.children)-1]
	}
	return n.prefix | uint64(bits.Len32(n.bitmap)-1), true
}

// spans reports whether key is among those that n may hold.
func (n *trieNode[V]) spans(key uint64) bool {
	return (key^n.prefix)>>(trieBits*(n.height+1)) == 0
}

// end returns the highest key that n may hold.
func (n *trieNode[V]) end() uint64 {
	return n.prefix | (1<<(trieBits*(n.height+1)) - 1)
}

func digit(key uint64, height uint8) uint64 { return key >> (trieBits * height) & trieMask }

// index returns where the child for key is, or would be.
func (n *trieNode[V]) index(key uint64) (int, bool) {
	bit := uint32(1) << digit(key, n.height)
	return bits.OnesCount32(n.bitmap & (bit - 1)), n.bitmap&bit != 0
}

// set returns a changed copy of n, which may be nil.
func (n *trieNode[V]) set(key uint64, value V) (_ *trieNode[V], added bool) {
	if n == nil || !n.spans(key) {
		leaf := &trieNode[V]{prefix: key &^ trieMask, bitmap: 1 << (key & trieMask), values: []V{value}}
		return n.join(leaf), true
	}
	i, ok := n.index(key)
	c := *n
	c.bitmap |= 1 << digit(key, n.height)
	switch {
	case n.height > 0 && ok:
		c.children = slices.Clone(n.children)
		c.children[i], added = n.children[i].set(key, value)
		return &c, added
	case n.height > 0:
		child, _ := (*trieNode[V])(nil).set(key, value)
		c.children = inserted(n.children, i, child)
	case ok:
		c.values = slices.Clone(n.values)
		c.values[i] = value
	default:
		c.values = inserted(n.values, i, value)
	}
	return &c, !ok
}

// join returns the node above n and other, neither of which spans the other.
func (n *trieNode[V]) join(other *trieNode[V]) *trieNode[V] {
	if n == nil {
		return other
	}
	height := uint8((bits.Len64(n.prefix^other.prefix) - 1) / trieBits)
	c := &trieNode[V]{
		prefix:   n.prefix >> (trieBits * (height + 1)) << (trieBits * (height + 1)),
		bitmap:   1<<digit(n.prefix, height) | 1<<digit(other.prefix, height),
		height:   height,
		children: []*trieNode[V]{n, other},
	}
	if other.prefix < n.prefix {
		slices.Reverse(c.children)
	}
	return c
}

// remove returns a changed copy of n, and nil for a node that has become empty.
func (n *trieNode[V]) remove(key uint64) (_ *trieNode[V], removed bool) {
	if n == nil || !n.spans(key) {
		return n, false
	}
	i, ok := n.index(key)
	if !ok {
		return n, false
	}
	var child *trieNode[V]
	if n.height > 0 {
		if child, removed = n.children[i].remove(key); !removed {
			return n, false
		}
	}
	c := *n
	switch {
	case child != nil:
		c.children = slices.Clone(n.children)
		c.children[i] = child
		return &c, true
	case n.height == 0 && len(n.values) == 1:
		return nil, true
	case n.height == 0:
		c.values = without(n.values, i)
	case len(n.children) == 2:
		return n.children[1-i], true // the level has one child left
	default:
		c.children = without(n.children, i)
	}
	c.bitmap &^= 1 << digit(key, n.height)
	return &c, true
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
