package server

import (
	"context"
	"log/slog"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// A feed turns the changes of an instance into patches for all who watch it. It
// works only while somebody does.
type feed struct {
	rt       *director.Runtime
	tick     time.Duration // the shortest time between two patches
	beat     time.Duration // the time between two signs of life
	log      *slog.Logger
	runs     atomic.Uint64 // runs of groups ever begun
	past     *history
	keeper   Durability                // may be nil
	canFail  func(*tree.Director) bool // nil if nothing can
	drawings drawings
	printing context.Context // of patches, which no request waits for
	life     context.Context // of past
	end      context.CancelFunc

	mu      sync.Mutex // guards the fields below
	closed  bool
	groups  map[string]*group // by the key of the query
	watched map[*group]bool   // those that have clients
	idle    idleGroups        // those that nobody uses
	running bool              // the goroutine
	work    sync.WaitGroup
}

func newFeed(printing context.Context, rt *director.Runtime, o Options) *feed {
	f := &feed{
		rt: rt, printing: printing, tick: o.Tick, beat: o.Beat, log: o.Logger, past: newHistory(rt), keeper: o.Durability,
		groups: make(map[string]*group), watched: make(map[*group]bool),
		idle: idleGroups{linger: o.Linger},
	}
	if o.Faults != nil {
		f.canFail = o.Faults.CanFail
	}
	f.life, f.end = context.WithCancel(context.Background())
	f.work.Go(func() { f.past.run(f.life, gaugeTicks*f.tick) })
	return f
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
	f.useLocked(g)
	return g
}

// find is acquire for a group that there is already.
func (f *feed) find(q view.Query) (g *group, ok bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if g, ok = f.groups[q.Key()]; ok {
		f.useLocked(g)
	}
	return g, ok
}

func (f *feed) useLocked(g *group) {
	f.idle.remove(g)
	g.users++
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
	f.idle.add(g)
	f.forgetLocked()
}

// forgetLocked forgets the groups that are idle for too long, or too many, and
// sees to it that this happens again when the next one is due.
func (f *feed) forgetLocked() {
	for _, g := range f.idle.overdue() {
		delete(f.groups, g.query.Key())
	}
	if !f.closed {
		f.idle.wake(f.sweep)
	}
}

func (f *feed) sweep() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.idle.woken()
	f.forgetLocked()
}

// show returns what the page of a query shows now, and the name of the run of
// patches that goes on from there.
func (f *feed) show(q view.Query) (*view.Model, string) {
	g := f.acquire(q)
	defer f.giveBack(g)
	return g.show(f.rt.Sample(), view.Places{})
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
	g.watchers++
	f.watched[g] = true
	if !f.running {
		f.running = true
		f.work.Go(f.run)
	}
	f.mu.Unlock()
	g.join(f.rt.Sample(), c, from)
	f.mu.Lock()
	closed := f.closed
	f.mu.Unlock()
	if closed { // meanwhile: close may have told all but this one
		c.end(endShutdown)
	}
	return g, true
}

func (f *feed) leave(g *group, c *client) {
	g.leave(c)
	f.mu.Lock()
	if g.watchers--; g.watchers == 0 {
		delete(f.watched, g)
	}
	f.mu.Unlock()
	f.giveBack(g)
}

// gaugeTicks is how many ticks there are between two samples of what requests
// and probes move: events come at once, but numbers that flicker are read no
// faster for being shown more often, and cost the traffic that moves them.
const gaugeTicks = 20

// run moves the groups on while anybody watches. A tick in which nothing has
// changed costs three loads and a lock, whatever the number of groups.
func (f *feed) run() {
	ticker := time.NewTicker(f.tick)
	defer ticker.Stop()
	revision, pulse, spoke, trouble := uint64(0), uint64(0), time.Now(), ""
	for range ticker.C {
		if !f.goesOn() {
			return
		}
		beaten, words := f.past.pulse.Load(), notKept(f.keeper)
		snapshot := f.rt.Tree()
		news, silent := snapshot.Revision != revision || beaten != pulse || words != trouble, time.Since(spoke) >= f.beat
		if !news && !silent {
			continue
		}
		// Whoever joins after this has a snapshot that is not older.
		watched := f.audience()
		if news {
			revision, pulse, trouble = snapshot.Revision, beaten, words
			inParallel(watched, func(g *group) { g.advance(snapshot) })
		}
		if silent {
			spoke = time.Now()
			f.sayAlive(watched, snapshot)
		}
	}
}

// goesOn reports whether anybody watches; if not, the caller has to stop.
func (f *feed) goesOn() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.running = len(f.watched) > 0 && !f.closed
	return f.running
}

// audience returns the groups that have clients.
func (f *feed) audience() []*group {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Collect(maps.Keys(f.watched))
}

// inParallel does something to all of a list, on as many goroutines as can run at
// once, and returns when it is done.
func inParallel[T any](list []T, do func(T)) {
	if len(list) == 1 {
		do(list[0])
		return
	}
	var next atomic.Int64
	var working sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(list)) {
		working.Go(func() {
			for i := next.Add(1); i <= int64(len(list)); i = next.Add(1) {
				do(list[i-1])
			}
		})
	}
	working.Wait()
}

// sayAlive tells all clients that the connection is whole and that they have
// been sent everything up to the snapshot: a network that loses what is sent
// cuts no connection, and looks like an instance in which nothing happens.
func (f *feed) sayAlive(groups []*group, s *tree.Snapshot) {
	m, err := newMessage(struct {
		T    string    `json:"t"`
		Seq  uint64    `json:"seq"`
		Time time.Time `json:"time"`
	}{"beat", s.Seq, clockTime()})
	if err != nil {
		f.log.Error("no sign of life", "error", err)
		return
	}
	for _, g := range groups {
		g.offer(m)
	}
}

// close tells all clients to leave.
func (f *feed) close() {
	f.mu.Lock()
	f.closed = true
	f.end()
	f.idle.rest()
	f.mu.Unlock()
	f.each(func(c *client) { c.end(endShutdown) })
}

// cut closes the connections of those that have not left.
func (f *feed) cut() { f.each((*client).cut) }

// wait returns when nothing of the feed runs any more.
func (f *feed) wait() { f.work.Wait() }

func (f *feed) each(do func(*client)) {
	for _, g := range f.audience() {
		for _, c := range g.members() {
			do(c)
		}
	}
}

// eventsFor returns the events that a model of the query needs that follows
// prev: those that are new to it, and in any case the newest ones, since it may
// have to say them anew. A first one needs all to tell of a director that is
// selected. ok is false if some that are new are no longer known.
func (f *feed) eventsFor(q view.Query, prev *view.Model, s *tree.Snapshot) (events []event.Event, ok bool) {
	after := s.Seq - min(s.Seq, view.MaxEvents)
	switch {
	case prev != nil:
		after = min(after, prev.Seq)
	case q.Select != "":
		after = 0
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
