package server

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// listenTo returns the JSON of a backend at an address.
func listenTo(name string, address net.Addr) string {
	host, port, _ := net.SplitHostPort(address.String())
	return fmt.Sprintf(`{"name":%q,"type":"backend","backend":{"host":%q,"port":%s}}`, name, host, port)
}

// A backend that is the proxy itself, at once or by way of another proxy, costs a
// connection for each hop and no more.
func TestAProxyLoopIsFound(t *testing.T) {
	for _, hops := range []int{1, 2} {
		t.Run(fmt.Sprint(hops), func(t *testing.T) {
			g := newRig(t, nil)
			var log bytes.Buffer
			var connections atomic.Int64
			serve := func(handler http.Handler) *httptest.Server {
				server := httptest.NewUnstartedServer(handler)
				server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateNew {
						connections.Add(1)
					}
				}
				server.Start()
				t.Cleanup(server.Close)
				return server
			}
			proxy := serve(NewProxy(g.rt, slog.New(slog.NewTextHandler(&log, nil))))
			next := proxy
			if hops == 2 {
				other := director.New(director.Options{Name: "other"})
				t.Cleanup(func() { _ = other.Close(t.Context()) })
				v, err := other.AddVCL("boot")
				if err != nil {
					t.Fatal(err)
				}
				impl, err := backend.New(configAt(proxy.Listener.Addr().String()))
				if err != nil {
					t.Fatal(err)
				}
				if err := v.SetDefault(g.add(v, "back", impl)); err != nil {
					t.Fatal(err)
				}
				next = serve(NewProxy(other, nil))
			}
			g.send("POST", api+"directors", listenTo("loop", next.Listener.Addr())).is(201)
			g.send("PUT", api+"vcls/boot/default", `{"director":"loop"}`).is(200)
			for range 3 {
				a := ask(t, proxy.URL).is(http.StatusLoopDetected)
				status := strings.Join(a.header.Values("Proxy-Status"), ", ")
				if !strings.HasPrefix(status, "callboard; error=proxy_loop_detected, callboard; next-hop=") {
					t.Errorf("Proxy-Status: got %q", status)
				}
				if !strings.Contains(a.body, "has come through this proxy before") {
					t.Errorf("text: got %q", a.body)
				}
			}
			if got, most := connections.Load(), int64(hops+1); got > most {
				t.Errorf("connections: got %d for 3 requests, want %d", got, most)
			}
			if got := strings.Count(log.String(), "came back to the proxy"); got != 1 {
				t.Errorf("log: got %d lines, want one in a minute:\n%s", got, log.String())
			}
		})
	}
}

// Requests carry the names of the proxies that they came through; answers do not.
func TestVia(t *testing.T) {
	name := `callboard-[0-9a-f]{16}$`
	got := make(chan []string, 1)
	origin := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got <- r.Header["Via"]
	}))
	defer origin.Close()
	g := newRig(t, nil)
	g.send("POST", api+"directors", listenTo("real", origin.Listener.Addr())).is(201)
	g.send("PUT", api+"vcls/boot/default", `{"director":"real"}`).is(200)
	proxy := httptest.NewServer(NewProxy(g.rt, nil))
	defer proxy.Close()
	for _, test := range []struct {
		head string
		want string
	}{
		{"GET / HTTP/1.1\r\nHost: a\r\n", `^1\.1 ` + name},
		{"GET / HTTP/1.0\r\nHost: a\r\n", `^1\.0 ` + name},
		{"GET / HTTP/1.1\r\nHost: a\r\nVia: 1.0 front, 1.1 callboard-0000000000000000 (x)\r\n", `^1\.0 front, 1\.1 callboard-0{16} \(x\), 1\.1 ` + name},
	} {
		conn, err := net.Dial("tcp", proxy.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, test.head+"Connection: close\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil {
			t.Fatal(err)
		}
		conn.Close()
		if !bytes.Contains(answer, []byte(" 200 OK")) || bytes.Contains(answer, []byte("\r\nVia:")) {
			t.Errorf("answer: got %q, want 200 without Via", answer)
		}
		if via := strings.Join(<-got, ", "); !regexp.MustCompile(test.want).MatchString(via) {
			t.Errorf("%q: got Via %q, want %s", test.head, via, test.want)
		}
	}
}
