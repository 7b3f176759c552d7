package server

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// limited serves on a listener of so many places. Nothing is ever cut by time.
func limited(t *testing.T, most int, grace time.Duration, handler http.Handler) (address string, l *limiter) {
	t.Helper()
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l = limit(tcp, most)
	l.grace = grace
	server := &http.Server{Handler: handler, ConnState: l.watch}
	served := make(chan error)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Close()
		<-served
	})
	return tcp.Addr().String(), l
}

func dialTo(t *testing.T, address string) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// getOn asks on a connection that stays open, and returns the body, or what went
// wrong.
func getOn(conn net.Conn) string {
	if _, err := io.WriteString(conn, "GET / HTTP/1.1\r\nHost: h\r\n\r\n"); err != nil {
		return err.Error()
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return err.Error()
	}
	body, _ := io.ReadAll(resp.Body)
	return string(body)
}

var pong = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "pong") })

func TestSilentConnectionsMakeRoom(t *testing.T) {
	address, l := limited(t, 2, 0, pong)
	silent := dialTo(t, address)
	eventually(t, "it has a place", func() bool { return len(l.places) == 1 })
	kept := dialTo(t, address)
	getOn(kept)
	// More come than there are places; each is answered, and the one that has
	// been silent longest goes.
	for range 10 {
		if got := getOn(dialTo(t, address)); got != "pong" {
			t.Fatalf("got %q", got)
		}
	}
	for name, conn := range map[string]net.Conn{"silent": silent, "kept": kept} {
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Errorf("the %s connection is still open", name)
		}
	}
	if n := len(l.places); n > 2 {
		t.Errorf("%d places are taken, of 2", n)
	}
}

// A request under way is not cut for another one, which waits.
func TestRequestsUnderWayKeepTheirPlaces(t *testing.T) {
	begun, finish := make(chan struct{}, 9), make(chan struct{})
	address, l := limited(t, 2, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begun <- struct{}{}
		<-finish
		pong(w, r)
	}))
	answers := make(chan string, 3)
	for range 3 {
		conn := dialTo(t, address)
		go func() { answers <- getOn(conn) }()
	}
	<-begun
	<-begun
	eventually(t, "the third waits", l.waiting.Load)
	if len(begun) > 0 || len(l.places) != 2 {
		t.Errorf("%d places are taken, of 2", len(l.places))
	}
	close(finish)
	for range 3 {
		if got := <-answers; got != "pong" {
			t.Errorf("got %q", got)
		}
	}
}

func TestAClosedListenerDoesNotWait(t *testing.T) {
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l := limit(tcp, 1)
	dialTo(t, tcp.Addr().String())
	first, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer first.Close()
	l.watch(first, http.StateActive)
	dialTo(t, tcp.Addr().String())
	ended := make(chan error)
	go func() {
		_, err := l.Accept()
		ended <- err
	}()
	eventually(t, "it waits", l.waiting.Load)
	l.Close()
	if err := <-ended; err == nil {
		t.Error("got a connection of a closed listener")
	}
}

// A websocket has left its server, and keeps its place until it is closed.
func TestAWebsocketHasAPlace(t *testing.T) {
	leave := make(chan struct{})
	address, l := limited(t, 1, time.Hour, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Connection"), "Upgrade") {
			pong(w, r)
			return
		}
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			return
		}
		<-leave
		conn.Close()
	}))
	conn, resp, err := websocket.DefaultDialer.Dial("ws://"+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	resp.Body.Close()
	answered := make(chan string)
	other := dialTo(t, address)
	go func() { answered <- getOn(other) }()
	eventually(t, "another one waits", l.waiting.Load)
	select {
	case got := <-answered:
		t.Fatalf("got %q while the websocket has the only place", got)
	default:
	}
	close(leave)
	if got := <-answered; got != "pong" {
		t.Errorf("got %q", got)
	}
}

func TestConnectionsAreDerivedFromTheNumberOfFiles(t *testing.T) {
	for _, n := range []int{256, 1024, 4096, 1 << 20} {
		c := connectionsOf(n)
		if c.Board < 8 || c.Proxy < 8 || c.Board+2*c.Proxy > n*7/8+1 || c.Listeners() >= c.Board {
			t.Errorf("%d files: got %+v, %d listeners: an eighth of the files is for others", n, c, c.Listeners())
		}
	}
	if got := connectionsOf(256); got != (Connections{Board: 64, Proxy: 80}) {
		t.Errorf("256 files: got %+v", got)
	}
	if got := DefaultConnections(); got.Board < 8 || got.Proxy < 8 {
		t.Errorf("this process: got %+v", got)
	}
}
