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
)

// A watched body notes when it was first read.
type watchedBody struct {
	io.Reader
	read time.Time
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.read.IsZero() {
		b.read = time.Now()
	}
	return b.Reader.Read(p)
}

func (b *watchedBody) Close() error { return nil }

// post sends a body of ten bytes, with "Expect: 100-continue" if asks.
func (s *stageSet) post(ctx context.Context, body io.ReadCloser, asks bool) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, "POST", "http://shop.test/", body)
	if err != nil {
		return nil, err
	}
	req.ContentLength = 10
	if asks {
		req.Header.Set("Expect", "100-continue")
	}
	return (&director.Transport{Director: s.d}).RoundTrip(req)
}

// A body waits until the backend wants it, for a second at most, and is not read
// after a final answer.
func TestBodyWaitsForContinue(t *testing.T) {
	for _, c := range []struct {
		what  string
		serve func(conn net.Conn, r *bufio.Reader)
		after time.Duration // from the request to the first read; -1 is never
	}{
		{"the backend says to go on", func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			time.Sleep(100 * time.Millisecond)
			io.WriteString(conn, "HTTP/1.1 100 Continue\r\n\r\n")
			io.CopyN(io.Discard, r, 10)
			io.WriteString(conn, ok)
		}, 100 * time.Millisecond},
		{"the backend says nothing", func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			io.CopyN(io.Discard, r, 10)
			io.WriteString(conn, ok)
		}, time.Second},
		{"the backend answers at once", func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			io.WriteString(conn, "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\n")
			time.Sleep(5 * time.Second) // longer than the wait
			io.WriteString(conn, "no")
			io.Copy(io.Discard, r)
		}, -1},
		{"the backend answers at once and goes", func(conn net.Conn, r *bufio.Reader) {
			readLines(r)
			io.WriteString(conn, "HTTP/1.1 413 No\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno")
		}, -1},
	} {
		t.Run(c.what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := setStage(t, Config{}, c.serve)
				body := &watchedBody{Reader: strings.NewReader("helloworld")}
				begin := time.Now()
				resp, err := s.post(t.Context(), body, true)
				if err != nil {
					t.Fatal(err)
				}
				text, err := io.ReadAll(resp.Body)
				if err != nil || len(text) != 2 {
					t.Errorf("got %s, %q, %v, want the answer", resp.Status, text, err)
				}
				resp.Body.Close()
				synctest.Wait()
				if after := body.read.Sub(begin); (c.after < 0) != body.read.IsZero() || c.after >= 0 && after != c.after {
					t.Errorf("read at %v after %s, want %s", body.read, after, c.after)
				}
			})
		})
	}
}

func readLines(r *bufio.Reader) {
	for line, err := "", error(nil); line != "\r\n" && err == nil; {
		line, err = r.ReadString('\n')
	}
}

// An answer wins over the error of a body that the backend did not want.
func TestAnswerWinsOverABodyThatFails(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			s := setStage(t, Config{}, func(conn net.Conn, r *bufio.Reader) {
				readLines(r)
				io.WriteString(conn, "HTTP/1.1 413 No\r\nContent-Length: 2\r\n\r\nno")
			})
			got, err := s.do(t.Context(), "POST", strings.NewReader(strings.Repeat("x", 1<<20)))
			if err != nil || got != "413 No no" {
				t.Fatalf("got %q, %v, want 413", got, err)
			}
		})
	}
}

// A broken body of a request is not the backend's fault.
func TestBodyThatBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, Config{}, func(_ net.Conn, r *bufio.Reader) { io.Copy(io.Discard, r) })
		torn := errors.New("torn")
		_, err := s.post(t.Context(), io.NopCloser(io.MultiReader(strings.NewReader("hello"), failingReader{torn})), false)
		failed, ok := errors.AsType[*Error](err)
		if !ok || failed.Kind != KindRequestBody || !errors.Is(err, torn) {
			t.Errorf("got %v, want kind %s", err, KindRequestBody)
		}
		if c := s.Counters(); c.FailAnswer != 0 || c.Conn != 0 {
			t.Errorf("got %+v, want that the backend did not fail", c)
		}
	})
}

type failingReader struct{ err error }

func (f failingReader) Read([]byte) (int, error) { return 0, f.err }

// A status below 100 is no answer, and takes no place.
func TestStatusThatIsNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, Config{}, once("HTTP/1.1 099 X\r\nContent-Length: 2\r\n\r\nok"))
		s.fails(t, t.Context(), KindProtocol, 0)
		if c := s.Counters(); c.FailAnswer != 1 || c.Conn != 0 {
			t.Errorf("got %+v, want one bad answer", c)
		}
	})
}

// Informational answers are told, but not without end.
func TestInformationalAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := setStage(t, Config{}, once("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"+ok))
		var told []int
		ctx := WithInformational(t.Context(), informFunc(func(status int, header http.Header) {
			if told = append(told, status); status == 103 && header.Get("Link") != "</a>" {
				t.Errorf("103: got %v", header)
			}
		}))
		if got, err := s.do(ctx, "GET", nil); err != nil || got != "200 OK ok" || len(told) != 2 || told[1] != 103 {
			t.Errorf("got %q, %v, told of %v", got, err, told)
		}
		s = setStage(t, Config{}, once(strings.Repeat("HTTP/1.1 103 Early Hints\r\n\r\n", maxInformational+1)+ok))
		s.fails(t, t.Context(), KindProtocol, 0)
	})
}

type informFunc func(status int, header http.Header)

func (f informFunc) Inform(status int, header http.Header) { f(status, header) }
