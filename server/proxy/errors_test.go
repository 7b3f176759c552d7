package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// A failing leaf fails with an error of its type.
type failing struct{ err error }

func (failing) Type() string { return "failing" }

func (f failing) RoundTrip(*director.Task, *http.Request) (*http.Response, error) { return nil, f.err }

// Every failure has the status, the error of RFC 9211 and the words that fit,
// and the words tell nothing of where backends are.
func TestFailuresAreNamed(t *testing.T) {
	secret := &net.OpError{Op: "dial", Net: "tcp", Addr: &net.TCPAddr{IP: net.IPv4(10, 9, 8, 7), Port: 654}, Err: errors.New("for 10.9.8.7")}
	of := func(kind backend.Kind, errno syscall.Errno) error {
		return &backend.Error{Kind: kind, Errno: errno, Err: secret}
	}
	for _, c := range []struct {
		err    error
		status int
		kind   string
	}{
		{of(backend.KindConnect, syscall.ECONNREFUSED), 502, "connection_refused"},
		{of(backend.KindConnect, syscall.ETIMEDOUT), 504, "connection_timeout"},
		{of(backend.KindConnect, syscall.EHOSTUNREACH), 502, "destination_ip_unroutable"},
		{of(backend.KindConnect, 0), 502, "tls_protocol_error"},
		{&backend.Error{Kind: backend.KindConnect, Err: &net.DNSError{Name: "10.9.8.7"}}, 502, "dns_error"},
		{of(backend.KindHeldDown, 0), 502, "destination_unavailable"},
		{of(backend.KindReset, syscall.ECONNRESET), 502, "connection_terminated"},
		{of(backend.KindEOF, 0), 502, "connection_terminated"},
		{of(backend.KindProtocol, 0), 502, "http_protocol_error"},
		{of(backend.KindBusy, 0), 503, "connection_limit_reached"},
		{of(backend.KindFirstByteTimeout, 0), 504, "http_response_timeout"},
		{of(backend.KindBetweenBytesTimeout, 0), 504, "connection_read_timeout"},
		{of(backend.KindUnhealthy, 0), 503, "destination_unavailable"},
		{of(backend.KindRequestBody, 0), 400, "http_request_error"},
		{&backend.Error{Kind: backend.KindRequestBody, Err: os.ErrDeadlineExceeded}, 408, "http_request_error"},
		{secret, 502, "destination_unavailable"},
		{io.ErrUnexpectedEOF, 502, "connection_terminated"},
		{syscall.ECONNREFUSED, 502, "connection_refused"},
		{director.ErrUnhealthy, 503, "destination_unavailable"},
		{context.DeadlineExceeded, 504, "http_response_timeout"},
		{os.ErrDeadlineExceeded, 504, "http_response_timeout"},
	} {
		w := newWire(t, wireOptions{leaf: failing{c.err}}, nil)
		got := w.ask(get)
		if !strings.HasPrefix(got, fmt.Sprintf("HTTP/1.1 %d ", c.status)) || !strings.Contains(got, "\r\nProxy-Status: callboard; error="+c.kind+"\r\n") {
			t.Errorf("%v: got %q, want %d and %s", c.err, got, c.status, c.kind)
		}
		if strings.Contains(got, "10.9.8.7") || strings.Contains(got, "654") {
			t.Errorf("%v: %q tells where the backend is", c.err, got)
		}
		if (c.status == 503) != strings.Contains(got, "Retry-After: 1\r\n") {
			t.Errorf("%v: got %q; Retry-After goes with 503", c.err, got)
		}
	}
}

// The same, made by real backends.
func TestFailuresOfRealBackends(t *testing.T) {
	short := backend.Duration(20 * time.Millisecond)
	for _, c := range []struct {
		what, status, kind string
		config             backend.Config
		serve              func(net.Conn, *bufio.Reader)
	}{
		{"garbage", "502", "http_protocol_error", backend.Config{}, says("SSH-2.0\r\n\r\n")},
		{"a status that is none", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 099 X\r\n\r\n")},
		{"two lengths", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nabc")},
		{"a length that is none", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nabc")},
		{"two encodings", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")},
		{"an encoding that is none", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: zip\r\n\r\nabc")},
		{"a head without end", "502", "http_protocol_error", backend.Config{}, says("HTTP/1.1 200 OK\r\nX: " + strings.Repeat("x", 11<<20) + "\r\n\r\n")},
		{"goes", "502", "connection_terminated", backend.Config{}, says("")},
		{"resets", "502", "connection_terminated", backend.Config{}, func(conn net.Conn, r *bufio.Reader) { readHead(r); reset(conn) }},
		{"says nothing", "504", "http_response_timeout", backend.Config{FirstByteTimeout: short}, func(conn net.Conn, r *bufio.Reader) { silence("")(nil, conn, r) }},
		{"stops in its head", "504", "connection_read_timeout", backend.Config{BetweenBytesTimeout: short}, func(conn net.Conn, r *bufio.Reader) { silence("HTTP/1.1 2")(nil, conn, r) }},
	} {
		w := newWire(t, wireOptions{config: c.config}, c.serve)
		if got := w.ask(get); !strings.HasPrefix(got, "HTTP/1.1 "+c.status) || !strings.Contains(got, "error="+c.kind+"\r\n") || strings.Contains(got, "127.0.0.1") {
			t.Errorf("%s: got %q, want %s and %s", c.what, got, c.status, c.kind)
		}
	}
	w := newWire(t, wireOptions{}, nil)
	w.origin.Close()
	if got := w.ask(get); !strings.Contains(got, "error=connection_refused\r\n") || !strings.HasSuffix(got, "\r\n\r\nBad gateway: backend a refused the connection.\n") {
		t.Errorf("refused: got %q", got)
	}
	if err := w.leaf.SetHealth(director.AdminSick); err != nil {
		t.Fatal(err)
	}
	if got := w.ask(get); !strings.Contains(got, "error=destination_unavailable\r\n") || !strings.HasSuffix(got, "\r\n\r\nNo backend: director pool has none that is healthy.\n") {
		t.Errorf("all sick: got %q", got)
	}
}

// One more than there are places for is told so.
func TestBusyIsNamed(t *testing.T) {
	w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) { silence(lengthy)(nil, conn, r) })
	first := w.say(get)
	w.until(func() bool { return w.taken() == 1 }, func() string { return "until the first has arrived" })
	if got := w.ask(get); !strings.HasPrefix(got, "HTTP/1.1 503") || !strings.Contains(got, "error=connection_limit_reached\r\n") {
		t.Errorf("got %q", got)
	}
	first.Close()
	w.settled()
}

// net/http's transport takes a 101 for a switch of protocol only if Connection
// says so, too. The transport of Part7 does not need it, and then this test
// wants the 101.
func TestSwitchWithoutConnectionIsRefusedUntilPart7(t *testing.T) {
	w := newWire(t, wireOptions{}, says("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n"))
	if got := w.ask(closing(upgrade)); !strings.HasPrefix(got, "HTTP/1.1 502") || !strings.Contains(got, "error=http_protocol_error\r\n") {
		t.Errorf("got %q, want 502 for as long as net/http's transport is below", got)
	}
	w.settled()
}
