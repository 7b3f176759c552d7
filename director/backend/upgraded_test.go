package backend

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

const switched = "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n"

// switchTo returns the connection after an upgrade.
func (s *stageSet) switchTo(t *testing.T, ctx context.Context) io.ReadWriteCloser {
	t.Helper()
	req, _ := http.NewRequestWithContext(ctx, "GET", "http://shop.test/", nil)
	req.Header = http.Header{"Connection": {"Upgrade"}, "Upgrade": {"echo"}}
	resp, err := (&director.Transport{Director: s.d}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp.Body.(io.ReadWriteCloser)
}

// An upgraded connection lasts while one side says something at least once in
// the pipe timeout, and ends with it, as a pipe does.
func TestUpgradedConnectionThatFallsSilent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, Config{PipeTimeout: Duration(10 * time.Second), MaxConnections: 1}, func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			io.WriteString(conn, switched)
			io.Copy(conn, r)
		})
		conn := s.switchTo(t, t.Context())
		begin := time.Now()
		for range 3 {
			time.Sleep(9 * time.Second)
			if _, err := conn.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(conn, make([]byte, 1)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := conn.Read(make([]byte, 1)); err == nil {
			t.Error("got more, want the end")
		}
		if got, want := time.Since(begin), 37*time.Second; got != want {
			t.Errorf("ended after %s, want %s", got, want)
		}
		conn.Close()
		if c := s.Counters(); c.PipeIn != 3 || c.PipeOut != 3 || c.Conn != 0 {
			t.Errorf("got %+v, want three bytes each way and no place taken", c)
		}
	})
}

// One that no reader closes ends with the request's context.
func TestUpgradedConnectionThatIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ended := make(chan bool, 1)
		s := setStage(t, Config{MaxConnections: 1}, func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			io.WriteString(conn, switched)
			io.Copy(io.Discard, r)
			ended <- true
		})
		ctx, cancel := context.WithCancel(t.Context())
		s.switchTo(t, ctx)
		cancel()
		<-ended
		synctest.Wait()
		if c := s.Counters(); c.Conn != 0 {
			t.Errorf("got %+v, want no place taken", c)
		}
	})
}
