package dnsresolver_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/miekg/dns"

	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/lb/dnsresolver"
	"github.com/callboard/callboard/internal/await"
)

// serve runs a DNS server on the loopback that answers by UDP, and returns its
// address.
func serve(t *testing.T, answer func(m *dns.Msg)) string {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	started := make(chan struct{})
	server := &dns.Server{PacketConn: conn, NotifyStartedFunc: func() { close(started) }}
	server.Handler = dns.HandlerFunc(func(w dns.ResponseWriter, q *dns.Msg) {
		m := new(dns.Msg).SetReply(q)
		m.RecursionAvailable = true
		answer(m)
		_ = w.WriteMsg(m)
	})
	go server.ActivateAndServe()
	<-started
	t.Cleanup(func() { _ = server.Shutdown() })
	return conn.LocalAddr().String()
}

// records answers with those of the type and name that was asked for, and with
// all aliases.
func records(texts ...string) func(m *dns.Msg) {
	return func(m *dns.Msg) {
		for _, text := range texts {
			rr, err := dns.NewRR(text)
			if err != nil {
				panic(err)
			}
			if rr.Header().Rrtype == m.Question[0].Qtype || rr.Header().Rrtype == dns.TypeCNAME {
				m.Answer = append(m.Answer, rr)
			}
		}
	}
}

func rcode(code int) func(m *dns.Msg) { return func(m *dns.Msg) { m.Rcode = code } }

// lookup returns addresses as "10.0.0.1 60s".
func lookup(t *testing.T, r *dnsresolver.Resolver, name string) ([]string, error) {
	t.Helper()
	found, err := r.LookupAddr(t.Context(), "ip", name)
	var texts []string
	for _, record := range found {
		texts = append(texts, fmt.Sprint(record.Addr, " ", record.TTL))
	}
	return texts, err
}

func TestAnswers(t *testing.T) {
	const temporary, notFound = "temporary", "not found"
	for _, c := range []struct {
		name   string
		answer func(m *dns.Msg)
		want   []string
		fails  string
	}{
		{name: "addresses of both kinds",
			answer: records("a.test. 60 IN A 10.0.0.1", "a.test. 30 IN AAAA 2001:db8::1", "a.test. 20 IN A 10.0.0.2"),
			want:   []string{"10.0.0.1 1m0s", "10.0.0.2 20s", "2001:db8::1 30s"}},
		{name: "records of other names are not believed",
			answer: records("evil.test. 60 IN A 10.0.0.66", "a.test. 60 IN A 10.0.0.1"), want: []string{"10.0.0.1 1m0s"}},
		{name: "aliases in any order, with the least time to live",
			answer: records("c.test. 60 IN A 10.0.0.1", "B.test. 9 IN CNAME c.test.", "a.test. 70 IN CNAME b.test."),
			want:   []string{"10.0.0.1 9s"}},
		{name: "aliases in a loop", answer: records("a.test. 9 IN CNAME b.test.", "b.test. 9 IN CNAME a.test.")},
		{name: "a time to live of 0", answer: records("a.test. 0 IN A 10.0.0.1"), want: []string{"10.0.0.1 0s"}},
		{name: "no records: an empty answer", answer: records()},
		{name: "no such name", answer: rcode(dns.RcodeNameError), fails: notFound},
		{name: "a failure", answer: rcode(dns.RcodeServerFailure), fails: temporary},
		{name: "a refusal", answer: rcode(dns.RcodeRefused), fails: temporary},
		{name: "a referral is no empty answer", answer: func(m *dns.Msg) { m.RecursionAvailable = false }, fails: temporary},
		{name: "an alias that the server does not follow is no empty answer", fails: temporary, answer: func(m *dns.Msg) {
			records("a.test. 9 IN CNAME b.elsewhere.")(m)
			m.RecursionAvailable, m.Authoritative = false, true
		}},
		{name: "one kind fails, the other has records", want: []string{"10.0.0.1 1m0s"}, answer: func(m *dns.Msg) {
			if records("a.test. 60 IN A 10.0.0.1")(m); m.Question[0].Qtype == dns.TypeAAAA {
				m.Rcode = dns.RcodeServerFailure
			}
		}},
		{name: "one kind fails, the other has none", fails: temporary, answer: func(m *dns.Msg) {
			if m.Question[0].Qtype == dns.TypeAAAA {
				m.Rcode = dns.RcodeServerFailure
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := &dnsresolver.Resolver{Servers: []string{serve(t, c.answer)}, Timeout: time.Hour}
			got, err := lookup(t, r, "a.test")
			failure := ""
			if failed := new(net.DNSError); errors.As(err, &failed) && failed.IsNotFound {
				failure = notFound
			} else if err != nil {
				failure = temporary
			}
			if !slices.Equal(got, c.want) || failure != c.fails {
				t.Errorf("got %q, %v, want %q %s", got, err, c.want, c.fails)
			}
		})
	}
}

func TestServicesHaveTheirFields(t *testing.T) {
	r := &dnsresolver.Resolver{Servers: []string{serve(t, records("_http._tcp.a.test. 5 IN SRV 1 2 3 t.test."))}, Timeout: time.Hour}
	got, err := r.LookupSRV(t.Context(), "_http._tcp.a.test.")
	want := lb.SRVRecord{Priority: 1, Weight: 2, Port: 3, Target: "t.test.", TTL: 5 * time.Second}
	if err != nil || len(got) != 1 || got[0] != want {
		t.Errorf("got %v, %v, want %v", got, err, want)
	}
}

func TestNextServerIsAskedAfterAFailure(t *testing.T) {
	silent, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	r := &dnsresolver.Resolver{Timeout: 50 * time.Millisecond, Servers: []string{
		silent.LocalAddr().String(), serve(t, rcode(dns.RcodeServerFailure)), serve(t, records("a.test. 60 IN A 10.0.0.1")),
	}}
	// The last one answers in time as soon as the time is enough for this machine.
	await.Until(t, "the last server is asked and answers", func() bool {
		got, err := lookup(t, r, "a.test")
		r.Timeout *= 2
		return len(got) == 1 && err == nil
	})
	r.Timeout = 50 * time.Millisecond
	r.Servers = r.Servers[:1]
	_, err = lookup(t, r, "a.test")
	if failed := new(net.DNSError); !errors.As(err, &failed) || !failed.IsTimeout {
		t.Errorf("silent server: got %v, want a timeout", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(20*time.Millisecond, cancel)
	r.Timeout = time.Hour
	if _, err := r.LookupAddr(ctx, "ip4", "a.test"); err == nil {
		t.Error("a context that ended: no error")
	}
}

// An answer with another id, or to another question, may be forged: the true
// one is waited for.
func TestForgedAnswersAreIgnored(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	go func() {
		buffer := make([]byte, 512)
		n, from, err := conn.ReadFrom(buffer)
		if err != nil {
			return
		}
		for _, forge := range []func(m *dns.Msg){
			func(m *dns.Msg) { m.Id++ },
			func(m *dns.Msg) { m.Question[0].Name = "b.test." },
			func(m *dns.Msg) { m.Response = false },
			func(m *dns.Msg) { m.Answer[0].(*dns.A).A = net.IPv4(10, 0, 0, 1) },
		} {
			q := new(dns.Msg)
			if q.Unpack(buffer[:n]) != nil {
				return
			}
			m := new(dns.Msg).SetReply(q)
			m.RecursionAvailable = true
			records("a.test. 60 IN A 10.0.0.66")(m)
			forge(m)
			packed, _ := m.Pack()
			_, _ = conn.WriteTo(packed, from)
		}
	}()
	r := &dnsresolver.Resolver{Servers: []string{conn.LocalAddr().String()}, Timeout: time.Hour}
	got, err := r.LookupAddr(t.Context(), "ip4", "a.test")
	if err != nil || len(got) != 1 || got[0].Addr.String() != "10.0.0.1" {
		t.Errorf("got %v, %v, want 10.0.0.1", got, err)
	}
}

func TestNamesAreTriedAsResolvConfSays(t *testing.T) {
	var mu sync.Mutex
	var asked []string
	address := serve(t, func(m *dns.Msg) {
		mu.Lock()
		defer mu.Unlock()
		asked = append(asked, m.Question[0].Name)
		switch name := m.Question[0].Name; {
		case strings.HasPrefix(name, "broken."):
			m.Rcode = dns.RcodeServerFailure
		case strings.HasPrefix(name, "empty.") && strings.HasSuffix(name, ".one.test."):
		default:
			m.Rcode = dns.RcodeNameError
		}
	})
	for _, c := range []struct{ name, want, fails string }{
		{"a", "a.one.test. a.two.test. a.", "no such host"},
		{"a.b", "a.b.one.test. a.b.two.test. a.b.", "no such host"},
		{"a.b.c", "a.b.c. a.b.c.one.test. a.b.c.two.test.", "no such host"},
		{"a.", "a.", "no such host"},
		{"broken", "broken.one.test. broken.one.test.", "ServerFailure"}, // two attempts, and no other name
		{"empty", "empty.one.test. empty.two.test. empty.", ""},
	} {
		conf := filepath.Join(t.TempDir(), "resolv.conf")
		text := "# by hand\nsearch one.test two.test. ; comment\noptions ndots:2 timeout:1 attempts:2 rotate\nnameserver 192.0.2.1\n"
		if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		asked = nil
		mu.Unlock()
		r := &dnsresolver.Resolver{Conf: conf, Servers: []string{address}, Timeout: time.Hour}
		_, err := r.LookupAddr(t.Context(), "ip4", c.name)
		mu.Lock()
		got := strings.Join(asked, " ")
		mu.Unlock()
		if got != c.want || (err == nil) != (c.fails == "") ||
			err != nil && !strings.Contains(err.Error(), c.fails) {
			t.Errorf("%s: asked for %q, %v; want %q, %q", c.name, got, err, c.want, c.fails)
		}
	}
}

func TestAddressesAreTheirOwnAnswer(t *testing.T) {
	got, err := lookup(t, &dnsresolver.Resolver{Conf: "/none"}, "2001:db8::1")
	if !slices.Equal(got, []string{"2001:db8::1 0s"}) || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	if _, err := lookup(t, &dnsresolver.Resolver{Conf: "/none"}, "a.test"); err == nil {
		t.Error("a resolv.conf that cannot be read is no error")
	}
}

func ExampleResolver() {
	shop, err := lb.NewDNS(lb.DNSOptions{
		Host:     "shop.internal",
		Resolver: &dnsresolver.Resolver{Servers: []string{"192.0.2.53"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(shop.Type()) // give it to VCL.Add
	// Output: dns
}

func TestLocalhostIsThisMachine(t *testing.T) {
	r := &dnsresolver.Resolver{Servers: []string{"192.0.2.1:53"}} // which would never answer
	for _, c := range []struct{ network, host, want string }{
		{"ip", "localhost", "[{127.0.0.1 0s} {::1 0s}]"},
		{"ip4", "LOCALHOST.", "[{127.0.0.1 0s}]"},
		{"ip6", "shop.localhost", "[{::1 0s}]"},
	} {
		got, err := r.LookupAddr(t.Context(), c.network, c.host)
		if err != nil || fmt.Sprint(got) != c.want {
			t.Errorf("RFC 6761: %s %s: got %v, %v, want %s", c.network, c.host, got, err, c.want)
		}
	}
}
