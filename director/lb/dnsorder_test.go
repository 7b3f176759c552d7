package lb_test

import (
	"errors"
	"math/rand/v2"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// Everything at once, in real time: answers that change, requests, health, cold
// and warm, and an end at any moment.
func TestDNSAnyOrder(t *testing.T) {
	for seed := range 60 {
		h := newHouse(t)
		random := rand.New(rand.NewPCG(uint64(seed), 0))
		keep := random.IntN(3)
		h.names.say("shop.test", 0, "10.0.0.1")
		d := h.add(lb.DNSOptions{
			TTL: time.Duration(1+random.IntN(300)) * time.Microsecond, RetryAfter: time.Microsecond, Keep: &keep,
			FirstLookupTimeout: time.Millisecond,
		})
		if random.IntN(2) == 0 {
			if err := h.vcl.SetDefault(d); err != nil {
				t.Fatal(err)
			}
		}
		other, err := h.rt.AddVCL("other")
		if err != nil {
			t.Fatal(err)
		}
		_ = other.Activate()
		stop := make(chan struct{})
		var wg sync.WaitGroup
		loop := func(f func(r *rand.Rand)) {
			r := rand.New(rand.NewPCG(uint64(seed), random.Uint64()))
			wg.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						f(r)
					}
				}
			})
		}
		loop(func(r *rand.Rand) {
			var addrs []string
			for i := range byte(6) {
				if r.IntN(2) == 0 {
					addrs = append(addrs, netip.AddrFrom4([4]byte{10, 0, 0, i}).String())
				}
			}
			h.names.say("shop.test", 0, addrs...)
			if r.IntN(4) == 0 {
				h.names.fail(errTrouble)
			}
			time.Sleep(100 * time.Microsecond)
		})
		loop(func(r *rand.Rand) {
			if hold, err := d.Resolve(&director.Task{}); err == nil {
				if r.IntN(8) == 0 {
					_ = hold.Director().SetHealth([]director.AdminHealth{director.AdminSick, director.AdminAuto}[r.IntN(2)])
				}
				hold.Drop()
			}
			time.Sleep(10 * time.Microsecond)
		})
		loop(func(r *rand.Rand) {
			_ = h.vcl.SetState([]director.State{director.AlwaysCold, director.AlwaysWarm}[r.IntN(2)])
			time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond)
		})
		time.Sleep(time.Duration(random.IntN(20_000)) * time.Microsecond)
		if random.IntN(3) > 0 {
			if err := d.Delete(); err != nil && !errors.Is(err, director.ErrDeleted) {
				t.Error(err)
			}
			time.Sleep(time.Duration(random.IntN(1000)) * time.Microsecond)
		}
		if random.IntN(2) == 0 {
			close(stop)
			wg.Wait()
			h.check()
		} else {
			h.check()
			close(stop)
			wg.Wait()
		}
		if left := h.present(); len(left) > 0 {
			t.Fatalf("seed %d: left %s", seed, strings.Join(left, " "))
		}
	}
}
