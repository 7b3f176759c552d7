package server

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A slowOrigin answers with a header at once and with the rest when told.
type slowOrigin struct {
	*httptest.Server
	finish chan struct{}
}

func newSlowOrigin(t *testing.T) *slowOrigin {
	o := &slowOrigin{finish: make(chan struct{})}
	o.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Backend", "b9")
		_ = http.NewResponseController(w).Flush()
		select {
		case <-o.finish:
			fmt.Fprintln(w, "done")
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(o.Close)
	return o
}

// The whole story, over real sockets: a backend is added and assigned, a
// request goes to it, and it is deleted in the middle of that request. It is
// released at once, lingers as long as the request holds it, and is destroyed
// when the body is done; the API, the stream of events and the live page tell
// the same.
func TestStoryOfABackendThatIsDeletedWithARequestInFlight(t *testing.T) {
	g := newRig(t, nil)
	origin := newSlowOrigin(t)
	page := g.listen(g.open("select=boot.b9"))
	page.is("hello")
	stream := g.follow("director=b9")

	address := strings.TrimPrefix(origin.URL, "http://")
	host, port, _ := strings.Cut(address, ":")
	added := into[directorAnswer](g.send("POST", api+"directors",
		fmt.Sprintf(`{"vcl":"boot","name":"b9","type":"backend","backend":{"host":%q,"port":%s}}`, host, port)).is(201))
	g.send("PUT", api+"directors/pool/members/1", `{"director":"b9"}`).is(200)
	g.send("DELETE", api+"directors/pool/members/2", "").is(200)

	resp, err := http.Get(g.newProxy() + "/slow")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if got := resp.Header.Get("X-Backend"); got != "b9" {
		t.Fatalf("request went to %q, want b9", got)
	}
	held := into[directorAnswer](g.send("GET", api+"directors/b9", "").is(200))
	if want := (tree.HolderCounts{Owner: 1, Members: 1, Tasks: 1}); held.Holders != want || held.Refcount != 3 {
		t.Errorf("in flight: got %d %+v, want 3 %+v", held.Refcount, held.Holders, want)
	}

	deleted := into[deletion](g.send("DELETE", api+"directors/b9", "").is(202))
	if deleted.Phase != tree.Lingering || deleted.Refcount != 2 || len(deleted.HeldBy) != 2 || deleted.HeldBy[0].Name != "pool" || deleted.HeldBy[1].Kind != event.HolderTask {
		t.Errorf("deleted: got %+v, want lingering, held by pool and a request", deleted)
	}
	g.send("DELETE", api+"directors/pool/members/1", "").is(200)
	lingering := into[directorAnswer](g.send("GET", api+"directors/b9", "").is(200))
	if lingering.Phase != tree.Lingering || lingering.Refcount != 1 || lingering.Holders.Tasks != 1 {
		t.Errorf("held by the request alone: got %+v, want lingering with one reference", lingering)
	}
	shown := texts(page.until(g.rt.Tree().Seq))
	if !strings.Contains(shown, "lingering") || strings.Contains(shown, "was destroyed") {
		t.Errorf("page before the body is done: want lingering, and not destroyed, in\n%s", shown)
	}

	close(origin.finish)
	if body, err := io.ReadAll(resp.Body); err != nil || string(body) != "done\n" {
		t.Fatalf("body of a deleted backend: got %q, %v, want all of it", body, err)
	}
	eventually(t, "b9 is destroyed", func() bool { return g.send("GET", api+"directors/b9", "").status == 404 })
	if shown = texts(page.until(g.rt.Tree().Seq)); !strings.Contains(shown, "was destroyed") {
		t.Errorf("page after the body is done: want destroyed in\n%s", shown)
	}

	steps := []string{
		"director.added", "director.event WARM", "ref.assigned", "director.deleted", "director.released",
		"ref.assigned", "director.event COLD", "director.destroyed",
	}
	if got := stream.read(t, len(steps)); !slices.Equal(got, steps) {
		t.Errorf("stream: got %v, want %v", got, steps)
	}
	list := into[eventPage](g.send("GET", api+"events?director=@"+utoa(added.ID)+"&kind=director.destroyed", "").is(200))
	if len(list.Events) != 1 || list.Gap {
		t.Errorf("list of destroys: got %+v, want one", list)
	}
}

// texts is everything that patches print.
func texts(frames []frame) string {
	var b strings.Builder
	for _, f := range frames {
		for _, op := range f.Ops {
			b.WriteString(op.HTML)
		}
	}
	return b.String()
}

// An eventReader reads a stream of server-sent events.
type eventReader struct {
	*bufio.Scanner
}

func (g *rig) follow(query string) eventReader {
	g.t.Helper()
	req, _ := http.NewRequest("GET", g.url+api+"events?"+query, nil)
	req.Header.Set("Accept", "text/event-stream")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { resp.Body.Close() })
	if got := resp.Header.Get("Content-Type"); got != "text/event-stream" {
		g.t.Fatalf("content type of the stream: got %q", got)
	}
	return eventReader{bufio.NewScanner(resp.Body)}
}

// read returns the kinds of the next n events, and checks that their numbers
// rise.
func (r eventReader) read(t *testing.T, n int) []string {
	t.Helper()
	var kinds []string
	last := uint64(0)
	for len(kinds) < n && r.Scan() {
		field, value, _ := strings.Cut(r.Text(), ": ")
		switch field {
		case "id":
			seq, err := strconv.ParseUint(value, 10, 64)
			if err != nil || seq <= last {
				t.Errorf("id: got %q after %d", value, last)
			}
			last = seq
		case "event":
			kinds = append(kinds, value)
		case "data":
			for _, word := range []string{"WARM", "COLD"} {
				if strings.Contains(value, `"event":"`+word+`"`) {
					kinds[len(kinds)-1] += " " + word
				}
			}
		}
	}
	return kinds
}
