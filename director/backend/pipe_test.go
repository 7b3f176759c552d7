package backend

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

// piped starts a pipe in the background. It returns the client's end of it, and
// where the pipe's error will come.
func (s *stageSet) piped(t *testing.T) (client net.Conn, ended <-chan error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "/x", nil)
	if err != nil {
		t.Fatal(err)
	}
	client, inner := net.Pipe()
	done := make(chan error, 1)
	go func() { done <- s.Pipe(&director.Task{Request: req}, req, inner) }()
	return client, done
}

// echo answers the header of a request with its host, and then each line with
// the line.
func echo(conn net.Conn, r *bufio.Reader) {
	req, err := http.ReadRequest(r)
	if err != nil {
		return
	}
	io.WriteString(conn, "host "+req.Host+", agent "+req.UserAgent()+"\n")
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		io.WriteString(conn, line)
	}
}

func TestPipe(t *testing.T) {
	const greeting = "host shop.test, agent \n"
	run := func(rule string, c Config, f func(t *testing.T, s *stageSet)) {
		t.Run(rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { f(t, setStage(t, c, echo)) })
		})
	}
	say := func(t *testing.T, client net.Conn, r *bufio.Reader, line string) {
		t.Helper()
		if line != "" {
			io.WriteString(client, line)
		} else {
			line = greeting
		}
		if got, err := r.ReadString('\n'); err != nil || got != line {
			t.Errorf("got %q, %v, want %q", got, err, line)
		}
	}
	run("REQ-11 BE-10 both ways until the client ends", Config{}, func(t *testing.T, s *stageSet) {
		client, ended := s.piped(t)
		r := bufio.NewReader(client)
		say(t, client, r, "")
		say(t, client, r, "one\n")
		if c := s.Counters(); c.Conn != 1 || c.Req != 1 {
			t.Errorf("BE-5: got %+v, want the pipe counted", c)
		}
		client.Close()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if c := s.Counters(); c.Conn != 0 || c.PipeOut != 4 || c.PipeIn != uint64(len(greeting)+4) {
			t.Errorf("BE-9: got %+v, want 4 bytes out, the greeting and 4 in", c)
		}
	})
	run("pipe timeout", Config{PipeTimeout: Duration(time.Second)}, func(t *testing.T, s *stageSet) {
		client, ended := s.piped(t)
		r := bufio.NewReader(client)
		say(t, client, r, "")
		time.Sleep(900 * time.Millisecond)
		say(t, client, r, "x\n")
		begin := time.Now()
		if err := <-ended; err != nil || time.Since(begin) != time.Second {
			t.Errorf("got %v after %s, want the end after 1s", err, time.Since(begin))
		}
		if _, err := client.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("client: got %v, want it closed", err)
		}
	})
	run("BE-3 pipes take places", Config{MaxConnections: 1}, func(t *testing.T, s *stageSet) {
		client, ended := s.piped(t)
		say(t, client, bufio.NewReader(client), "")
		other, refused := s.piped(t)
		if err := <-refused; !errors.Is(err, ErrBusy) {
			t.Errorf("got %v, want ErrBusy", err)
		}
		other.SetDeadline(time.Now().Add(time.Second))
		if _, err := other.Read(make([]byte, 1)); errors.Is(err, io.EOF) {
			t.Error("a client that was refused was closed, want that left to the caller")
		}
		client.Close()
		<-ended
	})
	run("BE-2 sick", Config{}, func(t *testing.T, s *stageSet) {
		if err := s.d.SetHealth(director.AdminSick); err != nil {
			t.Fatal(err)
		}
		_, refused := s.piped(t)
		if err := <-refused; !errors.Is(err, director.ErrUnhealthy) {
			t.Errorf("got %v, want ErrUnhealthy", err)
		}
	})
}
