package backend

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A scripted server answers one connection after the other, each in the way that
// a letter of the recordings stands for.
type scripted struct {
	net.Listener
	answer   atomic.Int32            // the letter
	received chan string             // what came up to the empty line
	answers  map[rune]func(net.Conn) // beside those of the recordings
}

func newScripted(t *testing.T, network, address string) *scripted {
	t.Helper()
	l, err := net.Listen(network, address)
	if err != nil {
		t.Skipf("no %s here: %v", network, err)
	}
	s := &scripted{Listener: l, received: make(chan string, 1), answers: make(map[rune]func(net.Conn))}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			s.serve(conn)
		}
	}()
	t.Cleanup(func() {
		l.Close()
		<-done
	})
	return s
}

func (s *scripted) serve(conn net.Conn) {
	defer conn.Close()
	var head strings.Builder
	for r := bufio.NewReader(conn); !strings.HasSuffix(head.String(), "\r\n\r\n"); {
		line, err := r.ReadString('\n')
		if err != nil {
			break
		}
		head.WriteString(line)
	}
	select {
	case s.received <- head.String():
	default:
	}
	letter := rune(s.answer.Load())
	if f := s.answers[letter]; f != nil {
		f(conn)
		return
	}
	switch letter {
	case 'H':
		io.WriteString(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
	case 'S':
		io.WriteString(conn, "HTTP/1.1 503 Busy\r\n\r\n")
	case '4':
		io.WriteString(conn, "HTTP/1.0 404 Not Found\r\n\r\n")
	case 'B':
		io.WriteString(conn, "HTTP/1.1 200\r\n\r\n")
	case 'C':
		io.WriteString(conn, "garbage\r\n\r\n")
	case 'T':
		io.Copy(io.Discard, conn) // until the probe gives up
	case 'O': // answers and stays
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n")
		io.Copy(io.Discard, conn)
	case 'R':
		conn.(*net.TCPConn).SetLinger(0)
	case 'L': // more than is looked at
		io.WriteString(conn, "HTTP/1.1 200 OK\r\n\r\n"+strings.Repeat("x", 100_000))
	}
}

// poker returns a backend whose pokes go to addr.
func poker(t *testing.T, addr net.Addr, p ProbeConfig) *Backend {
	t.Helper()
	c := Config{Probe: &p}
	if a, ok := addr.(*net.TCPAddr); ok {
		c.Host, c.Port = a.IP.String(), a.Port
	} else {
		c.Path = addr.String()
	}
	b, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

const soon = Duration(50 * time.Millisecond)

func TestPokeSeesEachAnswer(t *testing.T) {
	s := newScripted(t, "tcp4", "127.0.0.1:0")
	for _, c := range []struct {
		rule   string
		answer rune
		probe  ProbeConfig
		bits   string
		text   string
	}{
		{"PROBE-6 good", 'H', ProbeConfig{}, "4---X-RH", "HTTP/1.1 200 OK"},
		{"PROBE-6 another status", 'S', ProbeConfig{}, "4---X-R-", "HTTP/1.1 503 Busy"},
		{"PROBE-6 expected 404", '4', ProbeConfig{ExpectedResponse: 404}, "4---X-RH", "HTTP/1.0 404 Not Found"},
		{"PROBE-6 no reason phrase", 'B', ProbeConfig{}, "4---X-RH", "HTTP/1.1 200"},
		{"PROBE-6 not HTTP", 'C', ProbeConfig{}, "4---X-R-", "garbage"},
		{"PROBE-6 closed without data", 'E', ProbeConfig{}, "4---X---", "Empty response"},
		{"PROBE-6 reset", 'R', ProbeConfig{}, "4---Xr--", "Read error 104 (Connection reset by peer)"},
		{"PROBE-6 silence", 'T', ProbeConfig{Timeout: soon}, "4---Xr--", "Poll error 110 (Connection timed out)"},
		{"PROBE-6 long answer", 'L', ProbeConfig{}, "4---X-RH", "HTTP/1.1 200 OK"},
		{"PROBE-7 left open", 'O', ProbeConfig{Timeout: soon}, "4---Xr--", "Poll error 110 (Connection timed out)"},
		{"PROBE-7 may stay open", 'O', ProbeConfig{Timeout: soon, ExpectClose: new(bool)}, "4---X-RH", "HTTP/1.1 200 OK"},
		{"PROBE-7 silence is no answer", 'T', ProbeConfig{Timeout: soon, ExpectClose: new(bool)}, "4---Xr--", "Poll error 110 (Connection timed out)"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s.answer.Store(c.answer)
			checkPoke(t, poker(t, s.Addr(), c.probe), c.bits, c.text)
		})
	}
}

// PROBE-7: Varnish's words for a good answer on a connection that stays open are
// those of a timeout. People are told what is missing, everywhere but in
// Varnish's own record.
func TestLeftOpenIsSaid(t *testing.T) {
	const timeout = "Poll error 110 (Connection timed out)"
	for answer, want := range map[string]string{
		"HTTP/1.1 200 OK\r\n\r\n":   timeout + ": the answer HTTP/1.1 200 OK was good, but the connection stayed open (see expect_close)",
		"HTTP/1.1 503 Busy\r\n\r\n": timeout,
		"":                          timeout,
	} {
		synctest.Test(t, func(t *testing.T) {
			b := poker(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}, ProbeConfig{})
			b.dial = func(context.Context, string, string) (net.Conn, error) { return leftOpen(answer), nil }
			w := newWindow(b.config.Probe, time.Now())
			w.add(b.poke(t.Context()), time.Now())
			report, status := w.report(), w.status()
			if report.Response != want || report.Answers[0].Response != want || !strings.HasSuffix(w.reason(), "last: "+want) {
				t.Errorf("%q: got %q, %q, %q, want %q", answer, report.Response, report.Answers[0].Response, w.reason(), want)
			}
			if status.Response != timeout {
				t.Errorf("%q: record: got %q, want %q", answer, status.Response, timeout)
			}
		})
	}
}

// leftOpen returns a connection to a server that answers a request and leaves
// the connection open until the client closes it.
func leftOpen(answer string) net.Conn {
	client, server := net.Pipe()
	go func() {
		defer server.Close()
		if _, err := http.ReadRequest(bufio.NewReader(server)); err != nil {
			return
		}
		if _, err := io.WriteString(server, answer); err == nil {
			_, _ = io.Copy(io.Discard, server)
		}
	}()
	return client
}

// checkPoke pokes once, and adds the result to an empty window.
func checkPoke(t *testing.T, b *Backend, bits, text string) {
	t.Helper()
	p := b.poke(t.Context())
	w := window{size: 8, threshold: 3}
	w.add(p, time.Now())
	if s := w.status(); s.Bits() != bits || s.Response != text {
		t.Errorf("got %s %q, want %s %q", s.Bits(), s.Response, bits, text)
	}
	if received := p.marks[mapGoodRecv]; (p.took > 0) != received {
		t.Errorf("took %s, want more than 0 only for what was received", p.took)
	}
}

func TestPokeByAddress(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s")
	for _, c := range []struct{ rule, network, address, bits, host string }{
		{"PROBE-3 IPv6", "tcp6", "[::1]:0", "-6--X-RH", "[::1]"},
		{"PROBE-3 BE-10 Unix socket", "unix", path, "--U-X-RH", "0.0.0.0"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			s := newScripted(t, c.network, c.address)
			s.answer.Store('H')
			checkPoke(t, poker(t, s.Addr(), ProbeConfig{}), c.bits, "HTTP/1.1 200 OK")
			if got, want := <-s.received, "GET / HTTP/1.1\r\nHost: "+c.host+"\r\nConnection: close\r\n\r\n"; got != want {
				t.Errorf("PROBE-2: got %q, want %q", got, want)
			}
		})
	}
}

func TestPokeSendsItsRequest(t *testing.T) {
	s := newScripted(t, "tcp4", "127.0.0.1:0")
	s.answer.Store('H')
	for _, c := range []struct {
		rule  string
		probe ProbeConfig
		want  string
	}{
		{"PROBE-2 url", ProbeConfig{URL: "/health?full"}, "GET /health?full HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"},
		{"PROBE-2 request lines", ProbeConfig{Request: []string{"HEAD /x HTTP/1.1", "Host: h", "Connection: close"}}, "HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			checkPoke(t, poker(t, s.Addr(), c.probe), "4---X-RH", "HTTP/1.1 200 OK")
			if got := <-s.received; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestPokeOfNobody(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	b := poker(t, l.Addr(), ProbeConfig{})
	t.Run("PROBE-6 refused", func(t *testing.T) {
		checkPoke(t, b, "--------", "Open error 111 (Connection refused)")
	})
	t.Run("PROBE-14 BE-11 held down", func(t *testing.T) {
		checkPoke(t, b, "--------", "Open error 0 (Success)")
	})
	t.Run("BE-9 counters", func(t *testing.T) {
		if c := b.Counters(); c.FailECONNREFUSED != 1 || c.HeldDown != 1 {
			t.Errorf("got %+v, want one refused and one held down", c)
		}
	})
}

func TestPokeThatCannotWrite(t *testing.T) {
	for _, c := range []struct {
		rule string
		conn net.Conn
		text string
	}{
		{"PROBE-6 write error", brokenConn{err: &net.OpError{Op: "write", Err: os.NewSyscallError("write", syscall.EPIPE)}}, "Write error 32 (Broken pipe)"},
		{"PROBE-6 write timeout", brokenConn{err: os.ErrDeadlineExceeded}, "Write error 110 (Connection timed out)"},
		{"PROBE-6 other", brokenConn{err: io.ErrClosedPipe}, "Write error: io: read/write on closed pipe"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			b := poker(t, &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 9}, ProbeConfig{})
			b.dial = func(context.Context, string, string) (net.Conn, error) { return c.conn, nil }
			checkPoke(t, b, "4--x----", c.text)
		})
	}
}

// A brokenConn can do nothing but fail.
type brokenConn struct {
	net.Conn
	err error
}

func (c brokenConn) Write([]byte) (int, error)   { return 0, c.err }
func (c brokenConn) Close() error                { return nil }
func (c brokenConn) SetDeadline(time.Time) error { return nil }
func (c brokenConn) RemoteAddr() net.Addr        { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (c brokenConn) LocalAddr() net.Addr         { return c.RemoteAddr() }

// Whole scripts, over real connections.
func TestProbeReplaysRecordings(t *testing.T) {
	s := newScripted(t, "tcp4", "127.0.0.1:0")
	for _, c := range recordedCases(t) {
		if strings.HasPrefix(c.Script, "(") {
			continue // nothing listens: see TestPokeOfNobody
		}
		t.Run("PROBE-6 "+c.Backend, func(t *testing.T) {
			b := poker(t, s.Addr(), *c.config(t))
			w := newWindow(b.config.Probe, time.Now())
			for i, letter := range c.Script {
				s.answer.Store(letter)
				w.add(b.poke(t.Context()), time.Now())
				c.check(t, &w, i+2)
			}
		})
	}
}
