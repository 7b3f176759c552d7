package proxy_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/backend"
)

// newRecorder is a wire whose origin says what it got, byte by byte, and answers
// with a text.
func newRecorder(t *testing.T, o wireOptions, answer string) (w *wire, got <-chan string) {
	t.Helper()
	came := make(chan string, 10)
	return newWire(t, o, func(conn net.Conn, _ *bufio.Reader) {
		var raw bytes.Buffer
		r := bufio.NewReader(io.TeeReader(conn, &raw))
		// The connection stays open, as it is not said that it ends: a request that
		// met its end would not be sent again.
		for {
			raw.Reset()
			req, err := http.ReadRequest(r)
			if err != nil {
				if raw.Len() > 0 {
					came <- raw.String()
				}
				return
			}
			_, _ = io.Copy(io.Discard, req.Body)
			came <- raw.String()
			_, _ = io.WriteString(conn, answer)
		}
	}), came
}

// What the client writes as its target is what the backend reads.
func TestTargetsPassByteByByte(t *testing.T) {
	w, got := newRecorder(t, wireOptions{}, ok)
	for _, target := range []string{
		"/a?x=1&b;c=1&q=100%", "/?a=1;b=2&c=3&b=x", "/?z=1&q=100%&a=2",
		`/a"b`, "/a<b>c", "/a|b", "/a^b", "/a{b}", "/a`b", "/a\\b", "/caf\xe9", "/\xff?\xfe", "/a#f", "/a?b#c",
		"/a%2fb", "/%7Euser", "/~user", "/a%", "/a?", "/a??b", "/a?b?c",
		"//x", `//x"y?z`, "//x.test/a", "///", "/./../a", "/http://x.test/", "mailto:x",
	} {
		status := w.ask("GET " + target + " HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
		if target == "/a%" { // documented: net/http refuses it before a handler sees it
			if !strings.HasPrefix(status, "HTTP/1.1 400") {
				t.Errorf("%q: got %q, want 400", target, status)
			}
			continue
		}
		if line, _, _ := strings.Cut(<-got, "\r\n"); line != "GET "+target+" HTTP/1.1" {
			t.Errorf("%q: got %q", target, line)
		}
	}
	for sent, want := range map[string]string{
		"OPTIONS * HTTP/1.1":                     "OPTIONS * HTTP/1.1",
		"CONNECT db.test:443 HTTP/1.1":           "CONNECT db.test:443 HTTP/1.1",
		`GET http://shop.test/a"b?c|d HTTP/1.1`:  `GET /a"b?c|d HTTP/1.1`,
		"GET http://shop.test HTTP/1.1":          "GET / HTTP/1.1",
		"GET http://shop.test?x HTTP/1.1":        "GET /?x HTTP/1.1",
		"GET http://shop.test//x HTTP/1.1":       "GET //x HTTP/1.1",
		"FETCH /caf\xe9?x HTTP/1.1":              "FETCH /caf\xe9?x HTTP/1.1",
		`GET http://shop.test//x"y?c|d HTTP/1.1`: `GET //x"y?c|d HTTP/1.1`,
	} {
		w.ask(sent + "\r\nHost: shop.test\r\nConnection: close\r\n\r\n")
		if line, _, _ := strings.Cut(<-got, "\r\n"); line != want {
			t.Errorf("%q: got %q, want %q", sent, line, want)
		}
	}
	w.settled()
}

// Header fields that are not about the connection pass, and no others are
// invented.
func TestHeadersPass(t *testing.T) {
	w, got := newRecorder(t, wireOptions{config: backend.Config{HostHeader: "inner.test:99"}}, ok)
	for _, c := range []struct{ what, sent, has, hasNot string }{
		{"no Host, where there is a host_header", "GET / HTTP/1.0\r\n\r\n", "Host: inner.test:99\r\n", "X-Forwarded-Host"},
		{"an empty Host", "GET / HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n", "Host: inner.test:99\r\n", "X-Forwarded-Host"},
		{"a Host of its own", get, "Host: shop.test\r\n", "inner.test"},
		{"no User-Agent", get, "", "User-Agent"},
		{"no Accept-Encoding", get, "", "Accept-Encoding"},
		{"about the connection", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, X-Mine\r\nX-Mine: 1\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: gzip, trailers\r\n\r\n",
			"Te: trailers\r\n", "X-Mine"},
		{"TE, which Connection has to name", "GET / HTTP/1.1\r\nHost: a\r\nConnection: close, TE\r\nTE: trailers\r\n\r\n", "Connection: TE\r\n", "close"},
		{"an upgrade by HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n", "Via: 1.0 ", "Upgrade"},
		{"Forwarded of one connection", strings.Replace(get, "close", "close, Forwarded\r\nForwarded: for=192.0.2.1", 1), "Forwarded: for=127.0.0.1;", "192.0.2.1"},
		{"twice", strings.Replace(get, "Conn", "X-A: 1\r\nX-A: 2\r\nConn", 1), "X-A: 1\r\nX-A: 2\r\n", "Keep-Alive"},
		{"an empty body", "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", "Content-Length: 0\r\n", "chunked"},
		{"a body with a length", "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok", "Content-Length: 2\r\n", "chunked"},
		{"both framings: the chunks count", "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
			"\r\n\r\n5\r\nhello\r\n0\r\n\r\n", "Content-Length"},
	} {
		w.ask(c.sent)
		if head := <-got; !strings.Contains(head, c.has) || strings.Contains(head, c.hasNot) {
			t.Errorf("%s: got %q, want %q and no %q", c.what, head, c.has, c.hasNot)
		}
	}
	w.settled()
}

// A Content-Type that the backend did not send is not guessed, however the
// answer is cut into writes.
func TestContentTypeStaysMissing(t *testing.T) {
	for _, answer := range []string{"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", pieces + "6\r\n<html>\r\n0\r\n\r\n", "HTTP/1.1 200 OK\r\n\r\n<html>"} {
		w := newWire(t, wireOptions{}, says(answer))
		for range 20 {
			if got := w.ask(get); strings.Contains(got, "Content-Type") || !strings.Contains(got, "<html>") {
				t.Fatalf("got %q", got)
			}
		}
	}
}

func TestTrailersArrive(t *testing.T) {
	w, got := newRecorder(t, wireOptions{}, pieces+"2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n")
	for _, c := range []struct{ announced, wants string }{
		{"Trailer: X-T\r\n", "\r\nTrailer: X-T\r\n"},
		{"", "\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n"},
	} {
		answer := w.ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + c.announced +
			"Transfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nX-T: 1\r\n\r\n")
		if sent := <-got; !strings.Contains(sent, c.wants) || !strings.HasSuffix(sent, "2\r\nok\r\n0\r\nX-T: 1\r\n\r\n") {
			t.Errorf("the backend got %q, want %q and the trailer", sent, c.wants)
		}
		if !strings.HasSuffix(answer, "2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n") {
			t.Errorf("the client got %q, want the trailer", answer)
		}
	}
	announced := newWire(t, wireOptions{}, says("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n"))
	if got := announced.ask(get); !strings.Contains(got, "\r\nTrailer: X-Sum\r\n") || !strings.HasSuffix(got, "2\r\nok\r\n0\r\nX-Sum: 7\r\n\r\n") {
		t.Errorf("announced: got %q", got)
	}
}

// An answer whose next bytes are not there yet is shown as far as it is there.
func TestWhatThereIsIsShown(t *testing.T) {
	type part struct{ sent, shown string }
	for what, parts := range map[string][]part{
		"of a length": {{lengthy + "hello", "\r\n\r\nhello"}, {"world", "world"}},
		"in pieces":   {{pieces, "\r\n\r\n"}, {"5\r\nhello\r\n", "hello"}, {"5\r\nworld\r\n0\r\n\r\n", "world"}},
		"to the end":  {{"HTTP/1.0 200 OK\r\n\r\n", "\r\n\r\n"}, {"hello", "hello"}, {"world", "world"}},
	} {
		seen := make(chan bool)
		w := newWire(t, wireOptions{}, func(conn net.Conn, r *bufio.Reader) {
			readHead(r)
			for _, p := range parts {
				_, _ = io.WriteString(conn, p.sent)
				<-seen // before the next one
			}
		})
		conn := w.say(get)
		r := bufio.NewReader(conn)
		for _, p := range parts {
			if err := skipTo(r, p.shown); err != nil {
				t.Errorf("%s: %q does not come: %v", what, p.shown, err)
			}
			seen <- true
		}
		conn.Close()
		w.settled()
	}
}

func skipTo(r *bufio.Reader, text string) error {
	var got string
	for !strings.HasSuffix(got, text) {
		b, err := r.ReadByte()
		if err != nil {
			return fmt.Errorf("after %q: %w", got, err)
		}
		got += string(b)
	}
	return nil
}
