package lb_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

func TestDNSTypeTakesItsSettings(t *testing.T) {
	impl, err := lb.New("dns", map[string]string{
		"host": "shop.test", "port": "http", "network": "ip4", "allow": "10.0.0.0/8, 192.0.2.1", "ttl": "1d",
		"ttl_from": "min", "ttl_min": "2s", "ttl_max": "2 d", "retry_after": "10", "keep": "0",
		"first_lookup_timeout": "3s", "probe": "/health", "probe_interval": "1s",
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, option := range impl.(director.Describer).Describe() {
		got = append(got, option.Name+"="+option.Value)
	}
	want := []string{
		"watches=shop.test:80", "network=ip4", "allow=10.0.0.0/8", "allow=192.0.2.1/32", "ttl=24h0m0s", "ttl from=min",
		"ttl min=2s", "ttl max=48h0m0s", "retry after=10s", "keep=0", "first lookup timeout=3s", "probe=/health",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}

func TestDNSTypePorts(t *testing.T) {
	for tls, want := range map[string]string{"false": "shop.test:80", "true": "shop.test:443"} {
		impl, err := lb.New("dns", map[string]string{"host": "shop.test", "tls": tls})
		if err != nil {
			t.Fatal(err)
		}
		if got := impl.(director.Describer).Describe()[0].Value; got != want {
			t.Errorf("tls %s: watches %s, want %s", tls, got, want)
		}
	}
}

func TestDNSTypeRefuses(t *testing.T) {
	for _, c := range []struct{ settings, want string }{
		{"host=shop test", "host"},
		{"host=-shop.test", "host"},
		{"host=shop..test", "host"},
		{"host=10.0.0.1 srv=true", "address has no SRV"},
		{"host=shop.test port=65536", "port"},
		{"host=shop.test srv=true port=80", "have their own"},
		{"host=shop.test ttl=-1s", "ttl"},
		{"host=shop.test ttl_max=1s ttl_min=2s", "ttl_max"},
		{"host=shop.test keep=-1", "keep"},
		{"host=shop.test allow=ten", "allow"},
		{"host=shop.test network=tcp", "network"},
		{"host=shop.test probe=health", "probe"},
		{"host=shop.test probe=/health probe_threshold=9", "probe"},
	} {
		settings := make(map[string]string)
		for field := range strings.SplitSeq(strings.Replace(c.settings, "shop test", "shop\ttest", 1), " ") {
			name, value, _ := strings.Cut(field, "=")
			if name != "" {
				settings[name] = value
			}
		}
		_, err := lb.New("dns", settings)
		if !errors.Is(err, director.ErrInvalid) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want it invalid for %q", c.settings, err, c.want)
		}
	}
}

// The default backends are real ones, made from the options.
func TestDNS11BackendsAreMadeFromTheOptions(t *testing.T) {
	for header, want := range map[string]string{"": "shop.test", "www.test": "www.test"} {
		inHouse(t, func(h *dnsHouse) {
			impl, err := lb.NewDNS(lb.DNSOptions{
				Host: "shop.test", Port: 8080,
				Backend: backend.Config{HostHeader: header, MaxConnections: 7},
			})
			if err != nil {
				t.Fatal(err)
			}
			impl.UseResolver(h.names)
			h.names.say("shop.test", 0, "2001:db8::1")
			if _, err := h.vcl.Add("shop", impl); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			for _, e := range h.events.All(t) {
				if e.Kind == event.DirectorAdded && e.Director == "shop([2001:db8::1]:8080)" {
					options := fmt.Sprint(e.Added.Options)
					for _, part := range []string{"{address [2001:db8::1]:8080}", "{host header " + want + "}", "{max connections 7}"} {
						if !strings.Contains(options, part) {
							t.Errorf("options %s lack %s", options, part)
						}
					}
					return
				}
			}
			t.Error("no backend was added")
		})
	}
}

func TestDNSLongNamesAreCutWhereTheyDiffer(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		target := strings.Repeat("very-long-label.", 14) + "test"
		h.names.offer(srv(target, 8001, 1, 1))
		h.names.say(target+".", time.Minute, "2001:db8:1234:5678:9abc:def0:1234:5678")
		d := h.watch(lb.DNSOptions{Host: "_http._tcp.shop.test", SRV: true})
		if got := h.pick(d); len(got) > 127 || !strings.HasSuffix(got, "…([2001:db8:1234:5678:9abc:def0:1234:5678]:8001)") {
			t.Errorf("got %q", got)
		}
		h.want("errors", h.errorEvents(), nil)
	})
}

// A member that cannot be made is reported, and the others are there.
func TestDNSMemberThatCannotBeMadeIsReported(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{NewMember: func(_ string, a netip.AddrPort) (director.Implementation, error) {
			if a.Addr().As4()[3] == 1 {
				return nil, errors.New("no room")
			}
			return backend.New(backend.Config{Host: a.Addr().String()})
		}})
		h.want("picks", h.picks(d, 2), []string{"10.0.0.2", "10.0.0.2"})
		h.want("errors", h.errorEvents(), []string{"shop(10.0.0.1:80): no room"})
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
	})
}

func TestDNSPickAllocatesNothing(t *testing.T) {
	h := newHouse(t)
	defer h.check()
	h.names.say("shop.test", time.Hour, "10.0.0.1", "10.0.0.2")
	d := h.add(lb.DNSOptions{})
	h.eventually("both", h.has("shop(10.0.0.1:80)", "shop(10.0.0.2:80)"))
	task := new(director.Task)
	if n := testing.AllocsPerRun(100, func() {
		if hold, err := d.Resolve(task); err == nil {
			hold.Drop()
		}
	}); n > 0 {
		t.Errorf("got %g allocations for a pick", n)
	}
}
