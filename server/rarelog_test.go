package server

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// A lockedBuffer may be written by a server while a test reads it.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func newTextLog() (*slog.Logger, *lockedBuffer) {
	var b lockedBuffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}

func TestErrorsOfAKindAreLoggedOnceAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		logger, text := newTextLog()
		r := newRareLog(logger, slog.LevelError)
		for range 59 {
			r.tell("a", "first")
			time.Sleep(time.Second)
		}
		if got := text.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "level=ERROR msg=first\n") {
			t.Errorf("within a minute: got %s", got)
		}
		time.Sleep(time.Second)
		r.tell("a", "again", "by", "b")
		if got := text.String(); !strings.HasSuffix(got, "msg=again by=b times_since_last=59\n") {
			t.Errorf("a minute later: got %s", got)
		}
		r.tell("a", "not now")
		for i := range 1000 { // clients can make up kinds
			r.tell(fmt.Sprint("kind ", i), "other")
		}
		if got := strings.Count(text.String(), "\n"); got != 2+maxRareKinds {
			t.Errorf("%d lines, want %d", got, 2+maxRareKinds)
		}
		r.flush()
		if got := text.String(); !strings.Contains(got, `msg="counted and not logged" kind=a times=1`) {
			t.Errorf("at the end: got %s", got)
		}
	})
}

// A brokenListener accepts nothing for a while.
type brokenListener struct {
	net.Listener
	left int
}

func (l *brokenListener) Accept() (net.Conn, error) {
	if l.left--; l.left >= 0 {
		return nil, &net.OpError{Op: "accept", Net: "tcp", Err: syscall.EMFILE}
	}
	return l.Listener.Accept()
}

func TestAcceptErrorsAndPanicsAreErrorsOnce(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	logger, text := newTextLog()
	rare := newRareLog(logger, slog.LevelError)
	l := limit(&brokenListener{tcp, 3}, 8)
	server := newHTTPServer(t.Context(), http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		panic(errors.New("this is wrong"))
	}), l, rare.standard("proxy"))
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	for range 4 {
		conn := dialTo(t, tcp.Addr().String())
		_, _ = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n")
		_, _ = io.ReadAll(conn)
	}
	_, _ = io.WriteString(dialTo(t, tcp.Addr().String()), "not HTTP\r\n\r\n") // the client's mistake
	server.Close()
	<-served
	rare.flush()
	got := text.String()
	for want, times := range map[string]int{
		`level=ERROR msg="no connection can be accepted" listener=proxy error="accept tcp: too many open files`: 1,
		`level=ERROR msg="panic in a handler" listener=proxy panic="this is wrong" stack="goroutine`:            1,
		`level=ERROR msg="counted and not logged" kind="proxy accept" times=2`:                                  1,
		`level=ERROR msg="counted and not logged" kind="proxy panic this is wrong" times=3`:                     1,
		`level=`: 4,
	} {
		if n := strings.Count(got, want); n != times {
			t.Errorf("%s: %d times, want %d\n%s", want, n, times, got)
		}
	}
}

func TestPanicsOfTheBoardAreLoggedOnce(t *testing.T) {
	logger, text := newTextLog()
	g := newRig(t, func(o *Options) { o.Logger = logger })
	g.board.router.HandleFunc("/panic", func(http.ResponseWriter, *http.Request) { panic("this is wrong") })
	for range 3 {
		g.send("GET", "panic", "").is(500)
		g.send("POST", "panic", "{}").is(500) // its body has a deadline, but nothing is answered yet
	}
	if got := text.String(); strings.Count(got, "level=ERROR") != 1 || !strings.Contains(got, "path=/panic") {
		t.Errorf("got %s, want one line", got)
	}
}
