package director

import (
	"errors"
	"sync/atomic"
)

// A Hold is a counted reference of a request: short-lived, without a name, and
// taken and dropped without a lock. The zero Hold holds nothing. Each Hold has
// to be dropped exactly once; one that is dropped twice becomes a
// director.error event.
type Hold struct {
	d *Director
}

// IsZero reports whether h holds nothing.
func (h Hold) IsZero() bool { return h.d == nil }

// Director returns what is held, nil for the zero Hold.
func (h Hold) Director() *Director { return h.d }

// Drop gives the reference back. If it was the last one, the director is
// destroyed before Drop returns, unless step mode holds it (see
// [Runtime.SetStepping]); Drop never waits for that. Dropping the zero Hold does nothing.
func (h Hold) Drop() {
	if h.d != nil {
		h.d.drop()
	}
}

// Hold takes a reference for a request, and returns the zero Hold if the
// director is destroyed. It takes no lock and allocates nothing.
func (d *Director) Hold() Hold { return d.hold() }

func (d *Director) hold() Hold {
	if !d.count.take() {
		return Hold{}
	}
	d.touch()
	return Hold{d}
}

func (d *Director) drop() {
	none, ok := d.count.drop()
	d.touch()
	switch {
	case !ok:
		d.ReportError("drop", errors.New("a reference was dropped twice"))
	case none:
		d.runOut()
	}
}

// touch remembers that the numbers of d have moved since the last sample. While
// they have, it costs one load.
func (d *Director) touch() {
	if !d.dirty.Load() && d.dirty.CompareAndSwap(false, true) {
		d.rt.dirty.push(d)
	}
}

// A dirtyList is a stack of directors that only grows until it is taken whole:
// that is why a compare-and-swap on its head is enough.
type dirtyList struct {
	head atomic.Pointer[Director]
}

func (l *dirtyList) push(d *Director) {
	for {
		head := l.head.Load()
		d.nextDirty = head
		if l.head.CompareAndSwap(head, d) {
			return
		}
	}
}

// takeAll empties the list. Each director may be pushed again from the moment
// that its flag is cleared, so the numbers have to be read after that.
func (l *dirtyList) takeAll() []*Director {
	var taken []*Director
	for d := l.head.Swap(nil); d != nil; {
		next := d.nextDirty
		d.nextDirty = nil
		d.dirty.Store(false)
		taken = append(taken, d)
		d = next
	}
	return taken
}
