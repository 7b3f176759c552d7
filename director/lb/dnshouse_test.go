package lb_test

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

// names is a resolver that says what a test wants it to.
type names struct {
	mu    sync.Mutex // guards the fields below
	addrs map[string][]lb.AddrRecord
	srvs  []lb.SRVRecord
	err   error
	took  time.Duration // how long a lookup takes
	asked []time.Time
}

func (n *names) lookup(ctx context.Context) error {
	n.mu.Lock()
	n.asked = append(n.asked, time.Now())
	took := n.took
	n.mu.Unlock()
	if took > 0 {
		select {
		case <-time.After(took):
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.err
}

func (n *names) LookupAddr(ctx context.Context, _, host string) ([]lb.AddrRecord, error) {
	err := n.lookup(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.addrs[host]), err
}

func (n *names) LookupSRV(ctx context.Context, _ string) ([]lb.SRVRecord, error) {
	err := n.lookup(ctx)
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Clone(n.srvs), err
}

// say makes the answer for a host these addresses.
func (n *names) say(host string, ttl time.Duration, addrs ...string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.addrs == nil {
		n.addrs = make(map[string][]lb.AddrRecord)
	}
	records := []lb.AddrRecord{}
	for _, addr := range addrs {
		records = append(records, lb.AddrRecord{Addr: netip.MustParseAddr(addr), TTL: ttl})
	}
	n.addrs[host], n.err = records, nil
}

func (n *names) fail(err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.err = err
}

func (n *names) take(d time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.took = d
}

func (n *names) lookups() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.asked)
}

// A dnsHouse is a runtime with one VCL for the tests of DNS directors.
type dnsHouse struct {
	*testing.T
	rt     *director.Runtime
	vcl    *director.VCL
	events *directortest.Recorder
	names  *names
}

func newHouse(t *testing.T) *dnsHouse {
	t.Helper()
	rt := director.New(director.Options{LogCapacity: 1 << 16})
	vcl, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	return &dnsHouse{T: t, rt: rt, vcl: vcl, events: directortest.Record(rt), names: new(names)}
}

// inHouse runs a test in a bubble where time passes when nobody works, and
// checks that nothing is left. Lookups that fail are part of many tests.
func inHouse(t *testing.T, f func(h *dnsHouse)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t)
		f(h)
		h.check()
	})
}

func (h *dnsHouse) check() {
	h.Helper()
	directortest.Check(lenient{h.T}, h.rt)
	released, destroyed := make(map[uint64]bool), make(map[uint64]bool)
	for _, e := range h.events.All(h) {
		switch {
		case destroyed[e.ID]:
			h.Errorf("%s of %s after it was destroyed", e.Kind, e.Director)
		case e.Kind == event.DirectorReleased:
			released[e.ID] = true
		case e.Kind == event.DirectorDestroyed:
			destroyed[e.ID] = true
		case e.Kind == event.RefAssigned && e.Assigned.To != "" && released[e.Assigned.Holder.ID]:
			h.Errorf("%s gained %s after its release", e.Assigned.Holder.Name, e.Assigned.To)
		}
	}
}

// lenient lets lookups fail.
type lenient struct{ *testing.T }

func (l lenient) Errorf(format string, args ...any) {
	l.Helper()
	if text := fmt.Sprintf(format, args...); !strings.Contains(text, ": lookup of ") && !strings.Contains(text, ": update of ") {
		l.Error(text)
	}
}

// watch adds a DNS director that watches shop.test:80 with backends that answer
// with their address, and waits for its first lookup.
func (h *dnsHouse) watch(o lb.DNSOptions) *director.Director {
	h.Helper()
	d := h.add(o)
	synctest.Wait()
	return d
}

func (h *dnsHouse) add(o lb.DNSOptions) *director.Director {
	h.Helper()
	if o.Host == "" {
		o.Host = "shop.test"
	}
	if o.NewMember == nil { // a real backend would make a connection
		o.NewMember = func(host string, a netip.AddrPort) (director.Implementation, error) {
			return directortest.NewBackend(a.String()), nil
		}
	}
	o.Resolver = h.names
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

// find returns the one director of a name.
func (h *dnsHouse) find(name string) *director.Director {
	h.Helper()
	d, err := h.rt.Find("boot." + name)
	if err != nil {
		h.Fatal(err)
	}
	return d
}

// pick returns the name of the leaf that a director resolves to, "" for none.
func (h *dnsHouse) pick(d *director.Director) string {
	h.Helper()
	hold, err := d.Resolve(&director.Task{})
	if err != nil {
		return ""
	}
	defer hold.Drop()
	return hold.Director().Name()
}

func (h *dnsHouse) picks(d *director.Director, n int) []string {
	h.Helper()
	var all []string
	for range n {
		all = append(all, strings.TrimSuffix(strings.TrimPrefix(h.pick(d), "shop("), ":80)"))
	}
	return all
}

// present are the directors below shop, by name.
func (h *dnsHouse) present() []string {
	var all []string
	for d := range h.rt.Tree().Directors() {
		if d.Name != "shop" {
			all = append(all, d.Name)
		}
	}
	slices.Sort(all)
	return all
}

func (h *dnsHouse) want(what string, got, want []string) {
	h.Helper()
	if !slices.Equal(got, want) {
		h.Errorf("%s: got %q, want %q", what, got, want)
	}
}

// errorEvents are the texts of what was reported.
func (h *dnsHouse) errorEvents() []string {
	h.Helper()
	var texts []string
	for _, e := range h.events.All(h) {
		if e.Kind == event.DirectorError {
			texts = append(texts, e.Life.Error)
		}
	}
	return texts
}
