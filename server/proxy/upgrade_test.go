package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
)

func echoes(conn net.Conn, r *bufio.Reader) { echo(nil, conn, r) }

func TestUpgradedConnection(t *testing.T) {
	w := newWire(t, wireOptions{}, echoes)
	conn := w.say(upgrade + "early ")
	_, _ = io.WriteString(conn, "late")
	r := bufio.NewReader(conn)
	head := readHead(r)
	for _, want := range []string{"HTTP/1.1 101 Switching Protocols\r\n", "\r\nConnection: Upgrade\r\n", "\r\nUpgrade: echo\r\n", "Proxy-Status: callboard; next-hop=\"a\"\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("got %q, want %q", head, want)
		}
	}
	// What came right behind the request is not lost, and comes first.
	if err := skipTo(r, "early late"); err != nil {
		t.Error(err)
	}
	if tasks := w.tasks(); tasks != 2 {
		t.Errorf("meanwhile: got %d tasks, want that of hint and leaf", tasks)
	}
	_ = conn.CloseWrite()
	if rest := all(t, r); rest != "" {
		t.Errorf("after the end: got %q", rest)
	}
	conn.Close()
	w.settled()
}

// The end of one direction is passed on, and the other goes on.
func TestHalfOfAnUpgradedConnectionEnds(t *testing.T) {
	t.Run("the client's", func(t *testing.T) {
		w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) {
			readHead(r)
			_, _ = io.WriteString(conn, switches)
			n, _ := io.Copy(io.Discard, r)
			_, _ = fmt.Fprintf(conn, "got %d bytes", n)
		})
		conn := w.say(upgrade)
		r := bufio.NewReader(conn)
		readHead(r)
		_, _ = io.WriteString(conn, "hello world")
		_ = conn.CloseWrite()
		if got := all(t, r); got != "got 11 bytes" {
			t.Errorf("got %q, want what the backend says at the end", got)
		}
		conn.Close()
		w.settled()
	})
	t.Run("the backend's", func(t *testing.T) {
		got := make(chan string, 1)
		w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) {
			readHead(r)
			_, _ = io.WriteString(conn, switches+"bye")
			_ = conn.(*net.TCPConn).CloseWrite()
			rest, _ := io.ReadAll(r)
			got <- string(rest)
		})
		conn := w.say(upgrade)
		r := bufio.NewReader(conn)
		readHead(r)
		if text := all(t, r); text != "bye" {
			t.Errorf("got %q, want bye and the end", text)
		}
		_, _ = io.WriteString(conn, "still here")
		_ = conn.CloseWrite()
		if rest := <-got; rest != "still here" {
			t.Errorf("the backend got %q", rest)
		}
		conn.Close()
		w.settled()
	})
}

// Of several protocols the backend takes one.
func TestUpgradeToOneOfSeveral(t *testing.T) {
	w := newWire(t, wireOptions{}, echoes)
	conn := w.say(strings.Replace(upgrade, "Upgrade: echo", "Upgrade: foo/2, ECHO", 1))
	if head := readHead(bufio.NewReader(conn)); !strings.HasPrefix(head, "HTTP/1.1 101") {
		t.Errorf("got %q, want 101", head)
	}
	conn.Close()
	w.settled()
}

// net/http takes a client whose half ends before the answer for one that has
// gone: what it asked for is given up, and all of it let go.
func TestClientThatEndsItsHalfBeforeTheAnswerIsGone(t *testing.T) {
	for what, request := range map[string]string{"a request": get, "an upgrade": upgrade} {
		asked := make(chan struct{})
		w := newWire(t, wireOptions{}, func(_ net.Conn, r *bufio.Reader) {
			readHead(r)
			close(asked)
			_, _ = io.Copy(io.Discard, r)
		})
		conn := w.say(request)
		<-asked
		_ = conn.CloseWrite()
		if got := all(t, conn); got != "" {
			t.Errorf("%s: got %q, want the end alone", what, got)
		}
		conn.Close()
		w.settled()
	}
}
