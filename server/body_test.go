package server

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// raw sends bytes as they are, closes its half of the connection, and returns
// the answer.
func (g *rig) raw(request string) answer {
	g.t.Helper()
	u, err := url.Parse(g.url)
	if err != nil {
		g.t.Fatal(err)
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		g.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		g.t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		g.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		g.t.Fatalf("%q: %v", request, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return answer{g.t, fmt.Sprintf("%.200q", request), resp.StatusCode, resp.Header, string(body)}
}

// A filter that was lost on the way would answer with everything.
func TestBrokenQueryIsTheClientsMistake(t *testing.T) {
	g := newRig(t, nil)
	for _, query := range []string{"q=health:sick;type:shard", "q=100%", "limit=%zz"} {
		g.raw("GET /" + api + "directors?" + query + " HTTP/1.1\r\nHost: board\r\nConnection: close\r\n\r\n").problem(400)
	}
	g.send("GET", api+"directors?q=a%3Bb", "").is(200)
}

// A body that does not come whole is the client's mistake: it is told so, and no
// line of the log calls it an error of the board.
func TestBrokenBodyIsTheClientsMistake(t *testing.T) {
	for name, c := range map[string]struct{ media, framing, body string }{
		"chunk without a size":   {typeJSON, "Transfer-Encoding: chunked", "ZZ\r\n"},
		"chunk too short":        {typeJSON, "Transfer-Encoding: chunked", "20\r\n{\"name\":\"x\"}"},
		"no last chunk":          {typeJSON, "Transfer-Encoding: chunked", "2\r\n{}\r\n"},
		"shorter than its size":  {typeJSON, "Content-Length: 100", `{"name":"x"}`},
		"nothing of it":          {typeJSON, "Content-Length: 100", ""},
		"form without its end":   {typeForm, "Content-Length: 100", "name=x"},
		"form in a bad chunk":    {typeForm, "Transfer-Encoding: chunked", "ZZ\r\n"},
		"form with a bad escape": {typeForm, "Content-Length: 8", "name=%zz"},
	} {
		t.Run(name, func(t *testing.T) {
			var log bytes.Buffer
			g := newRig(t, func(o *Options) { o.Logger = slog.New(slog.NewTextHandler(&log, nil)) })
			for _, method := range []string{"POST " + "/" + api + "directors", "PUT /" + api + "health"} {
				g.raw(fmt.Sprintf("%s HTTP/1.1\r\nHost: board\r\nConnection: close\r\nContent-Type: %s\r\n%s\r\n\r\n%s",
					method, c.media, c.framing, c.body)).problem(400)
			}
			if strings.Contains(log.String(), "ERROR") {
				t.Errorf("log: got %s, want no error", log.String())
			}
		})
	}
}
