package server

import (
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/backend"

	"github.com/gorilla/websocket"
)

const proxyStatus = "Proxy-Status"

func TestProxySaysWhoAnswered(t *testing.T) {
	g := newRig(t, nil)
	proxy := g.newProxy()
	if got, want := ask(t, proxy).is(200).header.Get(proxyStatus), `callboard; next-hop="a1"`; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	g.send("PUT", api+"health", `{"pattern":"boot.*","admin":"sick"}`).is(200)
	if got, want := ask(t, proxy).is(503).header.Get(proxyStatus), "callboard; error=destination_unavailable"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// A websocket to a backend passes through the proxy, both ways.
func TestProxyPassesWebsockets(t *testing.T) {
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		conn, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
		if err != nil {
			t.Error(err)
			return
		}
		defer conn.Close()
		kind, data, err := conn.ReadMessage()
		if err != nil {
			t.Error(err)
			return
		}
		_ = conn.WriteMessage(kind, append([]byte("echo "), data...))
	}))
	defer echo.Close()
	g := newRig(t, nil)
	address := netip.MustParseAddrPort(echo.Listener.Addr().String())
	b, err := backend.New(backend.Config{Host: address.Addr().String(), Port: int(address.Port())})
	if err != nil {
		t.Fatal(err)
	}
	v := g.rt.Active()
	if err := v.SetDefault(g.add(v, "echo", b)); err != nil {
		t.Fatal(err)
	}
	conn, _, err := websocket.DefaultDialer.Dial(strings.Replace(g.newProxy(), "http", "ws", 1), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.WriteMessage(websocket.TextMessage, []byte("hello")); err != nil {
		t.Fatal(err)
	}
	if _, data, err := conn.ReadMessage(); err != nil || string(data) != "echo hello" {
		t.Errorf("got %q, %v, want echo hello", data, err)
	}
}

// What became of a backend's requests can be read, by kind.
func TestCountersOfABackend(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"name":"nobody","type":"backend","backend":{"host":"127.0.0.1","port":1}}`).is(201)
	d, err := g.rt.Find("nobody")
	if err != nil {
		t.Fatal(err)
	}
	if err := g.rt.Active().SetDefault(d); err != nil {
		t.Fatal(err)
	}
	ask(t, g.newProxy()).is(502)
	got := into[directorAnswer](g.send("GET", api+"directors/nobody", "").is(200))
	if got.Counters == nil || got.Counters.FailECONNREFUSED != 1 || got.Failures != 1 {
		t.Errorf("got %+v and %d failures, want one refused connection", got.Counters, got.Failures)
	}
}
