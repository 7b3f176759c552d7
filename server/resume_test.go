package server

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func TestResumeLeavesNoGap(t *testing.T) {
	g := newRig(t, nil)
	query := g.open("")
	g.flip()
	seq := g.flip()
	l := g.listen(query)
	l.is("hello")
	seen := map[string]bool{}
	for _, p := range l.until(seq) {
		for _, op := range p.Ops {
			seen[op.ID] = true
		}
	}
	if !seen["event-"+utoa(seq)] || !seen["event-"+utoa(seq-1)] {
		t.Errorf("got %v, want both events", seen)
	}
	l.conn.Close()

	values, _ := url.ParseQuery(query)
	values.Set("seq", utoa(seq))
	g.flip()
	seq = g.flip()
	l = g.listen(values.Encode())
	l.is("hello")
	patches := l.until(seq)
	if patches[0].Seq > seq {
		t.Errorf("got first patch %d, want all up to %d", patches[0].Seq, seq)
	}
}

func TestResyncWhereTheGapCannotBeFilled(t *testing.T) {
	g := newRig(t, func(o *Options) { o.Linger = time.Millisecond })
	query := g.open("q=gone")
	eventually(t, "the view is forgotten", func() bool {
		g.board.feed.mu.Lock()
		defer g.board.feed.mu.Unlock()
		return len(g.board.feed.groups) == 0
	})
	now := g.rt.Tree().Seq
	for what, query := range map[string]string{
		"another run of the view":     query,
		"another epoch":               "epoch=other&seq=" + utoa(now),
		"an epoch that begins alike":  "epoch=epoch2&seq=" + utoa(now),
		"a number of the future":      "epoch=epoch&seq=" + utoa(now+1),
		"a number that is long past":  "epoch=epoch&seq=1",
		"a run that there never was":  "epoch=epoch.zzz&seq=" + utoa(now),
		"a run that cannot be parsed": "epoch=epoch.&seq=" + utoa(now),
	} {
		l := g.listen(query)
		l.is("hello")
		if f := l.is("resync"); f.Reason == "" {
			t.Errorf("%s: got %+v, want a reason", what, f)
		}
		l.closes(websocket.CloseNormalClosure)
	}
	if _, resp, err := g.dial("epoch=epoch&seq=x"); err == nil || resp.StatusCode != 422 {
		t.Errorf("a number that is none: got %v, want 422", resp)
	}
}

func TestTrafficAloneNeverCausesAResync(t *testing.T) {
	g := newRig(t, nil)
	query := g.open("select=boot.a1")
	keep := g.listen(query)
	keep.is("hello")
	d, err := g.rt.Find("a1")
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		hold := d.Hold()
		keep.is("patch")
		hold.Drop()
		keep.is("patch")
	}
	hold := d.Hold()
	defer hold.Drop()
	keep.is("patch")
	l := g.listen(query)
	l.is("hello")
	p := l.is("patch")
	if !strings.Contains(fmt.Sprint(p.Ops), "tasks 1") && !strings.Contains(fmt.Sprint(p.Ops), "task 1") {
		t.Errorf("got %+v, want the request in flight", p)
	}
	group := g.board.feed.acquire(viewOf("select=boot.a1"))
	defer g.board.feed.giveBack(group)
	group.mu.Lock()
	defer group.mu.Unlock()
	if n := len(group.ring.patches); n > 3 {
		t.Errorf("patches kept: got %d, want them merged", n)
	}
}
