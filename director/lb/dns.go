package lb

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// DNS watches a name and keeps a backend for each of its addresses, as the
// domains and services of libvmod-dynamic do:
//
//	shop, err := lb.NewDNS(lb.DNSOptions{Host: "shop.internal", Port: 8080, Resolver: r})
//	d, err := vcl.Add("shop", shop)
//
// While its VCL is warm it looks the name up again whenever the answer's time to
// live is over. For a new address it adds a backend "shop(10.0.0.1:8080)" to its
// own VCL; one whose address has vanished is not picked any more, and deleted
// some answers later. Requests that are at it finish: their references keep it.
// An address that stays, or comes back in time, keeps its backend, and with it
// the state of its probe. When a lookup fails, everything stays as it is.
//
// A pick takes the healthy backends in turn. When none is healthy it takes the
// next in turn all the same, as libvmod-dynamic does: the backend refuses, and
// the error names it. Health is that of the members and is pushed, so a parent
// does not choose a DNS director before its first answer is there, where
// Varnish would wait (DNS-16). A request that comes to one directly does wait
// for the first lookup, at most FirstLookupTimeout from its start: the one
// exception to the rule that Resolve does not block.
//
// With SRV the members are DNS directors, "shop(a.internal:8080)", one for each
// target; see [DNSOptions].
//
// Rules of libvmod-dynamic that have no meaning here: DNS-1, 2, 17 and 21 (its
// domains come and go with their use; these are added and deleted by people,
// and only the targets of SRV records are named so), DNS-10 (a backend is in the
// list from when it is complete, so nobody meets a half-made one), sharing
// between domains in DNS-9, and DNS-22 (what Resolve returns is held). Instead of
// the log lines of DNS-7, changes and failures are events, and Dump tells of the
// newest lookup. In DNS-4 going cold waits for the lookup to end; here the VCL
// stays cooling until then (DNS-5), and nobody waits.
type DNS struct {
	options DNSOptions
	// prefix of the names of members; the director's own name if empty.
	prefix string
	self   *director.Director

	view atomic.Pointer[dnsView] // stored under mu, read by picks
	wait atomic.Pointer[dnsWait] // nil when no request has to wait

	mu sync.Mutex // guards the fields below; nothing is called under it
	// run is the present watch, nil while the VCL is cold. last is closed when
	// the goroutine of the newest one is over, so that two never overlap.
	run  *dnsRun
	last <-chan struct{}
	// list are the members in the order of the answer, kept those that are not
	// in it (any more). All that the director owns is in one of them: that is how
	// Release, whenever it comes, finds all of it.
	list, kept []*dnsMember
	released   bool
	answered   bool // a lookup has ended, well or not
	status     dnsStatus
}

// A dnsStatus is what a Dump tells of the lookups.
type dnsStatus struct {
	lookups, failures int
	next              time.Time
	err               error // of the newest lookup
	refused           string
}

var (
	_ director.Implementation = (*DNS)(nil)
	_ director.Binder         = (*DNS)(nil)
	_ director.Describer      = (*DNS)(nil)
	_ director.Resolver       = (*DNS)(nil)
	_ director.MemberWatcher  = (*DNS)(nil)
	_ director.Eventer        = (*DNS)(nil)
	_ director.Releaser       = (*DNS)(nil)
	_ director.Destroyer      = (*DNS)(nil)
	_ director.Dumper         = (*DNS)(nil)
	_ loader                  = (*DNS)(nil)
)

// NewDNS returns a director that starts to watch when it is added to a warm VCL,
// or its VCL is warmed. It fails with [director.ErrInvalid] for options that
// cannot be right. Whether the name exists is seen later.
func NewDNS(o DNSOptions) (*DNS, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	return &DNS{options: o}, nil
}

// UseResolver makes r what looks names up. It may be called until the director
// is added to a VCL; it is for those who get the director from [New].
func (d *DNS) UseResolver(r DNSResolver) { d.options.Resolver = r }

// Type implements [director.Implementation].
func (*DNS) Type() string { return "dns" }

// Bind implements [director.Binder].
func (d *DNS) Bind(self *director.Director) {
	d.self = self
	if d.prefix == "" {
		d.prefix = self.Name()
	}
	self.FollowMembers()
}

// Describe implements [director.Describer].
func (d *DNS) Describe() []event.Option { return d.options.describe() }

// Dump implements [director.Dumper].
func (d *DNS) Dump(w io.Writer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s := d.status
	fmt.Fprintf(w, "  lookups %d, failed %d\n", s.lookups, s.failures)
	if s.err != nil {
		fmt.Fprintf(w, "  last lookup: %v\n", s.err)
	}
	if d.run != nil && !s.next.IsZero() {
		fmt.Fprintf(w, "  next lookup: %s\n", s.next.UTC().Format(time.RFC3339))
	}
	for _, m := range d.list {
		fmt.Fprintf(w, "  member %s priority %d healthy %t\n", m.director.Name(), m.priority, m.director.Healthy())
	}
	for _, m := range d.kept {
		fmt.Fprintf(w, "  kept %s for %d more answers\n", m.director.Name(), m.keep)
	}
}
