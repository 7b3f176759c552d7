package server

import (
	"context"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/directortest"
)

func TestBoardListensOnThisMachineOnly(t *testing.T) {
	for _, address := range []string{":0", "0.0.0.0:0", "[::]:0", "192.0.2.1:0", "board.example:0", "8080"} {
		if l, err := ListenLoopback(address); err == nil {
			l.Close()
			t.Errorf("%s: got no error", address)
		}
	}
	for _, address := range []string{"127.0.0.1:0", "localhost:0", "127.5.5.5:0"} {
		l, err := ListenLoopback(address)
		if err != nil {
			t.Errorf("%s: %v", address, err)
			continue
		}
		l.Close()
	}
}

// running starts a program over a runtime with one backend. When it is stopped
// it waits for ever for what has not ended.
func running(t *testing.T, leaf director.Implementation) (p *Program, stop func() error) {
	t.Helper()
	return runningThatWaits(t, leaf, 24*time.Hour)
}

// runningThatWaits does so for that long.
func runningThatWaits(t *testing.T, leaf director.Implementation, drain time.Duration) (p *Program, stop func() error) {
	t.Helper()
	before := runtime.NumGoroutine()
	rt := director.New(director.Options{Name: "test"})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Add("a1", leaf)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.SetDefault(d); err != nil {
		t.Fatal(err)
	}
	board, err := New(Options{Runtime: rt})
	if err != nil {
		t.Fatal(err)
	}
	p = &Program{Runtime: rt, Board: board, Proxy: NewProxy(rt, nil), drain: drain}
	for _, l := range []*net.Listener{&p.BoardListener, &p.ProxyListener} {
		if *l, err = ListenLoopback("127.0.0.1:0"); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	served := make(chan error, 1)
	go func() { served <- p.Serve(ctx) }()
	return p, func() error {
		cancel()
		err := <-served
		http.DefaultClient.CloseIdleConnections()
		eventually(t, "no goroutine is left", func() bool { return runtime.NumGoroutine() <= before })
		return err
	}
}

func TestProgramEndsInOrder(t *testing.T) {
	p, stop := running(t, directortest.NewBackend("a1"))
	if a := ask(t, "http://"+p.ProxyListener.Addr().String()).is(200); a.body != "a1" {
		t.Errorf("proxy: got %q, want a1", a.body)
	}
	conn, resp, err := websocket.DefaultDialer.Dial("ws://"+p.BoardListener.Addr().String()+"/i/test/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp.Body.Close()
	closed := make(chan error, 1)
	go func() {
		for {
			if _, _, err := conn.ReadMessage(); err != nil {
				closed <- err
				return
			}
		}
	}()
	if err := stop(); err != nil { // there is nothing to wait for
		t.Errorf("got %v, want an orderly end", err)
	}
	if err := <-closed; !websocket.IsCloseError(err, websocket.CloseGoingAway) {
		t.Errorf("websocket: got %v, want going away", err)
	}
	if _, err := p.Board.rt.AddVCL("late"); err == nil {
		t.Error("the runtime was not closed")
	}
}

// A body that never ends is cut when the time is over.
func TestProgramEndsWithinItsTime(t *testing.T) {
	origin := newSlowOrigin(t)
	host, portText, _ := net.SplitHostPort(strings.TrimPrefix(origin.URL, "http://"))
	port, _ := strconv.Atoi(portText)
	leaf, err := backend.New(backend.Config{Host: host, Port: port})
	if err != nil {
		t.Fatal(err)
	}
	p, stop := runningThatWaits(t, leaf, time.Millisecond)
	resp, err := http.Get("http://" + p.ProxyListener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	body := make(chan error, 1)
	go func() {
		defer resp.Body.Close()
		_, err := io.ReadAll(resp.Body)
		body <- err
	}()
	if err := stop(); err != nil {
		t.Errorf("got %v, want an end nevertheless", err)
	}
	if <-body == nil {
		t.Error("the body that was cut looks complete")
	}
}

// "OPTIONS *" is a question to the backends, not to net/http's server.
func TestProgramForwardsOptionsOfTheServer(t *testing.T) {
	leaf := directortest.NewBackend("a1")
	p, stop := running(t, leaf)
	req, err := http.NewRequest("OPTIONS", "http://"+p.ProxyListener.Addr().String(), nil)
	if err != nil {
		t.Fatal(err)
	}
	req.URL.Opaque = "*"
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if got := resp.Header.Get("X-Backend"); got != "a1" || leaf.Requests() != 1 {
		t.Errorf("answered by %q after %d requests to the leaf, want a1 and 1", got, leaf.Requests())
	}
	if err := stop(); err != nil {
		t.Error(err)
	}
}
