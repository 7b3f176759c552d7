package server

import (
	"context"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// maxIdleGroups bounds the groups that nobody watches. Each address of a page
// makes one, and anybody can make up addresses.
const maxIdleGroups = 256

// A feed turns the changes of an instance into patches for all who watch it. It
// works only while somebody does.
type feed struct {
	rt           *director.Runtime
	tick, linger time.Duration
	log          *slog.Logger
	runs         atomic.Uint64 // runs of groups ever begun

	mu      sync.Mutex // guards the fields below
	closed  bool
	groups  map[string]*group // by the key of the query
	clients int
	running bool        // the goroutine
	sweeper *time.Timer // set while groups are idle
	work    sync.WaitGroup
}

func newFeed(rt *director.Runtime, tick, linger time.Duration, log *slog.Logger) *feed {
	return &feed{rt: rt, tick: tick, linger: linger, log: log, groups: make(map[string]*group)}
}

// acquire returns the group of a query, which stays until it is given back.
func (f *feed) acquire(q view.Query) *group {
	f.mu.Lock()
	defer f.mu.Unlock()
	key := q.Key()
	g, ok := f.groups[key]
	if !ok {
		g = newGroup(f, q)
		f.groups[key] = g
	}
	g.users++
	return g
}

// giveBack is the opposite of acquire. What the group last showed is kept for a
// while, for those who come back and for the page that was just printed, whose
// socket is about to be opened.
func (f *feed) giveBack(g *group) {
	f.mu.Lock()
	defer f.mu.Unlock()
	g.users--
	if g.users > 0 {
		return
	}
	g.idleSince = time.Now()
	f.evictLocked()
	if f.sweeper == nil && !f.closed {
		f.sweeper = time.AfterFunc(f.linger, f.sweep)
	}
}

// evictLocked keeps the number of idle groups bounded.
func (f *feed) evictLocked() {
	idle := 0
	var oldest *group
	for _, g := range f.groups {
		if g.users > 0 {
			continue
		}
		idle++
		if oldest == nil || g.idleSince.Before(oldest.idleSince) {
			oldest = g
		}
	}
	if idle > maxIdleGroups {
		delete(f.groups, oldest.query.Key())
	}
}

// sweep forgets the groups that have been idle for long enough.
func (f *feed) sweep() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sweeper = nil
	wait := time.Duration(-1)
	for key, g := range f.groups {
		if g.users > 0 {
			continue
		}
		left := f.linger - time.Since(g.idleSince)
		if left <= 0 {
			delete(f.groups, key)
		} else if wait < 0 || left < wait {
			wait = left
		}
	}
	if wait >= 0 && !f.closed {
		f.sweeper = time.AfterFunc(wait, f.sweep)
	}
}

// show returns what the page of a query shows now, and the name of the run of
// patches that goes on from there.
func (f *feed) show(q view.Query) (*view.Model, string) {
	g := f.acquire(q)
	defer f.giveBack(g)
	return g.show(f.rt.Sample())
}

// join makes the client a member of the group of a query, and tells it all that
// happened since the position that it comes from. It reports whether it did:
// not when the feed is closed. Whoever joined has to leave.
func (f *feed) join(q view.Query, c *client, from position) (*group, bool) {
	g := f.acquire(q)
	f.mu.Lock()
	if f.closed {
		f.mu.Unlock()
		f.giveBack(g)
		return nil, false
	}
	f.clients++
	g.watchers++
	if !f.running {
		f.running = true
		f.work.Go(f.run)
	}
	f.mu.Unlock()
	g.join(f.rt.Sample(), c, from)
	return g, true
}

func (f *feed) leave(g *group, c *client) {
	g.leave(c)
	f.mu.Lock()
	f.clients--
	g.watchers--
	f.mu.Unlock()
	f.giveBack(g)
}

// run moves the groups on while anybody watches.
func (f *feed) run() {
	ticker := time.NewTicker(f.tick)
	defer ticker.Stop()
	revision := uint64(0)
	for range ticker.C {
		watched, ok := f.watched()
		if !ok {
			return
		}
		snapshot := f.rt.Sample()
		if snapshot.Revision == revision {
			continue
		}
		revision = snapshot.Revision
		for _, g := range watched {
			g.advance(snapshot)
		}
	}
}

// watched returns the groups that have clients; ok is false when nobody
// watches, and the caller has to stop then.
func (f *feed) watched() (groups []*group, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.clients == 0 || f.closed {
		f.running = false
		return nil, false
	}
	for _, g := range f.groups {
		if g.watchers > 0 {
			groups = append(groups, g)
		}
	}
	return groups, true
}

// close tells all clients to leave.
func (f *feed) close() {
	f.mu.Lock()
	f.closed = true
	if f.sweeper != nil {
		f.sweeper.Stop()
		f.sweeper = nil
	}
	f.mu.Unlock()
	f.each(func(c *client) { c.end(endShutdown) })
}

// cut closes the connections of those that have not left.
func (f *feed) cut() { f.each((*client).cut) }

// wait returns when nothing of the feed runs any more.
func (f *feed) wait() { f.work.Wait() }

func (f *feed) each(do func(*client)) {
	f.mu.Lock()
	groups := make([]*group, 0, len(f.groups))
	for _, g := range f.groups {
		groups = append(groups, g)
	}
	f.mu.Unlock()
	for _, g := range groups {
		for _, c := range g.members() {
			do(c)
		}
	}
}

// eventsFor returns the events that a model needs that follows prev: those that
// are new to it, and in any case the newest ones that a page lists. ok is false
// if some that are new are no longer known.
func (f *feed) eventsFor(prev *view.Model, s *tree.Snapshot) (events []event.Event, ok bool) {
	after := uint64(0)
	if prev != nil {
		after = min(prev.Seq, s.Seq-min(s.Seq, view.MaxEvents))
	}
	log := f.rt.Log()
	for {
		// The log may be ahead of the snapshot.
		after = max(after, log.Oldest()-1)
		if after >= s.Seq {
			return nil, prev == nil || s.Seq <= prev.Seq
		}
		events, err := log.After(after, int(s.Seq-after))
		if err == nil {
			return events, prev == nil || after <= prev.Seq
		}
	}
}

// A position is where a client stands: the epoch and the sequence number that
// it last saw, as it says itself.
type position struct {
	epoch string
	seq   uint64
}

// An epoch as a page has it is that of the instance, a dot, and the number of
// the run of its group: the patches of one run fit no page of another, since
// where the cards stand depends on all that was shown before. Programs that
// know nothing of pages use the plain epoch.
func (p position) isOf(epoch string, run uint64) bool {
	return p.epoch == epoch || p.epoch == runEpoch(epoch, run)
}

func runEpoch(epoch string, run uint64) string {
	return epoch + "." + strconv.FormatUint(run, 36)
}

// named is how the epoch is to be named to this client.
func (p position) named(epoch string, run uint64) string {
	if strings.HasPrefix(p.epoch, epoch+".") {
		return runEpoch(epoch, run)
	}
	return epoch
}

// noContext is for printing patches, which no request waits for.
var noContext = context.Background()
