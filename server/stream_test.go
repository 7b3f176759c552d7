package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// A reader is a client that listens by an event stream.
type reader struct {
	t    *testing.T
	resp *http.Response
	in   *bufio.Reader
	end  context.CancelFunc
}

func (g *rig) stream(query string) *reader {
	g.t.Helper()
	ctx, cancel := context.WithCancel(g.t.Context())
	req, err := http.NewRequestWithContext(ctx, "GET", g.url+"i/test/live?"+query, nil)
	if err != nil {
		g.t.Fatal(err)
	}
	req.Header.Set("Accept", typeEvents)
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() {
		cancel()
		resp.Body.Close()
	})
	r := newReader(g.t, resp)
	r.end = cancel
	return r
}

func newReader(t *testing.T, resp *http.Response) *reader {
	return &reader{t: t, resp: resp, in: bufio.NewReader(resp.Body)}
}

// next returns the next message but beats, io.EOF at the end of the stream.
func (r *reader) next() (f frame, err error) {
	r.t.Helper()
	// What is kept back on the way fails the test instead of stopping it.
	defer time.AfterFunc(time.Minute, func() { r.resp.Body.Close() }).Stop()
	for f.T == "" || f.T == "beat" {
		line, err := r.in.ReadString('\n')
		if err != nil {
			return f, err
		}
		data, ok := strings.CutPrefix(line, "data: ")
		if blank, _ := r.in.ReadString('\n'); !ok || blank != "\n" {
			r.t.Fatalf("got %q and %q, want an event of one line", line, blank)
		}
		f = frame{}
		if err := json.Unmarshal([]byte(data), &f); err != nil {
			r.t.Fatalf("%v in %s", err, data)
		}
	}
	return f, nil
}

func (r *reader) is(kind string) frame {
	r.t.Helper()
	f, err := r.next()
	if err != nil || f.T != kind {
		r.t.Fatalf("got %+v, %v, want %s", f, err, kind)
	}
	return f
}

// An event stream says what a websocket says, word for word.
func TestStreamSaysWhatTheWebsocketSays(t *testing.T) {
	g := newRig(t, nil)
	query := g.open("q=c1")
	socket, stream := g.listen(query), g.stream(query)
	h := stream.resp.Header
	if h.Get("Content-Type") != typeEvents || h.Get("Cache-Control") != "no-store" || h.Get("X-Accel-Buffering") != "no" {
		t.Errorf("got %v, want an event stream that nothing keeps back", h)
	}
	want := []frame{socket.is("hello")}
	got := []frame{stream.is("hello")}
	if got[0].Time == "" {
		t.Error("hello: got no time")
	}
	got[0].Time, want[0].Time = "", "" // each is told when it was greeted
	for range 5 {
		seq := g.flip()
		want = append(want, socket.until(seq)...)
		for {
			f := stream.is("patch")
			got = append(got, f)
			if f.Seq >= seq {
				break
			}
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
}

func TestStreamGoesOnWhereAPageStands(t *testing.T) {
	g := newRig(t, nil)
	query := g.open("")
	first := g.flip()
	last := g.flip()
	r := g.stream(query)
	r.is("hello")
	var seen []string
	for f := (frame{}); f.Seq < last; {
		f = r.is("patch")
		for _, op := range f.Ops {
			seen = append(seen, op.ID)
		}
	}
	for _, seq := range []uint64{first, last} {
		if want := "event-" + utoa(seq); !strings.Contains(strings.Join(seen, " "), want) {
			t.Errorf("got %v, want %s", seen, want)
		}
	}
	values, _ := url.ParseQuery(query)
	values.Set("epoch", "another")
	r = g.stream(values.Encode())
	r.is("hello")
	if f := r.is("resync"); f.Reason != "epoch" {
		t.Errorf("got %+v, want epoch", f)
	}
	if f, err := r.next(); err != io.EOF {
		t.Errorf("after resync: got %+v, %v, want the end", f, err)
	}
}

func TestStreamsTakeSeatsAsWebsocketsDo(t *testing.T) {
	g := newRig(t, func(o *Options) { o.MaxClients, o.MaxClientsPerAddress = 3, 2 })
	socket, stream := g.listen(""), g.stream("")
	socket.is("hello")
	stream.is("hello")
	p := g.send("GET", "i/test/live", "", "Accept", typeEvents).problem(503)
	if why := g.send("GET", "i/test/live?why", "").problem(503); !reflect.DeepEqual(why, p) {
		t.Errorf("why: got %+v, want %+v", why, p)
	}
	// Behind a proxy that is trusted, each client has its own address.
	g.send("HEAD", "i/test/live", "", "Accept", typeEvents).is(200)
	g.send("GET", "i/test/live?why", "", "X-Forwarded-For", "198.51.100.7").is(200)
	stream.end()
	eventually(t, "the seat is free again", func() bool { return g.board.seats.count() == 1 })
	g.stream("").is("hello")
}

func TestStreamEndsWhenTheServerCloses(t *testing.T) {
	g := newRig(t, nil)
	r := g.stream("")
	r.is("hello")
	if err := g.board.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, err := r.next(); err != io.EOF {
		t.Errorf("got %+v, %v, want the end", f, err)
	}
	g.send("GET", "i/test/live", "", "Accept", typeEvents).problem(503)
	g.send("GET", "i/test/live?why", "").problem(503)
}

// A reader that has stopped to read is sent away, and keeps no other waiting.
func TestStreamThatIsNotReadIsSentAway(t *testing.T) {
	g := newRig(t, nil)
	conn, err := net.Dial("tcp", strings.TrimSuffix(strings.TrimPrefix(g.url, "http://"), "/"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.(*net.TCPConn).SetReadBuffer(4 << 10)
	if _, err := io.WriteString(conn, "GET /i/test/live HTTP/1.1\r\nHost: localhost\r\nAccept: "+typeEvents+"\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	quick := g.listen("")
	quick.is("hello")
	large, err := newMessage(strings.Repeat("x", maxQueue/2))
	if err != nil {
		t.Fatal(err)
	}
	var stuck *client
	eventually(t, "the stream listens", func() bool {
		g.board.feed.each(func(c *client) {
			if _, ok := c.out.(*streamWire); ok {
				stuck = c
			}
		})
		return stuck != nil
	})
	for !stuck.ended() {
		stuck.offer(large)
		stuck.signal()
		quick.until(g.flip())
	}
	eventually(t, "it is gone", func() bool { return g.board.seats.count() == 1 })
}

// A writer may not be used any more when its handler has returned: the connection
// may serve another request by then.
func TestStreamThatHasEndedTouchesNothing(t *testing.T) {
	w := &deadlines{}
	s := &streamWire{ctx: t.Context(), w: w, out: http.NewResponseController(w)}
	c := newClient(s)
	s.hurry()
	if w.set != 1 {
		t.Errorf("deadlines while it runs: got %d, want 1", w.set)
	}
	c.end(endShutdown)
	s.serve(c)
	before := w.set
	s.hurry()
	s.cut()
	if w.set != before {
		t.Errorf("deadlines afterwards: got %d, want none", w.set-before)
	}
}

// deadlines counts how often it was given one.
type deadlines struct {
	http.ResponseWriter
	set int
}

func (d *deadlines) SetWriteDeadline(time.Time) error {
	d.set++
	return nil
}

func (d *deadlines) Flush() {}
