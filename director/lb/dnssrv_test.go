package lb_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

func (n *names) offer(srvs ...lb.SRVRecord) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.srvs, n.err = srvs, nil
}

// inService runs a test with targets a, b and c, each at an address of its own,
// and a source of chance that goes evenly through 16 values.
func inService(t *testing.T, records []lb.SRVRecord, f func(h *dnsHouse, d *director.Director)) {
	t.Helper()
	inHouse(t, func(h *dnsHouse) {
		for i, target := range []string{"a", "b", "c"} {
			h.names.say(target+".test.", time.Minute, fmt.Sprintf("10.0.0.%d", i+1))
		}
		h.names.offer(records...)
		n := -1
		f(h, h.watch(lb.DNSOptions{Host: "_http._tcp.shop.test", SRV: true, Uniform: func() float64 {
			n++
			return float64(n%16) / 16
		}}))
	})
}

// shares counts 16 picks, in the order a, b, c.
func (h *dnsHouse) shares(d *director.Director) string {
	h.Helper()
	var n [3]int
	for range 16 {
		switch got := h.pick(d); got {
		case "shop.a.test(10.0.0.1:8001)":
			n[0]++
		case "shop.b.test(10.0.0.2:8002)":
			n[1]++
		case "shop.c.test(10.0.0.3:8003)":
			n[2]++
		default:
			h.Fatalf("picked %q", got)
		}
	}
	return fmt.Sprint(n)
}

func srv(target string, port, priority, weight uint16) lb.SRVRecord {
	return lb.SRVRecord{Target: target, Port: port, Priority: priority, Weight: weight, TTL: time.Minute}
}

func (h *dnsHouse) setHealth(name string, admin director.AdminHealth) {
	h.Helper()
	if err := h.find(name).SetHealth(admin); err != nil {
		h.Fatal(err)
	}
}

func TestDNS20TargetsArePickedByPriorityAndWeight(t *testing.T) {
	records := []lb.SRVRecord{srv("c.test.", 8003, 20, 0), srv("B.test.", 8002, 10, 1), srv("a.test.", 8001, 10, 3)}
	inService(t, records, func(h *dnsHouse, d *director.Director) {
		h.want("directors", h.present(), []string{
			"shop(a.test:8001)", "shop(b.test:8002)", "shop(c.test:8003)",
			"shop.a.test(10.0.0.1:8001)", "shop.b.test(10.0.0.2:8002)", "shop.c.test(10.0.0.3:8003)",
		})
		for _, c := range []struct {
			sick string
			want string
		}{
			{"", "[12 4 0]"},
			{"shop.b.test(10.0.0.2:8002)", "[16 0 0]"},
			{"shop.a.test(10.0.0.1:8001)", "[0 0 16]"},
			{"shop.c.test(10.0.0.3:8003)", "[0 0 16]"}, // none is healthy: the last one looked at
		} {
			if c.sick != "" {
				h.setHealth(c.sick, director.AdminSick)
			}
			if got := h.shares(d); got != c.want {
				t.Errorf("with %q sick as well: got %s, want %s", c.sick, got, c.want)
			}
		}
		h.setHealth("shop(b.test:8002)", director.AdminHealthy)
		if got := h.shares(d); got != "[0 16 0]" {
			t.Errorf("with b healthy: got %s", got)
		}
	})
}

func TestDNS20WithoutWeightsAllAreEqual(t *testing.T) {
	records := []lb.SRVRecord{srv("a.test", 8001, 1, 0), srv("b.test", 8002, 1, 0), srv("c.test", 8003, 2, 9)}
	inService(t, records, func(h *dnsHouse, d *director.Director) {
		if got := h.shares(d); got != "[8 8 0]" {
			t.Errorf("got %s, want [8 8 0]", got)
		}
		// A weight among others that are 0 takes all.
		h.names.offer(srv("a.test", 8001, 1, 0), srv("b.test", 8002, 1, 7))
		time.Sleep(61 * time.Second)
		if got := h.shares(d); got != "[0 16 0]" {
			t.Errorf("after a change of weights: got %s, want [0 16 0]", got)
		}
	})
}

func TestDNS20VanishedTargetsGoWithTheirBackends(t *testing.T) {
	inService(t, []lb.SRVRecord{srv("a.test", 8001, 1, 1), srv("b.test", 8002, 1, 1)}, func(h *dnsHouse, d *director.Director) {
		a := h.find("shop(a.test:8001)")
		h.names.offer(srv("a.test", 8001, 5, 1), srv("not a host", 80, 1, 1), srv("c.test", 0, 1, 1))
		time.Sleep(10 * time.Minute)
		h.want("directors", h.present(), []string{"shop(a.test:8001)", "shop.a.test(10.0.0.1:8001)"})
		if h.find("shop(a.test:8001)") != a {
			t.Error("another priority made another director of the same target")
		}
		h.want("reported, once", h.errorEvents(), []string{`_http._tcp.shop.test: ignored "c.test" port 0, "not a host" port 80`})
		h.names.offer(srv(".", 0, 0, 0))
		time.Sleep(2 * time.Minute)
		if got := h.pick(d); got != "" {
			t.Errorf("RFC 2782, target of a dot: picked %q", got)
		}
		time.Sleep(4 * time.Hour)
		h.want("directors", h.present(), nil)
	})
}

// The first request waits for the addresses of the targets as well; else the
// backup would get it.
func TestDNS6FirstRequestWaitsForTheTargets(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("a.test.", time.Minute, "10.0.0.1")
		h.names.say("c.test.", time.Minute, "10.0.0.3")
		h.names.offer(srv("a.test", 8001, 1, 0), srv("c.test", 8003, 2, 0))
		h.names.take(2 * time.Second)
		d := h.add(lb.DNSOptions{Host: "_http._tcp.shop.test", SRV: true})
		start := time.Now()
		if got := h.pick(d); got != "shop.a.test(10.0.0.1:8001)" || time.Since(start) != 4*time.Second {
			t.Errorf("got %q after %v, want a after the two lookups, 4s", got, time.Since(start))
		}
	})
}

func TestDNSDeleteWhileTargetsAreLookedUp(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.offer(srv("a.test", 8001, 1, 0), srv("c.test", 8003, 2, 0))
		h.names.take(2 * time.Second)
		d := h.add(lb.DNSOptions{Host: "_http._tcp.shop.test", SRV: true})
		time.Sleep(3 * time.Second)
		h.want("targets", h.present(), []string{"shop(a.test:8001)", "shop(c.test:8003)"})
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want("left", h.present(), nil)
		want := []string{"added", "WARM", "deleted", "released", "COLD", "destroyed"}
		h.want("life", slices.DeleteFunc(h.events.Life(t, d.ID()), isHealth), want)
	})
}
