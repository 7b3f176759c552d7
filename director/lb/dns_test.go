package lb_test

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

var errTrouble = &net.DNSError{Err: "server misbehaving", Name: "shop.test", IsTemporary: true}

func TestDNS9BackendForEachAddress(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", 0, "10.0.0.2", "10.0.0.1", "2001:db8::1", "::ffff:10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{})
		h.want("DNS-11: names", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)", "shop([2001:db8::1]:80)"})
		// DNS-15: the search starts after the current one, which is the head.
		h.want("order of the answer", h.picks(d, 4), []string{"10.0.0.1", "[2001:db8::1]", "10.0.0.2", "10.0.0.1"})
		if !d.Healthy() {
			t.Error("director with healthy backends is sick")
		}
	})
}

func TestDNS9SameAddressKeepsItsBackend(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{})
		before := h.find("shop(10.0.0.1:80)")
		if err := before.SetHealth(director.AdminSick); err != nil {
			t.Fatal(err)
		}
		h.names.say("shop.test", time.Minute, "10.0.0.3", "10.0.0.1")
		time.Sleep(61 * time.Second)
		if after := h.find("shop(10.0.0.1:80)"); after != before || after.Healthy() {
			t.Errorf("got director %d, healthy %t, want the same as before, sick", after.ID(), after.Healthy())
		}
		h.want("picks", h.picks(d, 2), []string{"10.0.0.3", "10.0.0.3"})
	})
}

func TestDNS9AddressesOutsideTheAllowedAreIgnored(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "127.0.0.1", "10.0.0.1")
		h.watch(lb.DNSOptions{Allow: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8")}})
		time.Sleep(5 * time.Minute)
		h.want("backends", h.present(), []string{"shop(10.0.0.1:80)"})
		h.want("reported, once", h.errorEvents(), []string{"shop.test: ignored 127.0.0.1"})
	})
}

func TestDNS15Turns(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2", "10.0.0.3")
		d := h.watch(lb.DNSOptions{})
		sick := func(n string, admin director.AdminHealth) {
			if err := h.find("shop(10.0.0." + n + ":80)").SetHealth(admin); err != nil {
				t.Fatal(err)
			}
		}
		h.want("turns", h.picks(d, 4), []string{"10.0.0.2", "10.0.0.3", "10.0.0.1", "10.0.0.2"})
		sick("3", director.AdminSick)
		h.want("a sick one is skipped", h.picks(d, 2), []string{"10.0.0.1", "10.0.0.2"})
		sick("1", director.AdminSick)
		sick("2", director.AdminSick)
		h.want("none healthy: the next all the same", h.picks(d, 3), []string{"10.0.0.3", "10.0.0.1", "10.0.0.2"})
		if d.Healthy() {
			t.Error("director whose backends are all sick is healthy")
		}
		for _, n := range []string{"1", "2", "3"} {
			sick(n, director.AdminAuto)
		}
		// The current one is 2; it vanishes, so the head, 3, is current.
		h.names.say("shop.test", time.Minute, "10.0.0.3", "10.0.0.1", "10.0.0.4")
		time.Sleep(61 * time.Second)
		h.want("current vanished", h.picks(d, 3), []string{"10.0.0.1", "10.0.0.4", "10.0.0.3"})
		h.names.say("shop.test", time.Minute, "10.0.0.4", "10.0.0.3", "10.0.0.1")
		time.Sleep(61 * time.Second)
		h.want("current stays, in another place", h.picks(d, 2), []string{"10.0.0.1", "10.0.0.4"})
	})
}

func TestDNS14TTL(t *testing.T) {
	for _, c := range []struct {
		name    string
		options lb.DNSOptions
		ttls    []time.Duration
		want    time.Duration
	}{
		{"no TTL: the parameter's default", lb.DNSOptions{}, []time.Duration{0, 0}, time.Hour},
		{"no TTL: the parameter", lb.DNSOptions{TTL: 7 * time.Second}, []time.Duration{0}, 7 * time.Second},
		{"an empty answer: the parameter", lb.DNSOptions{TTL: 7 * time.Second}, nil, 7 * time.Second},
		{"the least that is not 0", lb.DNSOptions{}, []time.Duration{60 * time.Second, 0, 20 * time.Second, 40 * time.Second}, 20 * time.Second},
		{"not below ttl_min", lb.DNSOptions{TTLMin: 10 * time.Second}, []time.Duration{2 * time.Second}, 10 * time.Second},
		{"not below a second", lb.DNSOptions{}, []time.Duration{time.Millisecond}, time.Second},
		{"not above ttl_max", lb.DNSOptions{TTLMax: 10 * time.Second}, []time.Duration{time.Hour}, 10 * time.Second},
		{"cfg", lb.DNSOptions{TTLFrom: lb.TTLFromCfg, TTL: 30 * time.Second}, []time.Duration{5 * time.Second}, 30 * time.Second},
		{"min", lb.DNSOptions{TTLFrom: lb.TTLFromMin, TTL: 30 * time.Second}, []time.Duration{50 * time.Second}, 30 * time.Second},
		{"max", lb.DNSOptions{TTLFrom: lb.TTLFromMax, TTL: 30 * time.Second}, []time.Duration{50 * time.Second}, 50 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(h *dnsHouse) {
				var records []lb.AddrRecord
				for i, ttl := range c.ttls {
					records = append(records, lb.AddrRecord{Addr: netip.AddrFrom4([4]byte{10, 0, 0, byte(i + 1)}), TTL: ttl})
				}
				h.names.addrs = map[string][]lb.AddrRecord{"shop.test": records}
				h.names.took = time.Second // the time counts from the result
				h.watch(c.options)
				time.Sleep(3*(c.want+time.Second) - time.Millisecond)
				h.names.mu.Lock()
				defer h.names.mu.Unlock()
				if len(h.names.asked) != 3 || h.names.asked[1].Sub(h.names.asked[0]) != c.want+time.Second {
					t.Errorf("lookups at %v, want 3, %v after each result", h.names.asked, c.want)
				}
			})
		})
	}
}

func TestDNS8FailureKeepsBackends(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{Keep: new(int)})
		time.Sleep(time.Second) // to look between lookups
		for _, err := range []error{
			errTrouble,
			&net.DNSError{Err: "read udp 127.0.0.1:1: i/o timeout", Name: "shop.test", IsTemporary: true, IsTimeout: true},
			&net.DNSError{Err: "no such host", Name: "shop.test", IsNotFound: true},
		} {
			h.names.fail(err)
			time.Sleep(5 * time.Minute)
			h.want("backends", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
		}
		h.want("reported once each", h.errorEvents(), []string{
			"shop.test: lookup shop.test: server misbehaving",
			"shop.test: lookup shop.test: read udp 127.0.0.1:1: i/o timeout",
			"shop.test: lookup shop.test: no such host",
		})
		before := h.names.lookups()
		time.Sleep(5 * time.Minute)
		if got := h.names.lookups() - before; got != 10 {
			t.Errorf("lookups in 5 minutes of failure: got %d, want one each 30 s", got)
		}
		var dump strings.Builder
		d.Dump(&dump)
		if !strings.Contains(dump.String(), "last lookup: lookup shop.test: no such host") {
			t.Errorf("dump does not tell of the failure:\n%s", dump.String())
		}
		h.names.say("shop.test", time.Minute, "10.0.0.3")
		time.Sleep(30 * time.Second)
		h.want("after recovery", h.present(), []string{"shop(10.0.0.3:80)"})
	})
}

func TestDNS8PanicOfTheResolverIsAFailure(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		impl, err := lb.NewDNS(lb.DNSOptions{Host: "shop.test", Resolver: panics{}, RetryAfter: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.vcl.Add("shop", impl); err != nil {
			t.Fatal(err)
		}
		time.Sleep(10 * time.Second)
		h.want("reported", h.errorEvents(), []string{"shop.test: panic: no such luck"})
	})
}

type panics struct{ lb.DNSResolver }

func (panics) LookupAddr(context.Context, string, string) ([]lb.AddrRecord, error) {
	panic("no such luck")
}

func TestDNS13EmptyAnswerEmptiesTheList(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		d := h.watch(lb.DNSOptions{TTL: time.Minute})
		first := h.find("shop(10.0.0.1:80)")
		h.names.say("shop.test", time.Minute)
		time.Sleep(61 * time.Second)
		if got := h.pick(d); got != "" || d.Healthy() {
			t.Errorf("pick of an empty list: got %q, healthy %t, want none, sick", got, d.Healthy())
		}
		h.want("kept, and not picked", h.present(), []string{"shop(10.0.0.1:80)"})
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		time.Sleep(time.Minute)
		if h.find("shop(10.0.0.1:80)") != first || h.pick(d) != "shop(10.0.0.1:80)" {
			t.Error("an address that came back in time has another backend")
		}
	})
}

func TestDNS12Keep(t *testing.T) {
	for _, keep := range []int{0, 1, 3} {
		inHouse(t, func(h *dnsHouse) {
			h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
			d := h.watch(lb.DNSOptions{Keep: &keep})
			h.names.say("shop.test", time.Minute, "10.0.0.2")
			time.Sleep(time.Second)
			for range keep {
				time.Sleep(time.Minute)
				h.want(fmt.Sprintf("keep %d", keep), h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
				h.want("kept ones are not picked", h.picks(d, 2), []string{"10.0.0.2", "10.0.0.2"})
			}
			time.Sleep(time.Minute)
			h.want(fmt.Sprintf("keep %d, one answer more", keep), h.present(), []string{"shop(10.0.0.2:80)"})
		})
	}
}

func TestDNS12ComingBackCountsAnew(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		keep := 2
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		h.watch(lb.DNSOptions{Keep: &keep})
		time.Sleep(time.Second)
		for range 3 {
			h.names.say("shop.test", time.Minute, "10.0.0.2")
			time.Sleep(2 * time.Minute)
			h.want("kept", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
			h.names.say("shop.test", time.Minute, "10.0.0.2", "10.0.0.1")
			time.Sleep(time.Minute)
		}
	})
}

func TestDNS12FailuresDoNotAgeTheKept(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		keep := 1
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		h.watch(lb.DNSOptions{Keep: &keep})
		h.names.say("shop.test", time.Minute, "10.0.0.2")
		time.Sleep(61 * time.Second)
		h.names.fail(errTrouble)
		time.Sleep(time.Hour)
		h.want("after failures", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
	})
}

func TestDNSKeptBackendDeletedByHandIsMadeAnew(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{})
		h.names.say("shop.test", time.Minute, "10.0.0.2")
		time.Sleep(61 * time.Second)
		first := h.find("shop(10.0.0.1:80)")
		if err := first.Delete(); err != nil {
			t.Fatal(err)
		}
		h.want("deleted", h.present(), []string{"shop(10.0.0.2:80)"})
		h.names.say("shop.test", time.Minute, "10.0.0.2", "10.0.0.1")
		time.Sleep(time.Minute)
		h.want("made anew", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
		h.want("picks", h.picks(d, 2), []string{"10.0.0.1", "10.0.0.2"})
	})
}
