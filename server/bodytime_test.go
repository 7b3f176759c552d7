package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

// A pipeListener is a network in memory, whose deadlines follow the clock of a
// synctest bubble.
type pipeListener struct {
	conns chan net.Conn
	done  chan struct{}
}

func newPipeListener() *pipeListener {
	return &pipeListener{make(chan net.Conn), make(chan struct{})}
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.done:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error {
	close(l.done)
	return nil
}

func (l *pipeListener) Addr() net.Addr { return &net.UnixAddr{Name: "pipe", Net: "pipe"} }

func (l *pipeListener) dial() net.Conn {
	client, server := net.Pipe()
	l.conns <- server
	return client
}

// inBubble serves a board in memory.
func inBubble(t *testing.T, test func(t *testing.T, rt *director.Runtime, l *pipeListener)) {
	synctest.Test(t, func(t *testing.T) {
		rt := director.New(director.Options{Name: "test"})
		if _, err := rt.AddVCL("boot"); err != nil {
			t.Fatal(err)
		}
		board, err := New(Options{Runtime: rt})
		if err != nil {
			t.Fatal(err)
		}
		l := newPipeListener()
		limited := limit(l, 8)
		server := newHTTPServer(t.Context(), board, limited, newRareLog(board.log, slog.LevelError).standard("board"))
		served := make(chan error)
		go func() { served <- server.Serve(limited) }()
		test(t, rt, l)
		_ = board.Close(context.Background())
		server.Close()
		<-served
		_ = rt.Close(context.Background())
		time.Sleep(time.Second) // net/http waits a moment after its last byte
	})
}

func TestABodyThatComesTooSlowlyIsCut(t *testing.T) {
	const head = "POST /api/v1/instances/test/directors HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n"
	for name, kind := range map[string]string{"JSON": typeJSON, "form": typeForm} {
		for drip, bytes := range map[string]string{"silent": "", "drip": " "} {
			t.Run(name+" "+drip, func(t *testing.T) {
				inBubble(t, func(t *testing.T, _ *director.Runtime, l *pipeListener) {
					conn := l.dial()
					defer conn.Close()
					begun := time.Now()
					go func() {
						_, err := fmt.Fprintf(conn, "%sContent-Type: %s\r\n\r\n", head, kind)
						for err == nil && bytes != "" {
							time.Sleep(500 * time.Millisecond)
							_, err = io.WriteString(conn, bytes)
						}
					}()
					resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
					if err != nil {
						t.Fatal(err)
					}
					if resp.StatusCode != http.StatusRequestTimeout || !resp.Close || time.Since(begun) != bodyTime {
						t.Errorf("got %s after %s, close %v, want 408 after %s", resp.Status, time.Since(begun), resp.Close, bodyTime)
					}
				})
			})
		}
	}
}

// The time is that of the body: a stream of events, which reads nothing more, is
// not cut, whether its request had a body or not.
func TestAStreamOutlivesTheTimeOfBodies(t *testing.T) {
	for _, body := range []string{"", "Content-Length: 2\r\n\r\n{}"} {
		inBubble(t, func(t *testing.T, rt *director.Runtime, l *pipeListener) {
			conn := l.dial()
			defer conn.Close()
			if body == "" {
				body = "\r\n"
			}
			go fmt.Fprintf(conn, "GET /api/v1/instances/test/events HTTP/1.1\r\nHost: localhost\r\nAccept: application/x-ndjson\r\n%s", body)
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			time.Sleep(10 * bodyTime)
			if _, err := rt.AddVCL("late"); err != nil {
				t.Fatal(err)
			}
			line, err := bufio.NewReader(resp.Body).ReadString('\n')
			if err != nil || !strings.Contains(line, `"late"`) {
				t.Errorf("got %q, %v", line, err)
			}
		})
	}
}

func TestStreamsOfEventsAreAsLimitedAsWebsockets(t *testing.T) {
	g := newRig(t, func(o *Options) { o.MaxClientsPerAddress = 2 })
	var streams []*http.Response
	for range 2 {
		req, _ := http.NewRequest("GET", g.url+api+"events", nil)
		req.Header.Set("Accept", "text/event-stream")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		streams = append(streams, resp)
	}
	a := g.send("GET", api+"events", "", "Accept", "application/x-ndjson").is(503)
	if a.header.Get("Retry-After") == "" {
		t.Error("it does not say when to come again")
	}
	body := g.send("GET", "metrics", "").is(200).body
	for _, want := range []string{`callboard_event_streams{instance="test"} 2`, `callboard_websocket_clients{instance="test"} 0`} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics lack %s", want)
		}
	}
	streams[0].Body.Close()
	eventually(t, "a place is free again", func() bool {
		return g.send("GET", api+"events?limit=1&after=1", "", "Accept", "application/x-ndjson").status == 200
	})
}
