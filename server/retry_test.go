package server

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
)

func TestProxySaysWhichAttemptWasAnswered(t *testing.T) {
	g := newRig(t, nil)
	proxy := g.newProxy()
	g.leafs["a1"].Fail(errors.New("broken"))
	if got, want := ask(t, proxy).is(200).header.Get("Proxy-Status"), `callboard; next-hop="a2"; details="attempt 2, after a1"`; got != want {
		t.Errorf("one fails: got %q, want %q", got, want)
	}
	g.leafs["a2"].Fail(errors.New("broken"))
	if got := ask(t, proxy).is(200).header.Get("Proxy-Status"); !strings.HasPrefix(got, `callboard; next-hop="c1"; details="attempt 3, after a`) {
		t.Errorf("two fail: got %q, want the third attempt", got)
	}
	g.leafs["c1"].Fail(errors.New("broken"))
	a := ask(t, proxy).is(502)
	if got := a.header.Get("Proxy-Status"); !strings.Contains(got, `; details="attempt 3, after a`) || !strings.Contains(got, "error=") {
		t.Errorf("all fail: got %q, want the error of the third attempt", got)
	}
}

func TestRetriesAreCounted(t *testing.T) {
	g := newRig(t, nil)
	g.leafs["a1"].Fail(errors.New("broken"))
	before := g.rt.Log().Last()
	ask(t, g.newProxy()).is(200)
	got := into[directorAnswer](g.send("GET", api+"directors/a1", "").is(200))
	if got.Requests != 1 || got.Failures != 1 || got.Retried != 1 {
		t.Errorf("a1: got %d requests, %d failures, %d retried, want one of each", got.Requests, got.Failures, got.Retried)
	}
	metrics := g.send("GET", "metrics", "").is(200).body
	for director, want := range map[string]string{"a1": "1", "a2": "0"} {
		name := `callboard_director_retried_total{instance="test",vcl="boot",director="` + director + `"`
		_, line, ok := strings.Cut(metrics, name)
		line, _, _ = strings.Cut(line, "\n")
		if !ok || !strings.HasSuffix(line, " "+want) {
			t.Errorf("metrics of %s: got %q, want %s", director, line, want)
		}
	}
	g.rt.Sample()
	if page := g.send("GET", "i/test/?select=boot.a1", "").is(200).body; !strings.Contains(page, "went to another") {
		t.Error("the page does not say that a request went to another backend")
	}
	if after := g.rt.Log().Last(); after != before {
		t.Errorf("got events %d to %d, want none for a request", before+1, after)
	}
}

func TestProxyWithoutRetries(t *testing.T) {
	g := newRig(t, nil)
	g.leafs["a1"].Fail(errors.New("broken"))
	proxy := httptest.NewServer(NewProxyWith(ProxyOptions{Runtime: g.rt, NoRetry: true}))
	t.Cleanup(proxy.Close)
	ask(t, proxy.URL).is(502)
	ask(t, proxy.URL).is(200)
}

// configAt returns the configuration of a backend at an address.
func configAt(address string) backend.Config {
	a := netip.MustParseAddrPort(address)
	return backend.Config{Host: a.Addr().String(), Port: int(a.Port())}
}

// A mortal is an HTTP server that is killed and started again at one address.
type mortal struct {
	address string
	served  atomic.Int64

	mu     sync.Mutex // guards the fields below
	server *http.Server
	ended  chan struct{} // closed when the server has
	up     bool
	since  int64 // of served when it was started, of the requests made when it was killed
	deaths int
}

func newMortal(t *testing.T) *mortal {
	t.Helper()
	m := &mortal{}
	// Not a port of those that the system takes for outgoing connections, so that
	// none of them can have it while the server is down.
	for port := 20_000 + os.Getpid()%10_000; port < 32_000; port++ {
		m.address = fmt.Sprintf("127.0.0.1:%d", port)
		if m.startLocked() == nil {
			return m
		}
	}
	t.Fatal("no free port below 32000")
	return nil
}

func (m *mortal) startLocked() error {
	listener, err := net.Listen("tcp", m.address)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		m.served.Add(1)
		_, _ = io.WriteString(w, "ok")
	})}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = server.Serve(listener)
	}()
	m.server, m.ended, m.up, m.since = server, ended, true, m.served.Load()
	return nil
}

// killLocked cuts all connections, whatever is under way on them.
func (m *mortal) killLocked() {
	_ = m.server.Close()
	<-m.ended
	m.up = false
}

// live kills the server when it has answered 20 requests since it was started. It
// starts it again at once, but every tenth time only when 20 more requests were
// made: then connections are refused, and for a while none is tried.
func (m *mortal) live(made int64) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.up && m.served.Load()-m.since >= 20:
		m.killLocked()
		m.deaths++
		m.since = made
		if m.deaths%10 != 0 {
			return m.startLocked()
		}
	case !m.up && made-m.since >= 20:
		return m.startLocked()
	}
	return nil
}

func (m *mortal) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.up {
		m.killLocked()
	}
}

// One of two backends is killed and started again all the time, and of 10,000
// requests through the proxy none is lost.
func TestOneDeadOfTwoLosesNothing(t *testing.T) {
	const requests, clients = 10_000, 8
	g := newRig(t, nil)
	dying, living := newMortal(t), newMortal(t)
	defer dying.end()
	defer living.end()
	v := g.rt.Active()
	var members []*director.Director
	for _, m := range []*mortal{dying, living} {
		b, err := backend.New(configAt(m.address))
		if err != nil {
			t.Fatal(err)
		}
		members = append(members, g.add(v, m.address, b))
	}
	if err := v.SetDefault(g.add(v, "pair", lb.NewRoundRobin(), members...)); err != nil {
		t.Fatal(err)
	}
	proxy := g.newProxy()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}
	defer client.CloseIdleConnections()
	var made, retried atomic.Int64
	var asking sync.WaitGroup
	for range clients {
		asking.Go(func() {
			for n := made.Add(1); n <= requests; n = made.Add(1) {
				resp, err := client.Get(proxy)
				if err != nil {
					t.Error(err)
					return
				}
				body, err := io.ReadAll(resp.Body)
				resp.Body.Close()
				if resp.StatusCode != 200 || string(body) != "ok" || err != nil {
					t.Errorf("got %d %q, %v", resp.StatusCode, body, err)
				}
				if strings.Contains(resp.Header.Get("Proxy-Status"), "attempt 2") {
					retried.Add(1)
				}
				if err := dying.live(n); err != nil {
					t.Error(err)
				}
			}
		})
	}
	asking.Wait()
	t.Logf("%d deaths, %d requests answered at the second attempt", dying.deaths, retried.Load())
	if dying.deaths == 0 || retried.Load() == 0 {
		t.Error("nothing was tried")
	}
	for d := range g.rt.Sample().Directors() {
		if d.Tasks != 0 {
			t.Errorf("%s: got %d tasks afterwards, want 0", d.Name, d.Tasks)
		}
	}
}
