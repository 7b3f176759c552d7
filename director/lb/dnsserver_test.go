package lb_test

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/lb/dnsresolver"
	"github.com/callboard/callboard/internal/await"
)

// A zone is a real DNS server on the loopback, by UDP and TCP, whose answers a
// test can change.
type zone struct {
	t       *testing.T
	address string

	mu      sync.Mutex // guards the fields below
	records []string   // as in a zone file
	rcode   int
	queries map[uint16]int // by type
}

func newZone(t *testing.T, records ...string) *zone {
	t.Helper()
	z := &zone{t: t, records: records, queries: make(map[uint16]int)}
	packets, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	z.address = packets.LocalAddr().String()
	streams, err := net.Listen("tcp", z.address)
	if err != nil {
		t.Skip("the port for TCP is taken by another test") // by chance, and rarely
	}
	for _, server := range []*dns.Server{{PacketConn: packets, Handler: z}, {Listener: streams, Handler: z}} {
		started := make(chan struct{})
		server.NotifyStartedFunc = func() { close(started) }
		go server.ActivateAndServe()
		<-started
		t.Cleanup(func() { _ = server.Shutdown() })
	}
	return z
}

// set changes the answers.
func (z *zone) set(rcode int, records ...string) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.rcode, z.records = rcode, records
}

func (z *zone) asked(kind uint16) int {
	z.mu.Lock()
	defer z.mu.Unlock()
	return z.queries[kind]
}

// ServeDNS implements [dns.Handler].
func (z *zone) ServeDNS(w dns.ResponseWriter, q *dns.Msg) {
	z.mu.Lock()
	defer z.mu.Unlock()
	z.queries[q.Question[0].Qtype]++
	m := new(dns.Msg).SetReply(q)
	m.Rcode, m.RecursionAvailable = z.rcode, true
	for _, text := range z.records {
		rr, err := dns.NewRR(text)
		if err != nil {
			z.t.Error(err)
			continue
		}
		if rr.Header().Name == q.Question[0].Name && rr.Header().Rrtype == q.Question[0].Qtype {
			m.Answer = append(m.Answer, rr)
		}
	}
	if w.RemoteAddr().Network() == "udp" {
		m.Truncate(512)
	}
	_ = w.WriteMsg(m)
}

func (z *zone) resolver() *dnsresolver.Resolver {
	return &dnsresolver.Resolver{Servers: []string{z.address}, Timeout: time.Hour}
}

// eventually waits for what the lookups of a real server lead to.
func (h *dnsHouse) eventually(what string, done func() bool) {
	h.Helper()
	await.Until(h, what, done)
}

func (h *dnsHouse) has(directors ...string) func() bool {
	return func() bool { return fmt.Sprint(h.present()) == fmt.Sprint(directors) }
}

func (h *dnsHouse) watchZone(z *zone, o lb.DNSOptions) *director.Director {
	h.Helper()
	o.Resolver, o.RetryAfter = z.resolver(), 20*time.Millisecond
	if o.Host == "" {
		o.Host = "shop.test"
	}
	impl, err := lb.NewDNS(o)
	if err != nil {
		h.Fatal(err)
	}
	d, err := h.vcl.Add("shop", impl)
	if err != nil {
		h.Fatal(err)
	}
	return d
}

func TestDNSServerAnswersAreFollowed(t *testing.T) {
	h := newHouse(t)
	defer h.check()
	z := newZone(t, "shop.test. 1 IN A 10.0.0.1", "shop.test. 1 IN AAAA 2001:db8::1")
	h.watchZone(z, lb.DNSOptions{Keep: new(int)})
	h.eventually("both addresses", h.has("shop(10.0.0.1:80)", "shop([2001:db8::1]:80)"))
	begun, asked := time.Now(), z.asked(dns.TypeA)
	z.set(dns.RcodeSuccess, "shop.test. 1 IN A 10.0.0.2")
	h.eventually("the new address alone", h.has("shop(10.0.0.2:80)"))
	got, most := z.asked(dns.TypeA)-asked, 1+int(time.Since(begun)/time.Second)
	if got > most {
		t.Errorf("DNS-14: %d queries for a time to live of a second, want at most %d", got, most)
	}

	// DNS-8: failures of either kind leave what is there; the retry is soon.
	for _, rcode := range []int{dns.RcodeServerFailure, dns.RcodeNameError, dns.RcodeRefused} {
		asked := z.asked(dns.TypeA)
		z.set(rcode)
		h.eventually("several failures", func() bool { return z.asked(dns.TypeA) > asked+4 })
		h.want(dns.RcodeToString[rcode], h.present(), []string{"shop(10.0.0.2:80)"})
	}
	errors := strings.Join(h.errorEvents(), "\n")
	for _, want := range []string{"server answers ServerFailure", "no such host", "server answers Refused"} {
		if !strings.Contains(errors, want) {
			t.Errorf("errors do not tell %q:\n%s", want, errors)
		}
	}
	// DNS-13: a good answer without records is none.
	z.set(dns.RcodeSuccess)
	h.eventually("none", h.has())
}

func TestDNSServerTruncatedAnswersGoOnByTCP(t *testing.T) {
	h := newHouse(t)
	defer h.check()
	z := newZone(t)
	var records []string
	for i := range 200 {
		records = append(records, fmt.Sprintf("shop.test. 60 IN A 10.0.1.%d", i))
	}
	z.set(dns.RcodeSuccess, records...)
	d := h.watchZone(z, lb.DNSOptions{Network: "ip4"})
	if got := h.pick(d); !strings.HasPrefix(got, "shop(10.0.1.") {
		t.Errorf("DNS-6: first request got %q", got)
	}
	if got := len(h.present()); got != 200 {
		t.Errorf("got %d backends, want 200", got)
	}
	if z.asked(dns.TypeAAAA) > 0 {
		t.Error("network ip4: it asked for AAAA")
	}
}

func TestDNSServerSRV(t *testing.T) {
	h := newHouse(t)
	defer h.check()
	z := newZone(t, "_http._tcp.shop.test. 1 IN SRV 10 5 8080 a.test.", "_http._tcp.shop.test. 1 IN SRV 20 5 8081 b.test.",
		"a.test. 1 IN A 10.0.0.1", "b.test. 1 IN AAAA 2001:db8::2")
	d := h.watchZone(z, lb.DNSOptions{Host: "_http._tcp.shop.test", SRV: true, Keep: new(int)})
	if got := h.pick(d); got != "shop.a.test(10.0.0.1:8080)" {
		t.Errorf("DNS-20: first request got %q, want a", got)
	}
	z.set(dns.RcodeSuccess, "_http._tcp.shop.test. 1 IN SRV 20 5 8081 b.test.", "b.test. 1 IN AAAA 2001:db8::2")
	h.eventually("b alone", h.has("shop(b.test:8081)", "shop.b.test([2001:db8::2]:8081)"))
	if got := h.pick(d); got != "shop.b.test([2001:db8::2]:8081)" {
		t.Errorf("got %q, want b", got)
	}
}

// All parts are real: the server, the backends, and the request whose body is
// under way when its backend is replaced.
func TestDNSServerReplacedBackendServesItsRequestToTheEnd(t *testing.T) {
	h := newHouse(t)
	defer h.check()
	goOn := make(chan struct{})
	listen := func(address string, handler http.HandlerFunc) *httptest.Server {
		l, err := net.Listen("tcp", address)
		if err != nil {
			t.Skipf("no second loopback address, or its port is taken: %v", err)
		}
		server := &httptest.Server{Listener: l, Config: &http.Server{Handler: handler}}
		server.Start()
		t.Cleanup(server.Close)
		return server
	}
	slow := listen("127.0.0.1:0", func(w http.ResponseWriter, _ *http.Request) {
		io.WriteString(w, "slow ")
		w.(http.Flusher).Flush()
		<-goOn
		io.WriteString(w, "and steady")
	})
	port := netip.MustParseAddrPort(slow.Listener.Addr().String()).Port()
	listen(fmt.Sprintf("127.0.0.2:%d", port), func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "new") })
	z := newZone(t, "shop.test. 1 IN A 127.0.0.1")
	d := h.watchZone(z, lb.DNSOptions{Port: int(port), Network: "ip4", Keep: new(int)})

	client := &http.Client{Transport: &director.Transport{Director: d}}
	resp, err := client.Get("http://shop.test/")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	z.set(dns.RcodeSuccess, "shop.test. 1 IN A 127.0.0.2")
	h.eventually("a new request at the new backend", func() bool {
		resp, err := client.Get("http://shop.test/")
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text := make([]byte, 3)
		_, err = io.ReadFull(resp.Body, text)
		return err == nil && string(text) == "new"
	})
	if got := len(h.present()); got != 2 {
		t.Errorf("the replaced backend does not linger: %q", h.present())
	}
	close(goOn)
	if body, err := io.ReadAll(resp.Body); string(body) != "slow and steady" || err != nil {
		t.Errorf("got %q, %v, want all of it", body, err)
	}
	h.eventually("the new one alone", h.has(fmt.Sprintf("shop(127.0.0.2:%d)", port)))
}

func TestDNSNetResolver(t *testing.T) {
	z := newZone(t, "shop.test. 1 IN A 10.0.0.1", "_http._tcp.shop.test. 1 IN SRV 10 5 8080 a.test.")
	r := lb.NetResolver{Resolver: &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, z.address)
	}}}
	addrs, err := r.LookupAddr(t.Context(), "ip", "shop.test.")
	if err != nil || len(addrs) != 1 || addrs[0].Addr.Unmap().String() != "10.0.0.1" {
		t.Errorf("addresses: got %v, %v", addrs, err)
	}
	srvs, err := r.LookupSRV(t.Context(), "_http._tcp.shop.test.")
	if want := (lb.SRVRecord{Target: "a.test.", Port: 8080, Priority: 10, Weight: 5}); err != nil || len(srvs) != 1 || srvs[0] != want {
		t.Errorf("services: got %v, %v", srvs, err)
	}
	if _, err := r.LookupAddr(t.Context(), "ip", "none.test."); err == nil {
		t.Error("a name without addresses is no error")
	}
}
