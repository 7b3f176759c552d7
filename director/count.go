package director

import "sync/atomic"

// A counter counts references, of slots and of requests alike, in one word, so
// that a request can take and drop a reference without a lock. The count and
// the fact that it has ended are one atomic value: once ended, nobody can take
// a reference any more, however the calls interleave. The idea is that of the
// standard library's internal/poll/fd_mutex.go.
type counter struct {
	state atomic.Uint64
}

// ended is set in state when the count has reached 0 for good. The bits below
// may then still move for a moment, when somebody tries to take a reference
// and finds that it is too late.
//
// Two bits mark it, of which the upper one is looked at: a drop too many, after
// the end or below 0, borrows from the lower one, and the upper one stays set.
const (
	ended  = 1<<63 | 1<<62
	isOver = 1 << 63
)

// take adds a reference and reports whether that was possible.
func (c *counter) take() bool {
	if c.state.Add(1)&isOver != 0 {
		c.state.Add(^uint64(0))
		return false
	}
	return true
}

// drop gives a reference back. last reports that it was the last one: exactly
// one caller is told so. ok is false if there was none to give back.
func (c *counter) drop() (last, ok bool) {
	switch n := c.state.Add(^uint64(0)); {
	case n == 0:
		return c.state.CompareAndSwap(0, ended), true
	case n&isOver != 0:
		c.state.Add(1)
		return false, false
	default:
		return false, true
	}
}

// count returns the number of references, 0 after the end.
func (c *counter) count() int64 {
	if n := c.state.Load(); n&isOver == 0 {
		return int64(n)
	}
	return 0
}
