package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// newProxy starts a proxy over the rig's tree.
func (g *rig) newProxy() string {
	g.t.Helper()
	proxy := httptest.NewServer(NewProxy(g.rt, nil))
	g.t.Cleanup(proxy.Close)
	return proxy.URL
}

// ask sends a request to the proxy.
func ask(t *testing.T, url string) answer {
	t.Helper()
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{t, url, resp.StatusCode, resp.Header, string(body)}
}

func TestProxySendsRequestsThroughTheTree(t *testing.T) {
	g := newRig(t, nil)
	proxy := g.newProxy()
	for _, want := range []string{"a1", "a2", "a1"} {
		if a := ask(t, proxy+"/x?y=1").is(200); a.header.Get("X-Backend") != want || a.body != want {
			t.Errorf("got %q from %q, want %s", a.body, a.header.Get("X-Backend"), want)
		}
	}
	g.send("PUT", api+"health", `{"pattern":"a*","admin":"sick"}`).is(200)
	if a := ask(t, proxy).is(200); a.body != "c1" {
		t.Errorf("with pool sick: got %s, want c1", a.body)
	}
}

func TestProxySaysWhyThereIsNoBackend(t *testing.T) {
	g := newRig(t, nil)
	proxy := g.newProxy()
	g.send("PUT", api+"health", `{"pattern":"boot.*","admin":"sick"}`).is(200)
	a := ask(t, proxy).is(503)
	if !strings.Contains(a.body, "site") || a.header.Get("Retry-After") != "1" || !strings.HasPrefix(a.header.Get("Content-Type"), "text/plain") {
		t.Errorf("got %q %v, want the director's name and when to come again", a.body, a.header)
	}
	g.send("PUT", api+"vcls/boot/default", `{"director":""}`).is(200)
	if a = ask(t, proxy).is(503); !strings.Contains(a.body, "no default director") {
		t.Errorf("without a default: got %q", a.body)
	}
	for err, status := range map[error]int{
		io.ErrUnexpectedEOF:      502,
		backend.ErrBusy:          503,
		director.ErrUnhealthy:    503,
		context.DeadlineExceeded: 504,
		os.ErrDeadlineExceeded:   504,
	} {
		for _, leaf := range g.leafs { // all that a request may come to
			leaf.Fail(err)
		}
		g.send("PUT", api+"health", `{"pattern":"boot.*","admin":"auto"}`)
		g.send("PUT", api+"vcls/boot/default", `{"director":"site"}`).is(200)
		if a := ask(t, proxy); a.status != status || !strings.Contains(a.body, "a") {
			t.Errorf("%v: got %d %q, want %d", err, a.status, a.body, status)
		}
	}
}

// Against a real backend: what goes out is what came in.
func TestProxyKeepsTheHostAndStreams(t *testing.T) {
	g := newRig(t, nil)
	more := make(chan struct{})
	origin := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "%s %s %s\n", r.Host, r.Header.Get("X-Forwarded-For"), r.Header.Get("X-Forwarded-Host"))
		_ = http.NewResponseController(w).Flush()
		select {
		case <-more:
		case <-r.Context().Done():
		}
		fmt.Fprintln(w, "more")
	}))
	defer origin.Close()
	host, port, _ := strings.Cut(strings.TrimPrefix(origin.URL, "http://"), ":")
	g.send("POST", api+"directors", fmt.Sprintf(`{"name":"real","backend":{"host":%q,"port":%s}}`, host, port)).is(201)
	g.send("PUT", api+"vcls/boot/default", `{"director":"real"}`).is(200)

	req, _ := http.NewRequest("GET", g.newProxy()+"/", nil)
	req.Host = "www.example"
	req.Header.Set("X-Forwarded-For", "192.0.2.1")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewReader(resp.Body)
	if line, _ := lines.ReadString('\n'); line != "www.example 192.0.2.1, 127.0.0.1 www.example\n" {
		t.Errorf("first line, while the body goes on: got %q", line)
	}
	close(more)
	if line, _ := lines.ReadString('\n'); line != "more\n" {
		t.Errorf("second line: got %q", line)
	}
}
