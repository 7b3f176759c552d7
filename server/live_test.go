package server

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/web"
)

// A frame is a message as a client gets it.
type frame struct {
	T      string   `json:"t"`
	Epoch  string   `json:"epoch"`
	Seq    uint64   `json:"seq"`
	Ops    []web.Op `json:"ops"`
	Reason string   `json:"reason"`
	Beat   int64    `json:"beat"`
	Time   string   `json:"time"`
}

// A listener is a websocket client.
type listener struct {
	t    *testing.T
	conn *websocket.Conn
}

// dial opens a websocket with a query; header are pairs.
func (g *rig) dial(query string, header ...string) (*websocket.Conn, *http.Response, error) {
	h := http.Header{}
	for i := 0; i+1 < len(header); i += 2 {
		h.Set(header[i], header[i+1])
	}
	dialer := websocket.Dialer{HandshakeTimeout: 10 * time.Second, EnableCompression: true}
	conn, resp, err := dialer.Dial("ws"+strings.TrimPrefix(g.url, "http")+"i/test/live?"+query, h)
	if resp != nil {
		resp.Body.Close()
	}
	return conn, resp, err
}

func (g *rig) listen(query string) *listener {
	g.t.Helper()
	conn, _, err := g.dial(query)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { conn.Close() })
	return &listener{g.t, conn}
}

// next returns the next message, or the close error.
func (l *listener) next() (frame, error) {
	l.t.Helper()
	kind, data, err := l.conn.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	var f frame
	if err := json.Unmarshal(data, &f); err != nil || kind != websocket.TextMessage {
		l.t.Fatalf("got frame of kind %d, %v: %s", kind, err, data)
	}
	checkNumbers(l.t, "a message", string(data))
	for _, op := range f.Ops {
		checkPageNumbers(l.t, "a patch", fmt.Sprint(op))
	}
	return f, nil
}

func (l *listener) is(kind string) frame {
	l.t.Helper()
	f, err := l.next()
	for err == nil && f.T == "beat" && kind != "beat" {
		f, err = l.next()
	}
	if err != nil || f.T != kind {
		l.t.Fatalf("got %+v, %v, want %s", f, err, kind)
	}
	return f
}

func (l *listener) closes(code int) {
	l.t.Helper()
	for {
		f, err := l.next()
		if err == nil && (f.T == "patch" || f.T == "beat") {
			continue
		}
		if closed, ok := errors.AsType[*websocket.CloseError](err); !ok || closed.Code != code {
			l.t.Fatalf("got %+v, %v, want close code %d", f, err, code)
		}
		return
	}
}

// until reads patches until the client has all up to seq, and returns them.
func (l *listener) until(seq uint64) []frame {
	l.t.Helper()
	var all []frame
	for {
		f := l.is("patch")
		all = append(all, f)
		if f.Seq >= seq {
			return all
		}
	}
}

var pageData = regexp.MustCompile(`data-epoch="([^"]*)" data-seq="([^"]*)"`)

// open loads a page and returns the query that its script connects with.
func (g *rig) open(query string) string {
	g.t.Helper()
	m := pageData.FindStringSubmatch(g.send("GET", "i/test/?"+query, "").is(200).body)
	if m == nil {
		g.t.Fatal("the page does not say what it shows")
	}
	values, _ := url.ParseQuery(query)
	values.Set("epoch", m[1])
	values.Set("seq", m[2])
	return values.Encode()
}

// flip makes an event.
func (g *rig) flip() uint64 {
	g.t.Helper()
	d, err := g.rt.Find("c1")
	if err != nil {
		g.t.Fatal(err)
	}
	admin := director.AdminSick
	if !d.Healthy() {
		admin = director.AdminHealthy
	}
	if err := d.SetHealth(admin); err != nil {
		g.t.Fatal(err)
	}
	return g.rt.Tree().Seq
}

func TestHelloThenEveryChange(t *testing.T) {
	g := newRig(t, nil)
	for _, query := range []string{"", "epoch=epoch&seq=" + utoa(g.rt.Tree().Seq), g.open("q=c1")} {
		l := g.listen(query)
		if hello := l.is("hello"); hello.Seq != g.rt.Tree().Seq || !strings.HasPrefix(hello.Epoch, "epoch") {
			t.Errorf("%s: got %+v, want epoch and %d", query, hello, g.rt.Tree().Seq)
		}
		seq := g.flip()
		patches := l.until(seq)
		last := patches[len(patches)-1]
		if last.Seq != seq || len(last.Ops) == 0 || !strings.Contains(fmt.Sprint(last.Ops), "c1") {
			t.Errorf("%s: got %+v, want what changed of c1 at %d", query, last, seq)
		}
		l.conn.Close()
	}
}

func TestEpochOfHelloIsThatOfThePage(t *testing.T) {
	g := newRig(t, nil)
	query := g.open("")
	values, _ := url.ParseQuery(query)
	if hello := g.listen(query).is("hello"); hello.Epoch != values.Get("epoch") {
		t.Errorf("got %q, want %q: the page would be loaded again and again", hello.Epoch, values.Get("epoch"))
	}
	if hello := g.listen("epoch=epoch&seq=1").is("hello"); hello.Epoch != "epoch" {
		t.Errorf("got %q, want the instance's own for a program", hello.Epoch)
	}
}

// checkClock checks that a message tells the server's time, in the form that
// every browser reads: a page counts ages by it.
func checkClock(t *testing.T, f frame) {
	t.Helper()
	told, err := time.Parse("2006-01-02T15:04:05.999Z", f.Time)
	if err != nil || told.After(time.Now()) {
		t.Errorf("%s: got the time %q, %v; want one in UTC, to the millisecond, that is not ahead", f.T, f.Time, err)
	}
}

func TestSignsOfLifeWhereNothingHappens(t *testing.T) {
	g := newRig(t, func(o *Options) { o.Beat = 5 * time.Millisecond })
	for _, query := range []string{"", "q=nothing"} {
		l := g.listen(query)
		hello := l.is("hello")
		if hello.Beat != 5 {
			t.Errorf("%s: got a beat of %d ms, want 5", query, hello.Beat)
		}
		checkClock(t, hello)
		for range 3 {
			f := l.is("beat")
			if f.Seq != g.rt.Tree().Seq {
				t.Errorf("%s: got %+v, want %d", query, f, g.rt.Tree().Seq)
			}
			checkClock(t, f)
		}
		l.conn.Close()
	}
}

// A sign of life says that everything up to its number has been sent, so that a
// page may hold the server to it.
func TestSignsOfLifeNeverRunAhead(t *testing.T) {
	g := newRig(t, func(o *Options) { o.Beat = time.Millisecond })
	l := g.listen(g.open("q=a"))
	last := l.is("hello").Seq
	for range 50 {
		seq := g.flip()
		for last < seq {
			f, err := l.next()
			if err != nil {
				t.Fatal(err)
			}
			if f.T == "beat" && f.Seq > last {
				t.Fatalf("got a beat of %d after patches up to %d", f.Seq, last)
			}
			last = max(last, f.Seq)
		}
	}
}

func TestEveryViewMovesOn(t *testing.T) {
	g := newRig(t, nil)
	var listeners []*listener
	for i := range 20 {
		l := g.listen(fmt.Sprintf("q=c1&select=boot.c1&panel=add-%d", i))
		l.is("hello")
		listeners = append(listeners, l)
	}
	for range 5 {
		seq := g.flip()
		for _, l := range listeners {
			l.until(seq)
		}
	}
}

func TestWhatClientsSendEndsTheConnection(t *testing.T) {
	g := newRig(t, nil)
	for what, send := range map[string]func(*websocket.Conn) error{
		"text":           func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, []byte("hi")) },
		"a long message": func(c *websocket.Conn) error { return c.WriteMessage(websocket.TextMessage, make([]byte, 200_000)) },
		"binary":         func(c *websocket.Conn) error { return c.WriteMessage(websocket.BinaryMessage, nil) },
		"a ping": func(c *websocket.Conn) error {
			return c.WriteControl(websocket.PingMessage, nil, time.Time{})
		},
	} {
		l := g.listen("")
		l.is("hello")
		if err := send(l.conn); err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		l.closes(websocket.ClosePolicyViolation)
	}
	l := g.listen("")
	l.is("hello")
	if err := l.conn.WriteControl(websocket.PongMessage, nil, time.Time{}); err != nil {
		t.Fatal(err)
	}
	l.until(g.flip())
	_ = l.conn.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(1000, ""), time.Time{})
	l.closes(1000)
}

func TestOriginOfWebsockets(t *testing.T) {
	g := newRig(t, func(o *Options) { o.AllowedOrigins = []string{"https://wiki.example"} })
	for origin, status := range map[string]int{
		strings.TrimSuffix(g.url, "/"): 101,
		"https://wiki.example":         101,
		"https://evil.example":         403,
		"null":                         403,
	} {
		conn, resp, _ := g.dial("", "Origin", origin)
		if conn != nil {
			conn.Close()
		}
		if resp == nil || resp.StatusCode != status {
			t.Errorf("%s: got %v, want %d", origin, resp, status)
		}
	}
	g.send("GET", "i/test/live", "").problem(426)
	g.send("GET", "i/test/live", "", "Connection", "upgrade", "Upgrade", "websocket").problem(400)
	g.send("GET", "i/nobody/live", "").problem(404)
}
