package lb_test

import (
	"context"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

func TestDNS6RequestsWaitForTheFirstLookup(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		h.names.take(4 * time.Second)
		d := h.add(lb.DNSOptions{})
		start := time.Now()
		if got := h.pick(d); got != "shop(10.0.0.1:80)" || time.Since(start) != 4*time.Second {
			t.Errorf("got %q after %v, want the backend after 4s", got, time.Since(start))
		}
		h.names.take(time.Minute)
		time.Sleep(time.Minute + time.Second) // within the second lookup
		start = time.Now()
		if got := h.pick(d); got == "" || time.Since(start) != 0 {
			t.Errorf("during the second lookup: got %q after %v, want the backend at once", got, time.Since(start))
		}
	})
}

func TestDNS6TheWaitHasAnEnd(t *testing.T) {
	for _, c := range []struct {
		name string
		end  func(h *dnsHouse, d *director.Director, cancel func())
		took time.Duration
	}{
		{"the timeout, from the start of the lookup", func(*dnsHouse, *director.Director, func()) {}, 10 * time.Second},
		{"the end of the request", func(_ *dnsHouse, _ *director.Director, cancel func()) { cancel() }, time.Second},
		{"a failure", func(h *dnsHouse, _ *director.Director, _ func()) {}, 3 * time.Second},
		{"delete", func(_ *dnsHouse, d *director.Director, _ func()) { _ = d.Delete() }, time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			inHouse(t, func(h *dnsHouse) {
				h.names.take(25 * time.Second)
				if c.name == "a failure" {
					h.names.take(3 * time.Second)
					h.names.fail(errTrouble)
				}
				d := h.add(lb.DNSOptions{})
				start := time.Now()
				ctx, cancel := context.WithCancel(h.Context())
				defer cancel()
				time.AfterFunc(time.Second, func() { c.end(h, d, cancel) })
				req, _ := http.NewRequestWithContext(ctx, "GET", "http://shop.test/", nil)
				_, err := d.Resolve(&director.Task{Request: req})
				if err == nil || time.Since(start) != c.took {
					t.Errorf("got %v after %v, want an error after %v", err, time.Since(start), c.took)
				}
				cancel()
			})
		})
	}
}

// A replaced backend ends when the last request at it has, and not before.
func TestDNSReplacedBackendLingersUntilItsRequestEnds(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		body, more := io.Pipe()
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		d := h.watch(lb.DNSOptions{
			Keep: new(int),
			NewMember: func(_ string, a netip.AddrPort) (director.Implementation, error) {
				b := directortest.NewBackend(a.String())
				b.Answer(func() io.ReadCloser { return body })
				return b, nil
			},
		})
		old := h.find("shop(10.0.0.1:80)")
		req, _ := http.NewRequestWithContext(h.Context(), "GET", "http://shop.test/", nil)
		resp, err := (&director.Transport{Director: d}).RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		go func() { io.WriteString(more, "half") }()
		half := make([]byte, 4)
		if _, err := io.ReadFull(resp.Body, half); err != nil {
			t.Fatal(err)
		}
		h.names.say("shop.test", time.Minute, "10.0.0.2")
		time.Sleep(10 * time.Minute)
		h.want("while the request lasts", h.present(), []string{"shop(10.0.0.1:80)", "shop(10.0.0.2:80)"})
		h.want("life of the old one", h.events.Life(t, old.ID()), []string{"added", "WARM", "deleted", "released"})
		h.want("new requests", h.picks(d, 2), []string{"10.0.0.2", "10.0.0.2"})
		go func() { io.WriteString(more, "rest"); more.Close() }()
		if rest, err := io.ReadAll(resp.Body); string(rest) != "rest" || err != nil {
			t.Errorf("rest of the body: got %q, %v", rest, err)
		}
		resp.Body.Close()
		h.want("when it has ended", h.present(), []string{"shop(10.0.0.2:80)"})
		h.want("life of the old one", h.events.Life(t, old.ID()), []string{"added", "WARM", "deleted", "released", "COLD", "destroyed"})
	})
}

func TestDNS18DeleteEndsEverything(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{})
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.3")
		time.Sleep(61 * time.Second) // 2 is kept now
		h.names.take(20 * time.Second)
		time.Sleep(time.Minute) // within a lookup
		asked := h.names.lookups()
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
		h.want("left, as soon as Delete returns", h.present(), nil)
		h.want("life", slices.DeleteFunc(h.events.Life(t, d.ID()), isHealth), []string{"added", "WARM", "deleted", "released", "COLD", "destroyed"})
		time.Sleep(time.Hour)
		h.want("left", h.present(), nil)
		if h.names.lookups() != asked {
			t.Error("it was looked up after the end")
		}
		h.want("a lookup that was cut short is no failure", h.errorEvents(), nil)
	})
}

func isHealth(step string) bool { return step == "health" || step == "SICK" }

// Delete comes while an update is at its most delicate: a backend is made and
// not yet added.
func TestDNSNothingIsGainedAfterDelete(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		made, goOn := make(chan struct{}), make(chan struct{})
		h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
		d := h.watch(lb.DNSOptions{
			NewMember: func(_ string, a netip.AddrPort) (director.Implementation, error) {
				if a.Addr().As4()[3] == 2 {
					close(made)
					<-goOn
				}
				return directortest.NewBackend(a.String()), nil
			},
		})
		<-made
		pin, err := d.Pin("to see what becomes of it")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
		h.want("what was added is deleted", h.present(), nil)
		close(goOn)
		synctest.Wait()
		h.want("what came after is deleted", h.present(), nil)
		if got := h.pick(d); got != "" {
			t.Errorf("pick: got %q, want none", got)
		}
		h.want("errors", h.errorEvents(), nil)
		if err := h.rt.Unpin(pin); err != nil {
			t.Fatal(err)
		}
	})
}

// An owner that only drops its reference leaves the director as it is until the
// last one goes. It can keep what it has, and gain nothing.
func TestDNSDisownedEndsWithItsLastReference(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		d := h.watch(lb.DNSOptions{})
		pin, err := d.Pin("one more")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Disown(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(5 * time.Minute)
		h.want("picks", h.picks(d, 1), []string{"10.0.0.1"})
		h.names.say("shop.test", time.Minute, "10.0.0.2")
		time.Sleep(5 * time.Minute)
		h.want("picks", h.picks(d, 1), []string{"10.0.0.1"})
		if err := h.rt.Unpin(pin); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		h.want("left", h.present(), nil)
	})
}

func TestDNS4LooksUpOnlyWhileWarm(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		d := h.watch(lb.DNSOptions{})
		other, err := h.rt.AddVCL("other")
		if err != nil {
			t.Fatal(err)
		}
		if err := other.Activate(); err != nil {
			t.Fatal(err)
		}
		if err := h.vcl.SetState(director.AlwaysCold); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		asked := h.names.lookups()
		time.Sleep(time.Hour)
		if got := h.names.lookups(); got != asked {
			t.Errorf("lookups while cold: got %d", got-asked)
		}
		h.want("references may be kept", h.present(), []string{"shop(10.0.0.1:80)"})
		h.names.say("shop.test", time.Minute, "10.0.0.2")
		if err := h.vcl.SetState(director.AlwaysWarm); err != nil {
			t.Fatal(err)
		}
		h.want("it does not wait again", h.picks(d, 1), []string{"10.0.0.1"})
		synctest.Wait()
		h.want("after the first lookup", h.picks(d, 1), []string{"10.0.0.2"})
	})
}

// stubborn does not listen to its context.
type stubborn struct{ *names }

func (s stubborn) LookupAddr(_ context.Context, network, host string) ([]lb.AddrRecord, error) {
	return s.names.LookupAddr(context.Background(), network, host)
}

func TestDNS5VCLCoolsUntilTheLookupIsOver(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		h.names.take(20 * time.Second)
		impl, err := lb.NewDNS(lb.DNSOptions{Host: "shop.test", Resolver: stubborn{h.names}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.vcl.Add("shop", impl); err != nil {
			t.Fatal(err)
		}
		other, err := h.rt.AddVCL("other")
		if err != nil {
			t.Fatal(err)
		}
		_ = other.Activate()
		time.Sleep(time.Second)
		if err := h.vcl.SetState(director.AlwaysCold); err != nil {
			t.Fatal(err)
		}
		var temperatures []string
		time.Sleep(time.Minute)
		for _, e := range h.events.All(t) {
			if e.VCL == "boot" && e.Kind == event.VCLTemperature {
				temperatures = append(temperatures, e.Temperature.Temperature)
			}
		}
		h.want("temperatures", temperatures, []string{"cooling", "cold"})
		h.want("the answer came too late", h.present(), nil)
		if err := h.vcl.SetState(director.AlwaysWarm); err != nil {
			t.Fatal(err)
		}
		time.Sleep(21 * time.Second)
		h.want("warm again", h.present(), []string{"shop(10.0.0.1:80)"})
	})
}
