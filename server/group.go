package server

import (
	"container/list"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web/view"
)

// A group is all who look at the same view: what they are shown, and the newest
// patches that led there.
type group struct {
	feed   *feed
	query  view.Query
	weight atomic.Int64 // about the bytes of memory that it takes

	// The fields below are guarded by feed.mu.

	users      int           // clients, and requests that are at it
	watchers   int           // clients
	idle       *list.Element // set while there are no users
	idleSince  time.Time
	idleWeight int64

	mu       sync.Mutex // guards the fields below
	run      uint64     // names the chain of models
	model    *view.Model
	revision uint64 // of the snapshot that model shows
	trouble  string // that model tells of
	ring     ring
	clients  map[*client]bool
	unsent   bool // something was put into the queues of the clients
}

func newGroup(f *feed, q view.Query) *group {
	return &group{feed: f, query: q, run: f.runs.Add(1), clients: make(map[*client]bool)}
}

// advance makes the group show s, and tells its clients what is different. Two
// goroutines may come with different snapshots; the older one changes nothing.
func (g *group) advance(s *tree.Snapshot) {
	defer g.deliver((*client).pump)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s, view.Places{})
}

// deliver sees to it that what was put into the queues is sent: pumped, or, where
// a request must not wait for that, by each client's writer.
func (g *group) deliver(send func(*client)) {
	shares := slices.Collect(slices.Chunk(g.expecting(), share))
	inParallel(shares, func(clients []*client) {
		for _, c := range clients {
			send(c)
		}
	})
}

// share is how many clients are worth a goroutine.
const share = 256

// expecting returns the clients for which something may wait.
func (g *group) expecting() []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.unsent {
		return nil
	}
	g.unsent = false
	return slices.Collect(maps.Keys(g.clients))
}

// advanceLocked lets the first model, if that is what it makes and nobody has
// drawn this yet, begin with the places of the cards in another view.
func (g *group) advanceLocked(s *tree.Snapshot, places view.Places) {
	prev, trouble := g.model, notKept(g.feed.keeper)
	if prev != nil && (s.Revision < g.revision || s.Revision == g.revision && trouble == g.trouble && !g.pastChangedLocked()) {
		return
	}
	events, whole := g.feed.eventsFor(g.query, prev, s)
	if prev != nil {
		places = view.Places{}
	}
	if prev == nil || prev.Everything() {
		if newer, ok := g.feed.drawings.of(g.query.Drawing(), g.revision); ok {
			places = newer
		}
	}
	next := view.BuildWith(s, events, g.query, prev, view.Beside{
		Places: places, Past: g.feed.past.of, CanFail: g.feed.canFail, Trouble: trouble,
	})
	g.model, g.revision, g.trouble = next, s.Revision, trouble
	if next.Whole() {
		g.feed.drawings.keep(g.query.Drawing(), next.Places(), s.Revision)
	}
	defer g.weighLocked()
	switch {
	case prev == nil:
		g.ring = ring{since: next.Seq}
	case !whole:
		g.restartLocked(endMissed)
	default:
		g.publishLocked(prev, next)
	}
}

// pastChangedLocked reports whether time went on for the selected director, in
// whose last minute there is something to show.
func (g *group) pastChangedLocked() bool {
	id := g.model.Selected()
	return id != 0 && g.feed.past.of(id) != g.model.Past()
}

// memoryOfCard is about what a card or a row of a model takes, with its part of
// everything else.
const memoryOfCard = 2 << 10

// memoryOfLine is about what a line of a long outline takes that is not in the
// window.
const memoryOfLine = 48

func (g *group) weighLocked() {
	shown := len(g.model.Cards) + len(g.model.Rows)
	g.weight.Store(int64(g.ring.bytes + shown*memoryOfCard + g.model.Lines()*memoryOfLine))
}

// publishLocked tells all clients what is different between two models.
func (g *group) publishLocked(prev, next *view.Model) {
	changes := view.Diff(prev, next)
	if len(changes) == 0 && next.Seq == prev.Seq {
		return
	}
	p := &patch{seq: next.Seq, changes: changes}
	if err := p.print(g.feed.printing); err != nil {
		// Nobody can be told of this change, so nobody's page may claim to be up
		// to date with it.
		g.feed.log.Error("patch not printed", "view", g.query.Key(), "error", err)
		g.restartLocked(endBroken)
		return
	}
	g.ring.add(p, next.Seq == prev.Seq)
	if g.ring.since > next.Seq {
		// Even a page that is printed now could not go on from there. Those who
		// are connected have missed nothing.
		g.renewLocked()
	}
	g.offerLocked(p.message)
}

func (g *group) offerLocked(m *message) {
	g.unsent = true
	for c := range g.clients {
		c.offer(m)
	}
}

// restartLocked begins a new run with the present model: all pages of the old
// one have to be loaded again.
func (g *group) restartLocked(reason ending) {
	g.renewLocked()
	for c := range g.clients {
		c.end(reason)
	}
}

// renewLocked begins a new run: only pages that are printed from now on can go
// on from where they are.
func (g *group) renewLocked() {
	g.run = g.feed.runs.Add(1)
	g.ring = ring{since: g.model.Seq}
}

// show brings the group up to date and returns what it shows. A group that has
// shown nothing yet puts the cards where they stand in places, if that is given.
func (g *group) show(s *tree.Snapshot, places view.Places) (*view.Model, string) {
	defer g.deliver((*client).signal)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s, places)
	return g.model, runEpoch(s.Epoch, g.run)
}

// join adds the client, after all that it has missed: nothing can come between.
func (g *group) join(s *tree.Snapshot, c *client, from position) {
	defer c.signal()
	defer g.deliver((*client).signal)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s, view.Places{})
	g.clients[c] = true
	hello := struct {
		T     string    `json:"t"`
		Epoch string    `json:"epoch"`
		Seq   uint64    `json:"seq"`
		Beat  int64     `json:"beat"` // milliseconds between two signs of life
		Time  time.Time `json:"time"`
	}{"hello", from.named(s.Epoch, g.run), g.model.Seq, g.feed.beat.Milliseconds(), clockTime()}
	message, err := newMessage(hello)
	if err != nil {
		c.end(endBroken)
		return
	}
	c.offer(message)
	if from.epoch == "" {
		return
	}
	if !from.isOf(s.Epoch, g.run) || from.seq > g.model.Seq {
		c.end(endEpoch)
		return
	}
	missed, ok := g.ring.after(g.feed.printing, from.seq)
	if !ok {
		c.end(endMissed)
		return
	}
	for _, m := range missed {
		c.offer(m)
	}
}

// since brings the group up to date, and returns what has changed on a page that
// stands at the position, and what it shows then. ok is false if that page is
// not of this run, or some of the changes are gone.
func (g *group) since(s *tree.Snapshot, from position) (changes []view.Change, now *view.Model, ok bool) {
	defer g.deliver((*client).signal)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s, view.Places{})
	if from.epoch != runEpoch(s.Epoch, g.run) || from.seq > g.model.Seq {
		return nil, nil, false
	}
	missed, ok := g.ring.from(from.seq)
	for _, p := range missed {
		changes = append(changes, p.changes...)
	}
	return changes, g.model, ok
}

// offer sends a message to all clients.
func (g *group) offer(m *message) {
	defer g.deliver((*client).pump)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.offerLocked(m)
}

func (g *group) leave(c *client) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.clients, c)
}

func (g *group) members() []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Collect(maps.Keys(g.clients))
}
