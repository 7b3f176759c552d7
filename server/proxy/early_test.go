package proxy_test

import (
	"bufio"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

const (
	large   = 10 << 20
	refuses = "HTTP/1.1 413 Content Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"
)

// refusing answers without reading a body, and goes: bytes that then come are
// answered with a reset.
func refusing(conn net.Conn, r *bufio.Reader) {
	readHead(r)
	_, _ = io.WriteString(conn, refuses)
}

func postLarge(field string) string {
	return "POST /x HTTP/1.1\r\nHost: shop.test\r\n" + field + "Content-Length: 10485760\r\n\r\n"
}

// A client that asks before it sends gets the refusal, and is not told to go on.
func TestEarlyAnswerToAClientThatAsks(t *testing.T) {
	w := newWire(t, wireOptions{}, refusing)
	for range 25 {
		if got := w.ask(postLarge("Expect: 100-continue\r\n")); !strings.HasPrefix(got, "HTTP/1.1 413") || !strings.HasSuffix(got, "no") {
			t.Fatalf("got %q, want 413 and nothing before it", got)
		}
	}
	w.settled()
}

// One that sends its body without asking gets it too, whether it looks for an
// answer meanwhile or only afterwards.
func TestEarlyAnswerToAClientThatSends(t *testing.T) {
	body := make([]byte, large)
	for _, c := range []struct {
		what string
		both bool // reads while it writes
	}{{"reads meanwhile", true}, {"reads afterwards", false}} {
		w := newWire(t, wireOptions{}, refusing)
		for range 25 {
			conn := w.say(postLarge(""))
			sent := make(chan struct{})
			send := func() { defer close(sent); _, _ = conn.Write(body) }
			if c.both {
				go send()
			} else {
				send()
			}
			if head := readHead(bufio.NewReader(conn)); !strings.HasPrefix(head, "HTTP/1.1 413") {
				t.Fatalf("%s: got %q, want 413", c.what, head)
			}
			conn.Close()
			<-sent
		}
		w.settled()
	}
}

// An answer that comes early and takes long is passed on while it comes.
func TestEarlyAnswerThatTakesLong(t *testing.T) {
	seen := make(chan bool)
	w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) {
		readHead(r)
		_, _ = io.WriteString(conn, lengthy+"hello")
		<-seen
		_, _ = io.WriteString(conn, "world")
	})
	conn := w.say(postLarge(""))
	r := bufio.NewReader(conn)
	readHead(r)
	if err := skipTo(r, "hello"); err != nil {
		t.Error(err)
	}
	seen <- true
	if err := skipTo(r, "world"); err != nil {
		t.Error(err)
	}
	conn.Close()
	w.settled()
}

// The backend's word to go on is the client's, once; without it, a second is.
func TestContinueIsSaidOnce(t *testing.T) {
	ask := strings.Replace(strings.Replace(half, "Connection: close", "Expect: 100-continue\r\nConnection: close", 1), "hello", "", 1)
	for _, c := range []struct {
		what string
		says string
	}{
		{"when the backend says so", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"},
		{"after a second", ""},
	} {
		got := make(chan string, 1)
		w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) {
			head := readHead(r)
			_, _ = io.WriteString(conn, c.says)
			body := make([]byte, 10)
			_, _ = io.ReadFull(r, body)
			got <- head + string(body)
			_, _ = io.WriteString(conn, ok)
		})
		begin := time.Now()
		conn := w.say(ask)
		r := bufio.NewReader(conn)
		if head := readHead(r); head != "HTTP/1.1 100 Continue\r\n\r\n" {
			t.Errorf("%s: got %q, want 100", c.what, head)
		}
		if c.says == "" && time.Since(begin) < time.Second {
			t.Errorf("%s: 100 after %s", c.what, time.Since(begin))
		}
		_, _ = io.WriteString(conn, "helloworld")
		if rest := all(t, r); !strings.HasPrefix(rest, "HTTP/1.1 200") {
			t.Errorf("%s: after 100 got %q, want the answer", c.what, rest)
		}
		if sent := <-got; !strings.Contains(sent, "Expect: 100-continue\r\n") || !strings.HasSuffix(sent, "\r\n\r\nhelloworld") {
			t.Errorf("%s: the backend got %q", c.what, sent)
		}
		conn.Close()
		w.settled()
	}
}

// A backend that leaves a client that asked, without an answer, is noticed at
// once.
func TestBackendGoesWhileTheClientAsks(t *testing.T) {
	w := newWire(t, wireOptions{}, func(_ net.Conn, r *bufio.Reader) { readHead(r) })
	if got := w.ask(postLarge("Expect: 100-continue\r\n")); !strings.HasPrefix(got, "HTTP/1.1 502") {
		t.Errorf("got %q, want 502 and no 100 before it", got)
	}
	w.settled()
}
