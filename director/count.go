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

// drop gives a reference back. none reports that no other was left at that
// moment: whoever is told so has to call end, or keep. ok is false if there was
// no reference to give back.
func (c *counter) drop() (none, ok bool) {
	switch n := c.state.Add(^uint64(0)); {
	case n == 0:
		return true, true
	case n&isOver != 0:
		c.state.Add(1)
		return false, false
	default:
		return false, true
	}
}

// end ends a count of 0 for good, and reports whether it did: exactly one caller
// is told so. When somebody has taken a reference meanwhile, it is not the end.
func (c *counter) end() bool { return c.state.CompareAndSwap(0, ended) }

// keep takes a reference back with which the count had come to 0, and reports
// whether it did, by the rules of end.
func (c *counter) keep() bool { return c.state.CompareAndSwap(0, 1) }

// dropUnlessLast gives a reference back, unless it is the last one, and reports
// whether it did.
func (c *counter) dropUnlessLast() bool {
	for {
		n := c.state.Load()
		if n == 1 {
			return false
		}
		if n == 0 || n&isOver != 0 {
			return true // a drop too many has taken it before
		}
		if c.state.CompareAndSwap(n, n-1) {
			return true
		}
	}
}

// count returns the number of references, 0 after the end.
func (c *counter) count() int64 {
	if n := c.state.Load(); n&isOver == 0 {
		return int64(n)
	}
	return 0
}
