package server

import (
	"bufio"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

func TestEventsAreListed(t *testing.T) {
	g := newRig(t, nil)
	last := g.rt.Tree().Seq
	list := func(query string) eventPage {
		return into[eventPage](g.send("GET", api+"events?"+query, "").is(200))
	}
	all := list("")
	if len(all.Events) != int(last) || all.Gap || all.Epoch != "epoch" || all.Seq != last {
		t.Fatalf("got %d events to %d, gap %t, want all %d", len(all.Events), all.Seq, all.Gap, last)
	}
	for i, e := range all.Events {
		if e.Seq != uint64(i+1) {
			t.Fatalf("event %d: got %d", i+1, e.Seq)
		}
	}
	if page := list("after=3&limit=2"); len(page.Events) != 2 || page.Events[0].Seq != 4 || page.Seq != 5 {
		t.Errorf("two after 3: got %+v", page)
	}
	if page := list("kind=director.added&kind=vcl.added"); len(page.Events) != 6 {
		t.Errorf("two kinds: got %d, want 6", len(page.Events))
	}
	if page := list("kind=director.added,vcl.added&director=boot.a1"); len(page.Events) != 1 || page.Events[0].Director != "a1" {
		t.Errorf("of a1: got %+v, want one", page.Events)
	}
	if page := list("kind=ref.assigned&director=@1"); len(page.Events) != 1 || page.Events[0].To != "a1" {
		t.Errorf("assignments of @1: got %+v, want one", page.Events)
	}
	if page := list("after=99999"); !page.Gap || len(page.Events) != int(last) {
		t.Errorf("from the future: got gap %t and %d events, want a gap and all", page.Gap, len(page.Events))
	}
	for _, query := range []string{"after=x", "limit=0", "limit=x", "limit=99999", "kind=director.married", "director=@x"} {
		g.send("GET", api+"events?"+query, "").problem(422)
	}
}

func TestEventsThatAreNoLongerKnownAreAGap(t *testing.T) {
	rt := director.New(director.Options{Name: "test", LogCapacity: 4})
	board, err := New(Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := rt.AddVCL(name); err != nil {
			t.Fatal(err)
		}
	}
	w := httptest.NewRecorder()
	req, _ := http.NewRequest("GET", "/"+api+"events?after=1", nil)
	board.ServeHTTP(w, req)
	page := into[eventPage](answer{t, "events", w.Code, w.Header(), w.Body.String()})
	if !page.Gap || len(page.Events) != 4 || page.Events[0].Seq != rt.Log().Oldest() {
		t.Errorf("got %+v, want a gap and the four newest", page)
	}

	w = httptest.NewRecorder()
	req, _ = http.NewRequest("GET", "/"+api+"events?after=1&limit=2", nil)
	req.Header.Set("Accept", "application/x-ndjson")
	board.ServeHTTP(w, req)
	lines := strings.Split(strings.TrimSpace(w.Body.String()), "\n")
	if got := w.Header().Get("X-Accel-Buffering"); got != "no" {
		t.Errorf("stream: X-Accel-Buffering: got %q, want no: nginx would keep it back", got)
	}
	if len(lines) != 3 || !strings.Contains(lines[0], `"gap":true`) {
		t.Errorf("stream: got %q, want a gap and two events", lines)
	}
	if err := board.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := rt.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestEventsAreStreamedAsTheyHappen(t *testing.T) {
	g := newRig(t, nil)
	req, _ := http.NewRequest("GET", g.url+api+"events?after=0", nil)
	req.Header.Set("Accept", "application/x-ndjson")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Accel-Buffering"); got != "no" {
		t.Errorf("got X-Accel-Buffering %q, want no: nginx holds events back without it", got)
	}
	lines := bufio.NewScanner(resp.Body)
	seq := g.flip()
	for want := uint64(1); want <= seq; want++ {
		var e event.Event
		if !lines.Scan() || json.Unmarshal(lines.Bytes(), &e) != nil || e.Seq != want {
			t.Fatalf("got %q, want event %d", lines.Text(), want)
		}
	}
	again := g.follow("kind=director.admin_health")
	g.flip()
	if got := again.read(t, 1); len(got) != 1 || got[0] != "director.admin_health" {
		t.Errorf("without after: got %v, want only what is new", got)
	}
	if err := g.board.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	for lines.Scan() {
	}
	if lines.Err() != nil {
		t.Errorf("the stream of a closed board: got %v, want its end", lines.Err())
	}
	g.send("GET", api+"events", "", "Accept", "text/event-stream").problem(503)
}

func TestEventStreamGoesOnWhereTheBrowserLeftIt(t *testing.T) {
	g := newRig(t, nil)
	a := g.send("GET", api+"events?after=0&limit=1", "", "Accept", "text/event-stream", "Last-Event-ID", "3").is(200)
	if !strings.HasPrefix(a.body, "id: 4\nevent: ") || strings.Count(a.body, "id: ") != 1 {
		t.Errorf("got %q, want event 4 alone", a.body)
	}
	g.send("GET", api+"events", "", "Accept", "text/event-stream", "Last-Event-ID", "x").problem(422)
	g.send("HEAD", api+"events", "", "Accept", "text/event-stream").is(200)
}
