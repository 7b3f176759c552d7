package server

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
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

// One client that never reads is not noticed by the others, and is sent away
// when too much waits for it.
func TestClientThatNeverReadsIsNotNoticed(t *testing.T) {
	g := newRig(t, nil)
	never := g.listen("")
	quick := []*listener{g.listen(""), g.listen(""), g.listen("q=c1")}
	for _, l := range append(quick, never) {
		l.is("hello")
	}
	stuck := g.clientOf(never)
	// Little room on the way, so that it is the server's queue that fills.
	for _, conn := range []net.Conn{never.conn.NetConn(), stuck.out.(*socketWire).batch.Conn} {
		_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
		_ = conn.(*net.TCPConn).SetWriteBuffer(4 << 10)
	}
	// Most of what may wait does already: the rest should come before the write that
	// is stuck has used up its time, which ends the client, too.
	filling, err := newMessage(frame{T: "patch", Reason: strings.Repeat("x", maxQueue/500)})
	if err != nil {
		t.Fatal(err)
	}
	for stuck.waiting() < maxQueue*99/100 {
		stuck.offer(filling)
		stuck.pump()
	}
	most := 0
	for i := 0; !stuck.ended(); i++ {
		seq := g.flip()
		for _, l := range quick {
			if patches := l.until(seq); !strings.Contains(fmt.Sprint(patches), "event-"+utoa(seq)) {
				t.Fatalf("got %v, want event %d", patches, seq)
			}
		}
		most = max(most, stuck.waiting())
		if i > 20_000 {
			t.Fatal("the slow client was not sent away")
		}
	}
	if most < maxQueue/2 || most > maxQueue {
		t.Errorf("bytes that waited: got up to %d, want near %d and not more", most, maxQueue)
	}
	eventually(t, "the slow client is gone", func() bool { return g.board.seats.count() == len(quick) })
	if n := stuck.waiting(); n != 0 && stuck.endedSlow() {
		t.Errorf("bytes that wait for nobody: got %d, want 0", n)
	}
	for err := error(nil); err == nil; {
		_, err = never.next()
		// What the library says where the connection was cut is 1006.
		if websocket.IsUnexpectedCloseError(err, websocket.CloseTryAgainLater, websocket.CloseAbnormalClosure) {
			t.Errorf("got %v, want 1013 or a cut", err)
		}
	}
}

func (c *client) waiting() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

func (c *client) endedSlow() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return *c.ending == endSlow
}

// What is sent to one client is what is sent to all of them, byte for byte, so
// that it need be compressed only once.
func TestSameFramesForAll(t *testing.T) {
	g := newRig(t, nil)
	var heard [2]wiretap
	var listeners []*listener
	for i := range heard {
		dialer := websocket.Dialer{EnableCompression: true, NetDial: heard[i].dial}
		conn, _, err := dialer.Dial("ws"+strings.TrimPrefix(g.url, "http")+"i/test/live", nil)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		l := &listener{t, conn}
		l.is("hello")
		listeners = append(listeners, l)
	}
	for range 5 {
		seq := g.flip()
		for _, l := range listeners {
			l.until(seq)
		}
	}
	// Each has a hello of its own, which tells the time.
	one, two := afterFirstFrame(heard[0].frames()), afterFirstFrame(heard[1].frames())
	if !bytes.Equal(one, two) {
		t.Errorf("got %d and %d bytes, want the same", len(one), len(two))
	}
	const textCompressed = 0xC1 // the first byte of a frame: final, compressed, text
	if one[0] != textCompressed {
		t.Errorf("got first byte %x, want %x: nothing is compressed", one[0], textCompressed)
	}
}

// A wiretap keeps what comes over a connection.
type wiretap struct {
	net.Conn
	heard bytes.Buffer
}

func (w *wiretap) dial(network, address string) (net.Conn, error) {
	conn, err := net.Dial(network, address)
	w.Conn = conn
	return w, err
}

func (w *wiretap) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.heard.Write(p[:n])
	return n, err
}

// frames is what came after the handshake.
func (w *wiretap) frames() []byte {
	_, frames, _ := bytes.Cut(w.heard.Bytes(), []byte("\r\n\r\n"))
	return frames
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
		if c.out.(*socketWire).batch.RemoteAddr().String() == l.conn.LocalAddr().String() {
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

// afterFirstFrame returns what follows the first frame of a server, whose length
// is in its second byte, or in the two after that (RFC 6455, section 5.2).
func afterFirstFrame(frames []byte) []byte {
	const longer = 126
	if length := int(frames[1]); length < longer {
		return frames[2+length:]
	}
	return frames[4+int(binary.BigEndian.Uint16(frames[2:])):]
}
