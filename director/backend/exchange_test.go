package backend

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

// A stage set is a backend in a synctest bubble, whose connections are pipes to
// a server that the test plays.
type stageSet struct {
	*Backend
	d *director.Director
}

// setStage adds a backend; serve has each connection, and closes it by returning.
func setStage(t *testing.T, c Config, serve func(conn net.Conn, r *bufio.Reader)) *stageSet {
	t.Helper()
	c.Host = "shop.test"
	b, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	b.dial = func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			serve(theirs, bufio.NewReader(theirs))
		}()
		return ours, nil
	}
	rt := director.New(director.Options{})
	t.Cleanup(func() { directortest.Check(t, rt) })
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Add("a", b)
	if err != nil {
		t.Fatal(err)
	}
	return &stageSet{Backend: b, d: d}
}

func (s *stageSet) do(ctx context.Context, method string, body io.Reader) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, "http://shop.test/", body)
	if err != nil {
		return "", err
	}
	resp, err := (&director.Transport{Director: s.d}).RoundTrip(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.Status + " " + string(text), err
}

// fails makes a request that has to fail in that way, after that time.
func (s *stageSet) fails(t *testing.T, ctx context.Context, kind Kind, after time.Duration) *Error {
	t.Helper()
	begin := time.Now()
	_, err := s.do(ctx, "GET", nil)
	failed, ok := errors.AsType[*Error](err)
	if !ok || failed.Kind != kind || time.Since(begin) != after {
		t.Fatalf("got %v after %s, want kind %s after %s", err, time.Since(begin), kind, after)
	}
	if !strings.HasPrefix(err.Error(), "backend a: ") {
		t.Errorf("got %q, want it to name the backend", err)
	}
	return failed
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

// says answers every request of a connection, and then keeps quiet.
func says(text string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		for {
			req, err := http.ReadRequest(r)
			if err != nil {
				return
			}
			io.Copy(io.Discard, req.Body)
			if _, err := io.WriteString(conn, text); err != nil {
				return
			}
		}
	}
}

// once answers one request and goes.
func once(text string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		http.ReadRequest(r)
		io.WriteString(conn, text)
	}
}

func TestExchangeFails(t *testing.T) {
	own := Timeouts{Connect: time.Second, FirstByte: 2 * time.Second, BetweenBytes: 3 * time.Second}
	for _, c := range []struct {
		rule   string
		config Config
		own    Timeouts
		serve  func(net.Conn, *bufio.Reader)
		kind   Kind
		after  time.Duration
	}{
		{"BE-6 first byte timeout by default", Config{}, Timeouts{}, says(""), KindFirstByteTimeout, time.Minute},
		{"BE-6 first byte timeout of the backend", Config{FirstByteTimeout: Duration(5 * time.Second)}, Timeouts{}, says(""), KindFirstByteTimeout, 5 * time.Second},
		{"BE-6 first byte timeout of the request", Config{FirstByteTimeout: Duration(5 * time.Second)}, own, says(""), KindFirstByteTimeout, 2 * time.Second},
		{"BE-6 between bytes in the header", Config{}, own, says("HTTP/1.1 200 OK\r\nA:"), KindBetweenBytesTimeout, 3 * time.Second},
		{"BE-6 between bytes in the body", Config{}, own, says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), KindBetweenBytesTimeout, 3 * time.Second},
		{"BE-6 between bytes by default", Config{}, Timeouts{}, says("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), KindBetweenBytesTimeout, time.Minute},
		{"BE-7 closed without an answer", Config{}, Timeouts{}, once(""), KindEOF, 0},
		{"BE-7 closed within the header", Config{}, Timeouts{}, once("HTTP/1.1 200 OK\r\nA: b"), KindEOF, 0},
		{"BE-7 closed within the body", Config{}, Timeouts{}, once("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), KindEOF, 0},
		{"BE-7 not HTTP", Config{}, Timeouts{}, once("SSH-2.0-OpenSSH_9.6\r\n\r\n"), KindProtocol, 0},
	} {
		t.Run(c.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := setStage(t, c.config, c.serve)
				failed := s.fails(t, WithTimeouts(t.Context(), c.own), c.kind, c.after)
				late := c.kind == KindFirstByteTimeout || c.kind == KindBetweenBytesTimeout
				if errors.Is(failed, context.DeadlineExceeded) != late || failed.Timeout() != late {
					t.Errorf("%v: a timeout: %t, want %t", failed, !late, late)
				}
				if got := s.Counters(); got.Conn != 0 || got.FirstByteTimeouts+got.BetweenBytesTimeouts+got.FailAnswer != 1 {
					t.Errorf("BE-5 BE-9: got %+v, want none connected and one failure", got)
				}
			})
		})
	}
}

func TestExchangeOnStaleConnection(t *testing.T) {
	// fickle closes every connection at its second request, without an answer.
	fickle := func(conn net.Conn, r *bufio.Reader) {
		once(ok)(conn, r)
		http.ReadRequest(r)
	}
	t.Run("BE-1 one retry on a fresh connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, fickle)
			for range 2 {
				if got, err := s.do(t.Context(), "GET", nil); err != nil || got != "200 OK ok" {
					t.Errorf("got %q, %v, want 200 OK ok", got, err)
				}
			}
			if c := s.Counters(); c.Req != 3 || c.Reuse != 1 || c.Retry != 1 || c.Recycle != 2 {
				t.Errorf("got %+v, want 3 sent, 1 reuse, 1 retry, 2 recycled", c)
			}
		})
	})
	t.Run("BE-1 no retry of what cannot be sent again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, fickle)
			if _, err := s.do(t.Context(), "GET", nil); err != nil {
				t.Fatal(err)
			}
			_, err := s.do(t.Context(), "POST", io.MultiReader(strings.NewReader("x")))
			if failed, ok := errors.AsType[*Error](err); !ok || failed.Kind != KindEOF {
				t.Errorf("got %v, want eof", err)
			}
		})
	})
	t.Run("BE-1 no retry after a first byte timeout", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, func(conn net.Conn, r *bufio.Reader) {
				once(ok)(conn, r)
				io.Copy(io.Discard, r)
			})
			if _, err := s.do(t.Context(), "GET", nil); err != nil {
				t.Fatal(err)
			}
			s.fails(t, t.Context(), KindFirstByteTimeout, time.Minute)
			if c := s.Counters(); c.Retry != 0 {
				t.Errorf("got %+v, want no retry", c)
			}
		})
	})
}

func TestExchange(t *testing.T) {
	t.Run("BE-6 a slow reader is not a silent backend", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, says(ok))
			req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/", nil)
			resp, err := (&director.Transport{Director: s.d}).RoundTrip(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			time.Sleep(time.Hour)
			if text, err := io.ReadAll(resp.Body); err != nil || string(text) != "ok" {
				t.Errorf("got %q, %v, want ok", text, err)
			}
			if resp.Request != req {
				t.Errorf("got the request as it was sent, to %s, want the one that was made", resp.Request.URL)
			}
		})
	})
	t.Run("who gives up is no failure of the backend", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, says(""))
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			s.fails(t, ctx, KindCanceled, time.Second)
			if c := s.Counters(); c.FailAnswer+c.FirstByteTimeouts != 0 || c.Conn != 0 {
				t.Errorf("got %+v, want no failure", c)
			}
		})
	})
	t.Run("BE-9 bytes, BE-14 COLD closes idle connections", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			closed := 0
			s := setStage(t, Config{}, func(conn net.Conn, r *bufio.Reader) {
				says(ok)(conn, r)
				closed++
			})
			if _, err := s.do(t.Context(), "GET", nil); err != nil {
				t.Fatal(err)
			}
			if c := s.Counters(); c.BytesIn != uint64(len(ok)) || c.BytesOut < 30 || c.Conn != 0 {
				t.Errorf("got %+v, want %d bytes in", c, len(ok))
			}
			synctest.Wait()
			if closed != 0 {
				t.Error("BE-8: the connection was closed, want it recycled")
			}
			s.Event(director.EventCold)
			synctest.Wait()
			if closed != 1 {
				t.Errorf("got %d connections closed, want 1", closed)
			}
		})
	})
}

func TestHostHeader(t *testing.T) {
	for _, c := range []struct{ rule, host, url, header, want string }{
		{"BE-10 the request's", "", "http://other.test/", "", "other.test"},
		{"BE-10 its header first", "", "http://other.test/", "third.test", "third.test"},
		{"BE-10 the backend's host", "", "/", "", "shop.test"},
		{"BE-10 the backend's header", "www.test", "/", "", "www.test"},
	} {
		t.Run(c.rule, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := setStage(t, Config{HostHeader: c.host}, func(conn net.Conn, r *bufio.Reader) {
					req, _ := http.ReadRequest(r)
					io.WriteString(conn, "HTTP/1.0 200 OK\r\n\r\n"+req.Host)
				})
				req, _ := http.NewRequestWithContext(t.Context(), "GET", c.url, nil)
				req.Host = c.header
				resp, err := (&director.Transport{Director: s.d}).RoundTrip(req)
				if err != nil {
					t.Fatal(err)
				}
				defer resp.Body.Close()
				if got, _ := io.ReadAll(resp.Body); string(got) != c.want {
					t.Errorf("got %q, want %q", got, c.want)
				}
			})
		})
	}
}
