package lb_test

import (
	"context"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// A stepper is a backend, and a parent of the director, that counts what it is
// told, and at one of these moments does something unexpected.
type stepper struct {
	steps  *atomic.Int64
	at     int64
	action func()
	slot   *director.Ref // as a parent
}

func (s *stepper) step() {
	if s.steps.Add(1) == s.at {
		s.action()
	}
}

func (*stepper) Type() string                   { return "stepper" }
func (s *stepper) Bind(self *director.Director) { s.slot = self.NewRef() }
func (s *stepper) Event(e director.Event) {
	if e == director.EventWarm || e == director.EventCold {
		s.step()
	}
}
func (s *stepper) Release()        { _ = s.slot.Assign(nil) }
func (s *stepper) Destroy()        { s.step() }
func (s *stepper) MembersChanged() { s.step() }

// At each moment in which an update runs code that is not its own, the director
// is deleted, or its VCL is closed or cooled, in the updating goroutine itself or
// in another one that it waits for. There are the two moments in which slots are
// in the balance: the parent hears of the first member while its slot is filled
// (its health flips), and a replaced backend, which an operator has deleted,
// ends while its slot is emptied.
func TestDNSEndsAtAnyStepOfAnUpdate(t *testing.T) {
	elsewhere := func(f func()) {
		done := make(chan struct{})
		go func() { defer close(done); f() }()
		<-done
	}
	for name, action := range map[string]func(h *dnsHouse, d *director.Director){
		"delete":            func(_ *dnsHouse, d *director.Director) { _ = d.Delete() },
		"delete by another": func(_ *dnsHouse, d *director.Director) { elsewhere(func() { _ = d.Delete() }) },
		"disown":            func(_ *dnsHouse, d *director.Director) { _ = d.Disown() },
		"cold":              func(h *dnsHouse, _ *director.Director) { _ = h.vcl.SetState(director.AlwaysCold) },
		"discard":           func(h *dnsHouse, _ *director.Director) { _ = h.vcl.Discard() },
		"cold, then by itself": func(h *dnsHouse, d *director.Director) {
			d.Implementation().(director.Eventer).Event(director.EventCold)
		},
	} {
		t.Run(name, func(t *testing.T) {
			last := int64(0)
			for at := int64(1); at <= last || at == 1; at++ {
				inHouse(t, func(h *dnsHouse) { last = max(last, h.stepThrough(at, action, strings.HasPrefix(name, "delete"))) })
			}
			if last < 10 {
				t.Errorf("only %d steps", last)
			}
		})
	}
}

// stepThrough lets a director live, and something happen at a step, and returns
// the number of steps. After a deletion nothing may be left in it.
func (h *dnsHouse) stepThrough(at int64, action func(h *dnsHouse, d *director.Director), deletes bool) int64 {
	h.Helper()
	var steps atomic.Int64
	var d *director.Director
	newStepper := func() *stepper {
		return &stepper{steps: &steps, at: at, action: func() { action(h, d) }}
	}
	other, err := h.rt.AddVCL("other")
	if err != nil {
		h.Fatal(err)
	}
	_ = other.Activate()
	h.names.say("shop.test", time.Minute, "10.0.0.1")
	h.names.take(time.Second)
	d = h.add(lb.DNSOptions{
		Keep:      new(int),
		NewMember: func(string, netip.AddrPort) (director.Implementation, error) { return newStepper(), nil },
	})
	parent := newStepper()
	up, err := h.vcl.Add("shop", parent)
	if err != nil {
		h.Fatal(err)
	}
	_ = parent.slot.Assign(d)
	time.Sleep(2 * time.Second)
	h.names.say("shop.test", time.Minute, "10.0.0.1", "10.0.0.2")
	time.Sleep(61 * time.Second)
	for _, name := range h.present() {
		_ = h.find(name).Delete() // the director holds it
	}
	h.names.say("shop.test", time.Minute, "10.0.0.3", "10.0.0.4")
	time.Sleep(61 * time.Second)
	h.names.say("shop.test", time.Minute, "10.0.0.3")
	time.Sleep(61 * time.Second)
	var dump strings.Builder
	d.Dump(&dump)
	if deletes && at <= steps.Load() && (strings.Contains(dump.String(), "member") || strings.Contains(dump.String(), "kept")) {
		h.Errorf("step %d: after its release it has\n%s", at, dump.String())
	}
	_ = up.Delete()
	_ = d.Delete()
	synctest.Wait()
	if left := h.present(); len(left) > 0 {
		h.Errorf("step %d: left %q", at, left)
	}
	return steps.Load()
}

// A counting resolver does not listen to its context, and knows how many
// lookups were under way at one time.
type counting struct {
	*names
	now, most atomic.Int64
}

func (c *counting) LookupAddr(_ context.Context, network, host string) ([]lb.AddrRecord, error) {
	c.most.Store(max(c.most.Load(), c.now.Add(1)))
	defer c.now.Add(-1)
	return c.names.LookupAddr(context.Background(), network, host)
}

// COLD and WARM may come so fast that the goroutine of before is still in its
// lookup.
func TestDNS3RunsDoNotOverlap(t *testing.T) {
	inHouse(t, func(h *dnsHouse) {
		h.names.say("shop.test", time.Minute, "10.0.0.1")
		h.names.take(10 * time.Second)
		c := &counting{names: h.names}
		impl, err := lb.NewDNS(lb.DNSOptions{Host: "shop.test", Resolver: c})
		if err != nil {
			t.Fatal(err)
		}
		d, err := h.vcl.Add("shop", impl)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			time.Sleep(time.Second)
			impl.Event(director.EventCold)
			impl.Event(director.EventWarm)
			impl.Event(director.EventWarm)
		}
		if got := h.pick(d); got != "" {
			t.Errorf("a request waited for the timeout and got %q", got)
		}
		time.Sleep(time.Minute)
		if got := h.pick(d); got != "shop(10.0.0.1:80)" || c.most.Load() != 1 {
			t.Errorf("got %q, %d lookups at one time, want one", got, c.most.Load())
		}
		pin, err := d.Pin("to be told WARM too late")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Delete(); err != nil {
			t.Fatal(err)
		}
		asked := h.names.lookups()
		impl.Event(director.EventWarm)
		time.Sleep(time.Hour)
		if got := h.names.lookups(); got != asked {
			t.Errorf("%d lookups after the release", got-asked)
		}
		if err := h.rt.Unpin(pin); err != nil {
			t.Fatal(err)
		}
	})
}
