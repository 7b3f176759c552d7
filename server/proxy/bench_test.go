package proxy_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/server/proxy"
)

// BenchmarkBesideReverseProxy sends the same requests, in turns, through
// httputil.ReverseProxy, which adds the same header fields, with a transport of
// the same settings, and through the proxy with a tree of two levels. The metric "ratio" is the median time of the
// second to that of the first; 1 is no slower.
func BenchmarkBesideReverseProxy(b *testing.B) {
	for _, c := range []struct {
		name, request string
		size          int
		chunked       bool
	}{
		{"GET 1 KB", "GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", 1 << 10, false},
		{"GET 1 KB chunked", "GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", 1 << 10, true},
		{"GET 100 KB", "GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n", 100 << 10, false},
		{"POST 4 KB", "POST /a HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bench\r\nContent-Length: 4096\r\n\r\n" + strings.Repeat("x", 4096), 100, false},
	} {
		b.Run(c.name, func(b *testing.B) {
			origin := httptest.NewServer(origin(c.size, c.chunked))
			defer origin.Close()
			theirs := newAsker(b, reverseProxy(b, origin.URL))
			ours := newAsker(b, treeProxy(b, origin.Listener.Addr()))
			b.ReportAllocs()
			var took [2][]time.Duration
			first := 0 // in turns: the second finds caches warm, and garbage
			for b.Loop() {
				for _, i := range []int{first, 1 - first} {
					begin := time.Now()
					[]*asker{theirs, ours}[i].ask(b, c.request)
					took[i] = append(took[i], time.Since(begin))
				}
				first = 1 - first
			}
			slices.Sort(took[0])
			slices.Sort(took[1])
			middle := len(took[0]) / 2
			b.ReportMetric(float64(took[0][middle].Nanoseconds()), "ns/reverseproxy")
			b.ReportMetric(float64(took[1][middle].Nanoseconds()), "ns/callboard")
			b.ReportMetric(float64(took[1][middle])/float64(took[0][middle]), "ratio")
		})
	}
}

// BenchmarkParallel is the same with as many connections as there is room for,
// one after the other: requests in the same time, not latency.
func BenchmarkParallel(b *testing.B) {
	origin := httptest.NewServer(origin(1<<10, false))
	defer origin.Close()
	const request = "GET /a?b=c HTTP/1.1\r\nHost: shop.test\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n"
	const connections = 16
	var handlers = map[string]http.Handler{
		"reverseproxy": reverseProxy(b, origin.URL), "callboard": treeProxy(b, origin.Listener.Addr()),
	}
	for name, handler := range handlers {
		b.Run(name, func(b *testing.B) {
			askers := make([]*asker, connections)
			for i := range askers {
				askers[i] = newAsker(b, handler)
			}
			b.ResetTimer()
			var asking sync.WaitGroup
			for i, a := range askers {
				asking.Go(func() {
					for range (b.N + i) / connections {
						a.ask(b, request)
					}
				})
			}
			asking.Wait()
		})
	}
}

func origin(size int, chunked bool) http.Handler {
	body := []byte(strings.Repeat("y", size))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		h := w.Header()
		h.Set("Content-Type", "text/plain")
		h.Set("Cache-Control", "max-age=60")
		h.Set("X-Backend", "a1")
		if !chunked {
			h.Set("Content-Length", fmt.Sprint(size))
		} else {
			_ = http.NewResponseController(w).Flush()
		}
		_, _ = w.Write(body)
	})
}

func reverseProxy(tb testing.TB, origin string) http.Handler {
	to, err := url.Parse(origin)
	if err != nil {
		tb.Fatal(err)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true}
	tb.Cleanup(transport.CloseIdleConnections)
	return &httputil.ReverseProxy{Transport: transport, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(to)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		r.Out.Header.Set("Forwarded", "for=127.0.0.1;host=\""+r.In.Host+"\";proto=http")
		r.Out.Header.Set("Via", "1.1 callboard-0123456789abcdef")
	}, ModifyResponse: func(resp *http.Response) error {
		resp.Header.Set("Proxy-Status", `callboard; next-hop="a1"`)
		return nil
	}}
}

// treeProxy is a proxy over round-robin(a1), whose backend is at that address.
func treeProxy(tb testing.TB, address net.Addr) http.Handler {
	rt := director.New(director.Options{})
	tb.Cleanup(func() { _ = rt.Close(tb.Context()) })
	v, err := rt.AddVCL("boot")
	if err != nil {
		tb.Fatal(err)
	}
	at := netip.MustParseAddrPort(address.String())
	leaf, err := backend.New(backend.Config{Host: at.Addr().String(), Port: int(at.Port())})
	if err != nil {
		tb.Fatal(err)
	}
	a1, err := v.Add("a1", leaf)
	if err != nil {
		tb.Fatal(err)
	}
	pool, err := v.Add("pool", lb.NewRoundRobin())
	if err != nil {
		tb.Fatal(err)
	}
	group, err := pool.Group()
	if err != nil {
		tb.Fatal(err)
	}
	if _, err := group.AddMember(a1, 1); err != nil {
		tb.Fatal(err)
	}
	if err := v.SetDefault(pool); err != nil {
		tb.Fatal(err)
	}
	return proxy.New(proxy.Options{Transport: &director.Transport{Runtime: rt}})
}

// An asker is a client with one connection.
type asker struct {
	conn net.Conn
	r    *bufio.Reader
}

func newAsker(tb testing.TB, handler http.Handler) *asker {
	server := httptest.NewServer(handler)
	tb.Cleanup(server.Close)
	conn, err := net.Dial("tcp", server.Listener.Addr().String())
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { conn.Close() })
	return &asker{conn, bufio.NewReaderSize(conn, 64<<10)}
}

func (a *asker) ask(tb testing.TB, request string) {
	if _, err := io.WriteString(a.conn, request); err != nil {
		tb.Error(err)
		return
	}
	resp, err := http.ReadResponse(a.r, nil)
	if err != nil {
		tb.Error(err)
		return
	}
	if _, err := io.Copy(io.Discard, resp.Body); err != nil || resp.StatusCode != 200 {
		tb.Errorf("got %s, %v", resp.Status, err)
	}
}
