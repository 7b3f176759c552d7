package server

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// A group is all who look at the same view: what they are shown, and the newest
// patches that led there.
type group struct {
	feed  *feed
	query view.Query

	// The fields below are guarded by feed.mu.

	users     int // clients, and requests that are at it
	watchers  int // clients
	idleSince time.Time

	mu       sync.Mutex // guards the fields below
	run      uint64     // names the chain of models
	model    *view.Model
	revision uint64 // of the snapshot that model shows
	ring     ring
	clients  map[*client]bool
}

func newGroup(f *feed, q view.Query) *group {
	return &group{feed: f, query: q, run: f.runs.Add(1), clients: make(map[*client]bool)}
}

// advance makes the group show s, and tells its clients what is different. Two
// goroutines may come with different snapshots; the older one changes nothing.
func (g *group) advance(s *tree.Snapshot) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s)
}

func (g *group) advanceLocked(s *tree.Snapshot) {
	prev := g.model
	if prev != nil && s.Revision <= g.revision {
		return
	}
	events, whole := g.feed.eventsFor(prev, s)
	next := view.Build(s, events, g.query, prev)
	g.model, g.revision = next, s.Revision
	switch {
	case prev == nil:
		g.ring = ring{since: next.Seq}
	case !whole:
		g.restartLocked(endMissed)
	default:
		g.publishLocked(prev, next)
	}
}

// publishLocked tells all clients what is different between two models.
func (g *group) publishLocked(prev, next *view.Model) {
	changes := view.Diff(prev, next)
	if len(changes) == 0 && next.Seq == prev.Seq {
		return
	}
	p := &patch{seq: next.Seq, changes: changes}
	if err := p.print(); err != nil {
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
	for c := range g.clients {
		c.offer(p.message)
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

// show brings the group up to date and returns what it shows.
func (g *group) show(s *tree.Snapshot) (*view.Model, string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s)
	return g.model, runEpoch(s.Epoch, g.run)
}

// join adds the client, after all that it has missed: nothing can come between.
func (g *group) join(s *tree.Snapshot, c *client, from position) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.advanceLocked(s)
	g.clients[c] = true
	hello := struct {
		T     string `json:"t"`
		Epoch string `json:"epoch"`
		Seq   uint64 `json:"seq"`
	}{"hello", from.named(s.Epoch, g.run), g.model.Seq}
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
	missed, ok := g.ring.after(from.seq)
	if !ok {
		c.end(endMissed)
		return
	}
	for _, m := range missed {
		c.offer(m)
	}
}

func (g *group) leave(c *client) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.clients, c)
}

func (g *group) members() []*client {
	g.mu.Lock()
	defer g.mu.Unlock()
	clients := make([]*client, 0, len(g.clients))
	for c := range g.clients {
		clients = append(clients, c)
	}
	return clients
}

// A message is a frame that is encoded and compressed once for all who get it.
type message struct {
	prepared *websocket.PreparedMessage
	size     int
}

func newMessage(v any) (*message, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("encode a message: %w", err)
	}
	prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, data)
	if err != nil {
		return nil, fmt.Errorf("frame a message: %w", err)
	}
	return &message{prepared: prepared, size: len(data)}, nil
}

// A patch is what leads from one model to the next.
type patch struct {
	seq     uint64
	changes []view.Change
	message *message // nil until somebody needs it
	// size is what the patch counts for in the ring.
	size int
	// mergeable says that the next one may be merged into this one.
	mergeable bool
}

// print makes the message if there is none yet.
func (p *patch) print() error {
	if p.message != nil {
		return nil
	}
	ops, err := web.Patch(noContext, p.changes)
	if err != nil {
		return err
	}
	p.message, err = newMessage(struct {
		T   string   `json:"t"`
		Seq uint64   `json:"seq"`
		Ops []web.Op `json:"ops"`
	}{"patch", p.seq, ops})
	return err
}
