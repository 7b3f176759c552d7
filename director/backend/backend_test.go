package backend_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
)

// quiet is for servers whose clients are meant to misbehave.
var quiet = log.New(io.Discard, "", 0)

func newVCL(t *testing.T) *director.VCL {
	t.Helper()
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { directortest.Check(t, rt) })
	return v
}

// at returns the configuration for a listener's address.
func at(addr net.Addr) backend.Config {
	if addr.Network() == "unix" {
		return backend.Config{Path: addr.String()}
	}
	a := netip.MustParseAddrPort(addr.String())
	return backend.Config{Host: a.Addr().String(), Port: int(a.Port())}
}

func add(t *testing.T, v *director.VCL, name string, c backend.Config) *director.Director {
	t.Helper()
	b, err := backend.New(c)
	if err != nil {
		t.Fatal(err)
	}
	d, err := v.Add(name, b)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func get(t *testing.T, d *director.Director) (status int, body string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/cart?x=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := (&director.Transport{Director: d}).RoundTrip(req)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(text), err
}

func TestRequestKeepsItsHostAndPath(t *testing.T) {
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, r.Host, r.URL)
	})
	tcp := httptest.NewServer(handler)
	defer tcp.Close()
	socket, err := net.Listen("unix", filepath.Join(t.TempDir(), "s"))
	if err != nil {
		t.Fatal(err)
	}
	unix := &httptest.Server{Listener: socket, Config: &http.Server{Handler: handler}}
	unix.Start()
	defer unix.Close()
	v := newVCL(t)
	for name, addr := range map[string]net.Addr{"tcp": tcp.Listener.Addr(), "unix": socket.Addr()} {
		d := add(t, v, name, at(addr))
		status, body, err := get(t, d)
		if want := "shop.test/cart?x=1"; err != nil || status != 200 || body != want {
			t.Errorf("%s: got %d %q, %v, want 200 %q", name, status, body, err, want)
		}
	}
}

func TestSickBackendIsNotAsked(t *testing.T) {
	d := add(t, newVCL(t), "a", backend.Config{Host: "127.0.0.1", Port: 9})
	if err := d.SetHealth(director.AdminSick); err != nil {
		t.Fatal(err)
	}
	_, _, err := get(t, d)
	if !errors.Is(err, director.ErrUnhealthy) || err.Error() != "backend a: unhealthy" {
		t.Errorf("BE-2: got %v, want backend a: unhealthy", err)
	}
}

func TestBusyBackendRefuses(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, "x") }))
	defer server.Close()
	c := at(server.Listener.Addr())
	c.MaxConnections = 1
	d := add(t, newVCL(t), "a", c)
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/", nil)
	first, err := (&director.Transport{Director: d}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := get(t, d); !errors.Is(err, backend.ErrBusy) {
		t.Errorf("second request: got %v, want ErrBusy", err)
	}
	first.Body.Close()
	if _, _, err := get(t, d); err != nil {
		t.Errorf("after the first has ended: %v", err)
	}
}

func TestSilenceWithinABodyEndsIt(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "half")
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer server.Close()
	c := at(server.Listener.Addr())
	c.BetweenBytesTimeout = backend.Duration(50 * time.Millisecond)
	_, body, err := get(t, add(t, newVCL(t), "a", c))
	if body != "half" || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %q, %v, want half and a timeout", body, err)
	}
}

func TestUpgradedConnectionPassesBothWays(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, buffered, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		fmt.Fprint(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: shout\r\nConnection: Upgrade\r\n\r\n")
		line, _ := buffered.ReadString('\n')
		fmt.Fprint(conn, strings.ToUpper(line))
	}))
	defer server.Close()
	d := add(t, newVCL(t), "a", at(server.Listener.Addr()))
	req, _ := http.NewRequestWithContext(t.Context(), "GET", "http://shop.test/", nil)
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "shout")
	resp, err := (&director.Transport{Director: d}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	conn, ok := resp.Body.(io.ReadWriter)
	if !ok {
		t.Fatalf("body of a switched protocol: got %T, want one that can be written", resp.Body)
	}
	fmt.Fprintln(conn, "hear me")
	if line, err := bufio.NewReader(conn).ReadString('\n'); err != nil || line != "HEAR ME\n" {
		t.Errorf("got %q, %v, want HEAR ME", line, err)
	}
}

// A probe that starts with one good poke of two needed finds the backend
// healthy, sees it fail, and sees it recover.
func TestProbeFollowsTheBackend(t *testing.T) {
	var status atomic.Int64
	status.Store(200)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(int(status.Load()))
	}))
	defer server.Close()
	c := at(server.Listener.Addr())
	c.Probe = &backend.ProbeConfig{URL: "/health", Interval: backend.Duration(time.Millisecond), Window: 3, Threshold: 2}
	v := newVCL(t)
	sub := v.Runtime().Log().Subscribe(v.Runtime().Log().Last())
	d := add(t, v, "a", c)
	for _, s := range []struct {
		status  int64
		healthy bool
	}{{200, true}, {503, false}, {200, true}} {
		status.Store(s.status)
		if got := nextHealth(t, sub); got.Healthy != s.healthy {
			t.Fatalf("answers of %d: health %+v, want healthy %t", s.status, got, s.healthy)
		}
	}
	known, _ := v.Runtime().Sample().Director(d.ID())
	if known.Probe == nil || known.Probe.Window != 3 || known.Probe.Response != "HTTP/1.1 200 OK" {
		t.Errorf("probe in the tree: got %+v", known.Probe)
	}
}

func nextHealth(t *testing.T, sub *event.Subscription) *event.Health {
	t.Helper()
	for {
		events, err := sub.Next(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range events {
			if e.Kind == event.DirectorHealth {
				return e.Health
			}
		}
	}
}

// A grumpy context panics when it is asked for a value.
type grumpy struct{ context.Context }

func (grumpy) Value(any) any { panic("no values here") }

// A panic within a request, which the runtime contains, must not cost the
// backend a place.
func TestPanicWithinARequestGivesItsPlaceBack(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	defer server.Close()
	rt := director.New(director.Options{})
	v, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	defer rt.Close(t.Context())
	c := at(server.Listener.Addr())
	c.MaxConnections = 1
	d := add(t, v, "a", c)
	req, _ := http.NewRequestWithContext(grumpy{t.Context()}, "GET", "http://shop.test/", nil)
	if _, err := (&director.Transport{Director: d}).RoundTrip(req); err == nil || !strings.Contains(err.Error(), "panic") {
		t.Errorf("got %v, want the panic as an error", err)
	}
	if _, err := (&director.Transport{Director: d}).RoundTrip(&http.Request{}); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("a request without a URL: got %v, want ErrInvalid", err)
	}
	if status, _, err := get(t, d); status != 200 || err != nil {
		t.Errorf("BE-5: afterwards: got %d, %v, want 200", status, err)
	}
}
