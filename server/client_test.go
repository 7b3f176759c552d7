package server

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"

	"github.com/gorilla/websocket"
)

func TestClientsAreLimited(t *testing.T) {
	g := newRig(t, func(o *Options) { o.MaxClients, o.MaxClientsPerAddress = 3, 2 })
	first, second := g.listen(""), g.listen("")
	first.is("hello")
	second.is("hello")
	if _, resp, err := g.dial(""); err == nil || resp.StatusCode != 503 {
		t.Fatalf("a third one: got %v, want 503", resp)
	}
	first.conn.Close()
	eventually(t, "the seat is free again", func() bool { return g.board.seats.count() == 1 })
	g.listen("").is("hello")
}

func TestSlowClientDelaysNobody(t *testing.T) {
	g := newRig(t, nil)
	slow, quick := g.listen(""), g.listen("")
	quick.is("hello")
	slow.is("hello")
	stuck := g.clientOf(slow)
	noise := make([]byte, maxQueue/4)
	for i := range noise {
		noise[i] = 'a' + byte(rand.IntN(26)) // as good as incompressible
	}
	big, err := newMessage(frame{T: "patch", Reason: string(noise)})
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; !stuck.ended(); i++ {
		stuck.offer(big)
		quick.until(g.flip())
		if i > 1000 {
			t.Fatal("the slow client was not sent away")
		}
	}
	eventually(t, "the slow client is gone", func() bool { return g.board.seats.count() == 1 })
	quick.until(g.flip())
}

func TestClientForWhichTooMuchWaitsIsToldWhy(t *testing.T) {
	g := newRig(t, nil)
	l := g.listen("")
	l.is("hello")
	c := g.clientOf(l)
	big, err := newMessage(frame{T: "patch", Reason: strings.Repeat("x", maxQueue/3)})
	if err != nil {
		t.Fatal(err)
	}
	for !c.ended() {
		c.offer(big)
	}
	f, err := l.next()
	for ; err == nil && f.T == "patch"; f, err = l.next() {
	}
	if f.T != "resync" || f.Reason != "slow" {
		t.Errorf("got %+v, %v, want a resync because of slow", f, err)
	}
	l.closes(websocket.CloseTryAgainLater)
}

func (g *rig) clientOf(l *listener) *client {
	g.t.Helper()
	var found *client
	g.board.feed.each(func(c *client) {
		if c.batch.RemoteAddr().String() == l.conn.LocalAddr().String() {
			found = c
		}
	})
	if found == nil {
		g.t.Fatal("the listener is not in the feed")
	}
	return found
}

func (c *client) ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.ending != nil
}

func TestCloseSaysSoToEverybody(t *testing.T) {
	g := newRig(t, nil)
	listeners := []*listener{g.listen(""), g.listen("q=a"), g.listen("q=a")}
	for _, l := range listeners {
		l.is("hello")
	}
	var closing sync.WaitGroup
	closing.Go(func() {
		if err := g.board.Close(context.Background()); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	for _, l := range listeners {
		l.closes(websocket.CloseGoingAway)
	}
	closing.Wait()
	if _, resp, err := g.dial(""); err == nil || resp.StatusCode != 503 {
		t.Errorf("after close: got %v, want 503", resp)
	}
	g.send("GET", "i/test/", "").is(200)
}

func TestCloseDoesNotWaitForEver(t *testing.T) {
	g := newRig(t, nil)
	g.listen("").is("hello")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := g.board.Close(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want canceled", err)
	}
}

func TestViewsThatNobodyWatchesCostNothing(t *testing.T) {
	g := newRig(t, nil)
	l := g.listen("q=a")
	l.is("hello")
	l.conn.Close()
	eventually(t, "the feed has stopped", func() bool {
		g.board.feed.mu.Lock()
		defer g.board.feed.mu.Unlock()
		return !g.board.feed.running
	})
	for i := range maxIdleGroups + 10 {
		g.board.feed.show(viewOf(fmt.Sprintf("q=%d", i)))
	}
	g.board.feed.mu.Lock()
	defer g.board.feed.mu.Unlock()
	if n := len(g.board.feed.groups); n > maxIdleGroups {
		t.Errorf("idle groups: got %d, want at most %d", n, maxIdleGroups)
	}
}
