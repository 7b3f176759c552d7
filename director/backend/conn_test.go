package backend

import (
	"io"
	"net"
	"testing"
)

// The scheme that net/http puts before a target of two slashes is taken away
// again, once, and the caller does not see it.
func TestBareTarget(t *testing.T) {
	ours, theirs := net.Pipe()
	got := make(chan string, 1)
	go func() {
		text, _ := io.ReadAll(theirs)
		got <- string(text)
	}()
	conn := &backendConn{Conn: ours, t: &tallies{}, over: make(chan struct{}), bare: true}
	for _, text := range []string{"GET http://x\"y HTTP/1.1\r\nReferer: http://z/\r\n", "Origin: http://z\r\n\r\n"} {
		if n, err := io.WriteString(conn, text); err != nil || n != len(text) {
			t.Errorf("got %d, %v, want %d", n, err, len(text))
		}
	}
	conn.Close()
	if got, want := <-got, "GET //x\"y HTTP/1.1\r\nReferer: http://z/\r\nOrigin: http://z\r\n\r\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
