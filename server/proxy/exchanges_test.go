package proxy_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

const (
	get     = "GET /x HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n"
	upgrade = "GET /ws HTTP/1.1\r\nHost: shop.test\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
	// half of a body whose client has promised more
	half    = "POST /x HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nContent-Length: 10\r\n\r\nhello"
	chunked = "POST /x HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"

	// The origin goes after an answer, and says so: a request that is not
	// idempotent is not sent again where a connection turns out to be stale.
	ok       = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok"
	switches = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"
	lengthy  = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 10\r\n\r\n"
	pieces   = "HTTP/1.1 200 OK\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
)

// An odd is an exchange in which something is out of the ordinary. Whatever it
// is, nothing of it may be held when it is over.
type odd struct {
	what    string
	options wireOptions
	request string
	// origin has the connection to the backend; or it just answers.
	origin  func(t *testing.T, conn net.Conn, r *bufio.Reader)
	answers string
	// client goes on when the request is sent; by default it reads to the end.
	client func(t *testing.T, conn *net.TCPConn) string
	// starts is how what the client gets begins, "" that it gets nothing, and
	// ends how it ends.
	starts, ends string
}

func TestNothingIsHeldAfterAnExchange(t *testing.T) {
	for _, table := range [][]odd{oddStatuses, oddUpgrades, oddBackends, oddClients, oddHandlers} {
		for _, c := range table {
			t.Run(c.what, func(t *testing.T) {
				serve := says(c.answers)
				if c.origin != nil {
					serve = func(conn net.Conn, r *bufio.Reader) { c.origin(t, conn, r) }
				}
				w := newWire(t, c.options, serve)
				conn := w.say(c.request)
				client := c.client
				if client == nil {
					client = func(t *testing.T, conn *net.TCPConn) string { return all(t, conn) }
				}
				got := client(t, conn)
				conn.Close()
				if !strings.HasPrefix(got, c.starts) || (c.starts == "") != (got == "") || !strings.HasSuffix(got, c.ends) {
					t.Errorf("got %q, want %q … %q", got, c.starts, c.ends)
				}
				w.settled()
			})
		}
	}
}

var oddStatuses = []odd{
	{what: "000", request: get, answers: "HTTP/1.1 000 X\r\nContent-Length: 2\r\n\r\nok", starts: "HTTP/1.1 502", ends: "not what was asked for.\n"},
	{what: "099", request: get, answers: "HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nok", starts: "HTTP/1.1 502"},
	{what: "1000", request: get, answers: "HTTP/1.1 1000 X\r\n\r\n", starts: "HTTP/1.1 502"},
	{what: "no number", request: get, answers: "HTTP/1.1 abc X\r\n\r\n", starts: "HTTP/1.1 502"},
	{what: "299", request: get, answers: "HTTP/1.1 299 Fine By Me\r\nContent-Length: 2\r\n\r\nok", starts: "HTTP/1.1 299", ends: "ok"},
	{what: "999", request: get, answers: "HTTP/1.1 999 Denied\r\nContent-Length: 2\r\n\r\nok", starts: "HTTP/1.1 999", ends: "ok"},
	{what: "204 with a body", request: get, answers: "HTTP/1.1 204 No Content\r\n\r\nbody", starts: "HTTP/1.1 204", ends: "\r\n\r\n"},
	{what: "304", request: get, answers: "HTTP/1.1 304 Not Modified\r\nETag: \"x\"\r\n\r\n", starts: "HTTP/1.1 304", ends: "\r\n\r\n"},
	{what: "100 unasked", request: get, answers: "HTTP/1.1 100 Continue\r\n\r\n" + ok, starts: "HTTP/1.1 200", ends: "ok"},
	{what: "103 passes", request: get, answers: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + ok, starts: "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200", ends: "ok"},
	{what: "103 to HTTP/1.0", request: "GET / HTTP/1.0\r\n\r\n", answers: "HTTP/1.1 103 Early Hints\r\n\r\n" + ok, starts: "HTTP/1.0 200", ends: "ok"},
	{what: "103 without end", request: "GET / HTTP/1.0\r\n\r\n", answers: strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", 100), starts: "HTTP/1.0 502"},
	{what: "no length", request: get, answers: "HTTP/1.0 200 OK\r\n\r\nuntil the end", starts: "HTTP/1.1 200", ends: "d\r\nuntil the end\r\n0\r\n\r\n"},
	{what: "HEAD", request: "HEAD" + get[3:], answers: "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n", starts: "HTTP/1.1 200", ends: "\r\n\r\n"},
}

var oddUpgrades = []odd{
	{what: "101 unasked and bare", request: get, answers: "HTTP/1.1 101 X\r\n\r\n", starts: "HTTP/1.1 502"},
	{what: "101 unasked", request: get, answers: switches, starts: "HTTP/1.1 502"},
	{what: "101 to another protocol", request: closing(upgrade), answers: strings.Replace(switches, "echo", "foo", 1), starts: "HTTP/1.1 502"},
	{what: "101 to no protocol", request: closing(upgrade), answers: "HTTP/1.1 101 X\r\nConnection: Upgrade\r\n\r\n", starts: "HTTP/1.1 502"},
	{what: "101 to a name that is not ASCII", request: closing(upgrade), answers: strings.Replace(switches, "echo", "\xff", 1), starts: "HTTP/1.1 502"},
	{what: "an upgrade refused", request: closing(upgrade), answers: ok, starts: "HTTP/1.1 200", ends: "ok"},
	{what: "an upgrade that the backend ends", request: upgrade, answers: switches + "bye", starts: "HTTP/1.1 101 Switching Protocols\r\n", ends: "bye",
		client: func(t *testing.T, conn *net.TCPConn) string { defer conn.CloseWrite(); return all(t, conn) }},
	{what: "an upgrade that the client leaves", request: upgrade, origin: echo, starts: "HTTP/1.1 101", client: func(t *testing.T, conn *net.TCPConn) string {
		return readHead(bufio.NewReader(conn))
	}},
	{what: "an upgrade that the client resets", request: upgrade, origin: echo, starts: "HTTP/1.1 101", client: func(t *testing.T, conn *net.TCPConn) string {
		defer reset(conn)
		return readHead(bufio.NewReader(conn))
	}},
	{what: "an upgrade that the backend resets", request: upgrade, starts: "HTTP/1.1 101", origin: func(_ *testing.T, conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, switches)
		_, _ = r.ReadByte()
		reset(conn)
	}, client: func(t *testing.T, conn *net.TCPConn) string {
		_, _ = conn.Write([]byte("x"))
		return all(t, conn)
	}},
	{what: "an upgrade that falls silent", options: wireOptions{config: backend.Config{PipeTimeout: backend.Duration(50 * time.Millisecond)}},
		request: upgrade, origin: echo, starts: "HTTP/1.1 101"},
	{what: "an upgrade that cannot be", options: wireOptions{around: noHijack}, request: closing(upgrade), answers: switches, starts: "HTTP/1.1 500"},
}

var oddBackends = []odd{
	{what: "goes at once", request: get, origin: func(*testing.T, net.Conn, *bufio.Reader) {}, starts: "HTTP/1.1 502"},
	{what: "resets at once", request: get, origin: func(_ *testing.T, conn net.Conn, _ *bufio.Reader) { reset(conn) }, starts: "HTTP/1.1 502"},
	{what: "garbage", request: get, answers: "SSH-2.0-OpenSSH\r\n", starts: "HTTP/1.1 502"},
	{what: "half a head", request: get, answers: "HTTP/1.1 200 OK\r\nContent-Le", starts: "HTTP/1.1 502"},
	{what: "two lengths", request: get, answers: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nokk", starts: "HTTP/1.1 502"},
	{what: "half a body", request: get, answers: lengthy + "hello", starts: "HTTP/1.1 200", ends: "\r\n\r\nhello"},
	{what: "half a chunk", request: get, answers: pieces + "a\r\nhello", starts: "HTTP/1.1 200", ends: "\r\nhello\r\n"},
	{what: "a bad chunk", request: get, answers: pieces + "2\r\nok\r\nzz\r\n", starts: "HTTP/1.1 200", ends: "\r\nok\r\n"},
	{what: "resets in its body", request: get, starts: "HTTP/1.1 200", origin: func(_ *testing.T, conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, lengthy+"hello")
		reset(conn)
	}},
	{what: "no first byte", options: wireOptions{config: backend.Config{FirstByteTimeout: backend.Duration(50 * time.Millisecond)}},
		request: get, origin: silence(""), starts: "HTTP/1.1 504"},
	{what: "silent in its body", options: wireOptions{config: backend.Config{BetweenBytesTimeout: backend.Duration(time.Second)}},
		request: get, origin: silence(lengthy + "hello"), starts: "HTTP/1.1 200", ends: "hello"},
	{what: "answers before the body", request: half, origin: func(_ *testing.T, conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, "HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\n\r\nno")
	}, client: func(t *testing.T, conn *net.TCPConn) string {
		r := bufio.NewReader(conn)
		head := readHead(r) // before the other half is sent
		_, _ = io.WriteString(conn, "world")
		return head + all(t, r)
	}, starts: "HTTP/1.1 413", ends: "no"},
}

var oddClients = []odd{
	{what: "goes before the answer", request: get, origin: silence(""), client: gone},
	{what: "resets before the answer", request: get, origin: silence(""), client: func(_ *testing.T, conn *net.TCPConn) string { reset(conn); return "" }},
	{what: "goes within the answer", request: get, origin: silence(lengthy + "hello"), client: func(t *testing.T, conn *net.TCPConn) string {
		return readHead(bufio.NewReader(conn))
	}, starts: "HTTP/1.1 200"},
	{what: "goes within a long answer", request: get, origin: func(_ *testing.T, conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n")
		for piece := make([]byte, 1<<16); ; {
			if _, err := conn.Write(piece); err != nil {
				return
			}
		}
	}, client: func(t *testing.T, conn *net.TCPConn) string { return readHead(bufio.NewReader(conn)) }, starts: "HTTP/1.1 200"},
	{what: "half a head", request: "GET /x HTTP/1.1\r\nHo", answers: ok, client: gone},
	{what: "half a body, and ends", request: half, origin: takesAll, client: func(t *testing.T, conn *net.TCPConn) string {
		_ = conn.CloseWrite()
		return all(t, conn)
	}, starts: "HTTP/1.1 400"},
	{what: "half a body, and goes", request: half, origin: takesAll, client: gone},
	{what: "half a body, and resets", request: half, origin: takesAll, client: func(_ *testing.T, conn *net.TCPConn) string { reset(conn); return "" }},
	{what: "a bad chunk", request: chunked + "zz\r\n", origin: takesAll, starts: "HTTP/1.1 400"},
	{what: "half a chunk", request: chunked + "a\r\nhello", origin: takesAll, client: gone},
	{what: "garbage", request: "\x16\x03\x01\x02\x00\r\n\r\n", answers: ok, starts: "HTTP/1.1 400"},
	{what: "a preface of HTTP/2", request: "PRI * HTTP/2.0\r\n\r\n", answers: ok, starts: "HTTP/1.1 505"},
	{what: "an escape that is none", request: strings.Replace(get, "/x", "/%zz", 1), answers: ok, starts: "HTTP/1.1 400"},
	{what: "three at once", request: strings.Replace(get, "Connection: close\r\n", "", 1) + strings.Replace(get, "Connection: close\r\n", "", 1) + get,
		answers: ok, starts: "HTTP/1.1 200", ends: "ok"},
	{what: "trailers", request: chunked + "2\r\nok\r\n0\r\nX-T: 1\r\n\r\n", answers: ok, starts: "HTTP/1.1 200", ends: "ok"},
}

var oddHandlers = []odd{
	{what: "a panic when the head is written", options: wireOptions{around: panics}, request: get, answers: ok},
	{what: "a leaf whose body panics", options: wireOptions{leaf: strange{body: grenade{}}}, request: get, starts: "HTTP/1.1 200"},
	{what: "a leaf without header", options: wireOptions{leaf: strange{}}, request: get, starts: "HTTP/1.1 200"},
	{what: "a leaf of status 0", options: wireOptions{leaf: strange{status: -1}}, request: get, starts: "HTTP/1.1 502"},
	{what: "a leaf of status 1000", options: wireOptions{leaf: strange{status: 1000}}, request: get, starts: "HTTP/1.1 502"},
	{what: "a leaf that switches and does not", options: wireOptions{leaf: strange{status: 101}}, request: closing(upgrade), starts: "HTTP/1.1 502"},
}

// closing makes an upgrade request end the connection where it is refused.
func closing(request string) string { return strings.Replace(request, "Upgrade", "close, Upgrade", 1) }

func gone(*testing.T, *net.TCPConn) string { return "" }

// echo switches and sends back what it gets.
func echo(_ *testing.T, conn net.Conn, r *bufio.Reader) {
	readHead(r)
	_, _ = io.WriteString(conn, switches)
	// Without splice, whose pipes stay open until the next collection.
	_, _ = io.Copy(struct{ io.Writer }{conn}, struct{ io.Reader }{r})
}

// silence says a text and then nothing until the other side goes.
func silence(text string) func(*testing.T, net.Conn, *bufio.Reader) {
	return func(_ *testing.T, conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, text)
		_, _ = r.ReadByte()
	}
}

// takesAll reads whatever comes and says nothing.
func takesAll(_ *testing.T, _ net.Conn, r *bufio.Reader) { _, _ = io.Copy(io.Discard, r) }

// noHijack hides that connections can be taken over.
func noHijack(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.ServeHTTP(struct{ http.ResponseWriter }{w}, r)
	})
}

// panics is a server whose writers panic.
func panics(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { h.ServeHTTP(panicky{w}, r) })
}

type panicky struct{ http.ResponseWriter }

func (panicky) WriteHeader(int) { panic("a writer that is not net/http's") }

// A strange leaf answers without header, with a status of its own.
type strange struct {
	status int
	body   io.ReadCloser
}

func (strange) Type() string { return "strange" }

func (s strange) RoundTrip(*director.Task, *http.Request) (*http.Response, error) {
	status := s.status
	switch status {
	case 0:
		status = http.StatusOK
	case -1:
		status = 0
	}
	return &http.Response{StatusCode: status, Body: s.body, ContentLength: -1}, nil
}

// A grenade is a body that panics.
type grenade struct{}

func (grenade) Read([]byte) (int, error) { panic(errors.New("boom")) }
func (grenade) Close() error             { panic(errors.New("boom")) }
