package server

import (
	"container/list"
	"time"
)

// Limits of the groups that nobody uses. Each address of a page makes one, and
// anybody can make up addresses.
const (
	maxIdleGroups = 256
	maxIdleBytes  = 64 << 20
)

// idleGroups are the groups that nobody uses, the longest idle first. They cost
// no work: one that somebody comes back to catches up in one step. Its methods
// are called with feed.mu held.
type idleGroups struct {
	linger time.Duration // how long a group is kept
	list   list.List     // of *group
	bytes  int64
	timer  *time.Timer // set while a sweep is to come
}

func (i *idleGroups) add(g *group) {
	g.idleSince, g.idleWeight = time.Now(), g.weight.Load()
	g.idle = i.list.PushBack(g)
	i.bytes += g.idleWeight
}

// remove forgets that the group was idle, if it was.
func (i *idleGroups) remove(g *group) {
	if g.idle == nil {
		return
	}
	i.list.Remove(g.idle)
	i.bytes -= g.idleWeight
	g.idle = nil
}

// overdue takes out the groups that are not to be kept any longer. The newest
// one always is for a while: its page has just been printed.
func (i *idleGroups) overdue() []*group {
	var gone []*group
	for i.list.Len() > 0 {
		first := i.list.Front().Value.(*group)
		full := i.list.Len() > maxIdleGroups || i.bytes > maxIdleBytes && i.list.Len() > 1
		if !full && time.Since(first.idleSince) < i.linger {
			break
		}
		i.remove(first)
		gone = append(gone, first)
	}
	return gone
}

// wake has sweep called when the first group is overdue.
func (i *idleGroups) wake(sweep func()) {
	if i.timer != nil || i.list.Len() == 0 {
		return
	}
	first := i.list.Front().Value.(*group)
	i.timer = time.AfterFunc(i.linger-time.Since(first.idleSince), sweep)
}

// woken says that the sweep has come.
func (i *idleGroups) woken() { i.timer = nil }

// rest makes no sweep come any more.
func (i *idleGroups) rest() {
	if i.timer != nil {
		i.timer.Stop()
		i.timer = nil
	}
}
