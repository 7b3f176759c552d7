package server

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// A keeper keeps what a test lets it.
type keeper struct {
	mu   sync.Mutex // guards the fields below
	kept uint64
	err  error
	news chan struct{}
	// waits is the highest sequence number that is waited for, 0 if none is.
	waits uint64
}

func newKeeper() *keeper { return &keeper{news: make(chan struct{})} }

func (k *keeper) set(kept uint64, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.kept, k.err = kept, err
	close(k.news)
	k.news = make(chan struct{})
}

func (k *keeper) Written(ctx context.Context, seq uint64) error {
	for {
		k.mu.Lock()
		kept, err, news := k.kept, k.err, k.news
		k.waits = max(k.waits, seq)
		if kept >= seq || err != nil {
			k.waits = 0
		}
		k.mu.Unlock()
		if kept >= seq || err != nil {
			return err
		}
		select {
		case <-news:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (k *keeper) waitedFor() uint64 {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.waits
}

func (k *keeper) Failing() (time.Time, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC), k.err
}

const forever = 1 << 62

var errFull = &fs.PathError{Op: "write", Path: "/secret/place", Err: syscall.ENOSPC}

// newKeptRig starts a board whose changes a keeper keeps.
func newKeptRig(t *testing.T) (*rig, *keeper) {
	t.Helper()
	k := newKeeper()
	return newRig(t, func(o *Options) { o.Durability = k }), k
}

// doors are the commands, with what they are sent by.
var doors = []struct{ method, path, body string }{
	{"POST", "directors", `{"name":"n","type":"random","members":[{"director":"a1"},{"director":"a2"}]}`},
	{"POST", "directors/n/members", `{"director":"c1"}`},
	{"PUT", "directors/n/members/1", `{"weight":7}`},
	{"DELETE", "directors/n/members/2", ""},
	{"POST", "directors/n/pins", `{"note":"x"}`},
	{"PUT", "health", `{"pattern":"boot.a*","admin":"sick"}`},
	{"PUT", "vcls/boot/default", `{"director":"n"}`},
	{"PUT", "vcls/boot/default", `{"director":"site"}`},
	{"POST", "vcls", `{"name":"v2"}`},
	{"PUT", "labels/www", `{"vcl":"v2"}`},
	{"DELETE", "labels/www", ""},
	{"PUT", "active", `{"vcl":"v2"}`},
	{"PUT", "active", `{"vcl":"boot"}`},
	{"PUT", "vcls/v2/temperature", `{"temperature":"warm"}`},
	{"DELETE", "vcls/v2", ""},
	{"PUT", "step", `{"on":true}`},
	{"DELETE", "directors/n", ""},
	{"POST", "step/next", ""},
	{"PUT", "step", `{"on":false}`},
}

// Each door answers when what it has done is kept, and not before.
func TestNoCommandIsAnsweredBeforeItIsKept(t *testing.T) {
	g, k := newKeptRig(t)
	for _, door := range doors {
		before := g.rt.Tree().Seq
		k.set(before, nil)
		answered := make(chan answer)
		go func() { answered <- g.send(door.method, api+door.path, door.body) }()
		eventually(t, door.path+" takes effect, and waits for that to be kept", func() bool {
			return k.waitedFor() > before && k.waitedFor() == g.rt.Tree().Seq
		})
		select {
		case a := <-answered:
			t.Fatalf("%s %s: answered %d before it was kept", door.method, door.path, a.status)
		default:
		}
		k.set(forever, nil)
		if a := <-answered; a.status/100 != 2 {
			t.Fatalf("%s %s: got %d, want success\n%s", door.method, door.path, a.status, a.body)
		}
	}
}

// Each door makes one command, of which the last event says so.
func TestEachRequestIsOneCommand(t *testing.T) {
	g := newRig(t, nil)
	for _, door := range doors {
		before := g.rt.Tree().Seq
		if a := g.send(door.method, api+door.path, door.body); a.status/100 != 2 {
			t.Fatalf("%s %s: got %d\n%s", door.method, door.path, a.status, a.body)
		}
		g.wantOneCommand(before, door.method+" "+door.path)
	}
}

func (g *rig) wantOneCommand(after uint64, what string) []event.Event {
	g.t.Helper()
	events, err := g.rt.Log().After(after, 0)
	if err != nil || len(events) == 0 {
		g.t.Fatalf("%s: %d events, %v", what, len(events), err)
	}
	for i, e := range events {
		if e.Command == 0 || e.Command != events[0].Command || e.Last != (i == len(events)-1) {
			g.t.Errorf("%s: event %d of %d, %s, is of command %d, last %t; want all of one, the last last",
				what, i+1, len(events), e.Kind, e.Command, e.Last)
		}
	}
	return events
}

func TestUndoIsOneCommandAndNamesTheOther(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	before := g.rt.Tree().Seq
	gone := into[deletion](g.send("DELETE", api+"directors/px", "").is(202))
	events, err := g.rt.Log().After(before, 0)
	if err != nil {
		t.Fatal(err)
	}
	if gone.Undo == nil || gone.Undo.Command != events[0].Command || g.undoList()[0].Command != events[0].Command {
		t.Errorf("the delete was command %d; its undo names %+v, the list %+v", events[0].Command, gone.Undo, g.undoList())
	}
	before = g.rt.Tree().Seq
	g.undo(gone.Undo.ID)
	g.wantOneCommand(before, "undo")
}

func TestADiskThatFailsIsSeen(t *testing.T) {
	g, k := newKeptRig(t)
	k.set(forever, nil)
	g.send("GET", "readyz", "").is(200)
	l := g.listen(g.open("face=graph"))
	l.is("hello")
	k.set(0, errFull)

	p := g.send("POST", api+"vcls", `{"name":"v2"}`).problem(http.StatusInsufficientStorage)
	if _, ok := g.rt.Tree().VCL("v2"); !ok || p.Seq != g.rt.Tree().Seq {
		t.Errorf("VCL v2 is there: %t, seq %d; want that it has taken effect, at %d", ok, p.Seq, g.rt.Tree().Seq)
	}
	page := g.form(api+"directors/a1/pins", "note=x", "Accept", asPage).is(http.StatusInsufficientStorage)
	if !strings.Contains(page.body, "no space left on device") || strings.Contains(page.body, "secret") {
		t.Errorf("the page of a form tells\n%s\nwant what is wrong, without the path", page.body)
	}
	if a := g.send("POST", api+"directors", `{"name":"a2","type":"random"}`); a.status != 422 && a.status != 409 {
		t.Errorf("a mistake: got %d, want it told as ever", a.status)
	}
	const words = "Changes are not kept on disk since 03:04:05 UTC: no space left on device"
	if a := g.send("GET", "readyz", "").is(503); !strings.Contains(a.body, words) {
		t.Errorf("readyz: got %q, want %q in it", a.body, words)
	}
	g.send("GET", "healthz", "").is(200)
	if a := g.send("GET", "metrics", ""); !strings.Contains(a.body, `callboard_journal_failing{instance="test"} 1`) {
		t.Errorf("metrics do not tell:\n%s", a.body)
	}
	if a := g.send("GET", "i/test/", "", "Accept", asPage); !strings.Contains(a.body, words) {
		t.Error("a page that is printed does not tell")
	}
	l.tells(words)
	k.set(forever, nil)
	l.tells("note-trouble") // it is taken away
	g.send("GET", "readyz", "").is(200)
	if a := g.send("GET", "metrics", ""); !strings.Contains(a.body, `callboard_journal_failing{instance="test"} 0`) {
		t.Errorf("metrics do not tell that all is well:\n%s", a.body)
	}
	if a := g.send("GET", "i/test/", "", "Accept", asPage); strings.Contains(a.body, words) {
		t.Error("a page that is printed still tells")
	}
}

func TestNoErrorOfTheDiskTellsAPath(t *testing.T) {
	rename := &os.LinkError{Op: "rename", Old: "/secret/a.tmp", New: "/secret/a", Err: syscall.ENOSPC}
	for _, err := range []error{errFull, rename, errors.Join(rename, errFull), fmt.Errorf("journal: %w", rename)} {
		if got := diskWords(err); strings.Contains(got, "secret") || !strings.Contains(got, "no space left on device") {
			t.Errorf("%v: got %q, want the reason alone", err, got)
		}
	}
}

// tells reads patches until one has the words in it.
func (l *listener) tells(words string) {
	l.t.Helper()
	for {
		f := l.is("patch")
		for _, op := range f.Ops {
			if strings.Contains(op.HTML, words) || op.ID == words {
				return
			}
		}
	}
}

// A client that does not wait learns nothing wrong, and nothing waits for it.
func TestAClientThatLeavesWhileItsCommandIsWritten(t *testing.T) {
	g, k := newKeptRig(t)
	ctx, leave := context.WithCancel(t.Context())
	req, err := http.NewRequestWithContext(ctx, "POST", g.url+api+"vcls", strings.NewReader(`{"name":"v2"}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", asJSON)
	failed := make(chan error)
	go func() {
		_, err := http.DefaultTransport.RoundTrip(req)
		failed <- err
	}()
	eventually(t, "it takes effect", func() bool { _, ok := g.rt.Tree().VCL("v2"); return ok })
	leave()
	if err := <-failed; err == nil {
		t.Error("it was answered though nothing was kept")
	}
	k.set(forever, nil)
}

// The list of events tells of commands as a whole, though another one is under
// way at the moment.
func TestEventsOfACommandUnderWay(t *testing.T) {
	g := newRig(t, nil)
	begun, goOn := make(chan bool), make(chan bool)
	ended := make(chan error)
	start := g.rt.Tree().Seq
	go func() {
		ended <- g.rt.Command("", func(c *director.Command) error {
			_, err := c.AddVCL("v2")
			close(begun)
			<-goOn
			return err
		})
	}()
	<-begun
	g.send("PUT", api+"health", `{"pattern":"a1","admin":"sick"}`).is(200)
	settled := make(chan bool)
	go func() {
		g.board.awaitSettled(t.Context(), time.Hour)
		close(settled)
	}()
	g.board.awaitSettled(t.Context(), time.Millisecond) // does not wait for ever
	select {
	case <-settled:
		t.Error("the events are taken for settled while a command is under way")
	default:
	}
	close(goOn)
	<-settled
	page := into[eventPage](g.send("GET", api+"events?after="+utoa(start), "").is(200))
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	lasts := map[event.Number]int{}
	for _, e := range page.Events {
		lasts[e.Command] += int(flag(e.Last))
	}
	if len(lasts) != 2 || lasts[page.Events[0].Command] != 1 || lasts[page.Events[len(page.Events)-1].Command] != 1 {
		t.Errorf("got %+v, want two commands, each with its last event", page.Events)
	}
}
