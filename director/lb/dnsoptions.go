package lb

import (
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/event"
)

// DNSOptions say what a [DNS] watches, and how. Only Host is needed.
type DNSOptions struct {
	// Host is the name to watch; for SRV the whole of it,
	// "_http._tcp.shop.internal".
	Host string
	// Port of the backends; 80 if 0, and 443 with TLS. SRV records have their own.
	Port int
	// SRV watches the name's SRV records instead of its addresses: each target is
	// watched by a DNS director of its own, which has the same options. Of the
	// targets of the lowest priority that has a healthy one, each gets its share
	// of the weights; all alike, if no healthy one has weight (DNS-20).
	SRV bool
	// Network is ip4 or ip6 to use addresses of one kind; ip, both, if empty.
	Network string
	// Allow are the networks that addresses have to be in; others are reported
	// and ignored. Everything is allowed if it is empty.
	Allow []netip.Prefix

	// TTLFrom says how long an answer is good for.
	TTLFrom TTLFrom
	// TTL, the parameter, is 1 h if 0, as in Varnish. It is also used when an
	// answer has no time to live, or 0; those of [net.Resolver] never have one.
	TTL time.Duration
	// TTLMin and TTLMax bound what is believed of an answer's time to live: 1 s
	// and no limit if 0.
	TTLMin, TTLMax time.Duration
	// RetryAfter is how long after a failure the next lookup is; 30 s if 0.
	RetryAfter time.Duration
	// Keep is the number of answers that a backend survives without being in
	// them; 3 if nil.
	Keep *int
	// FirstLookupTimeout is how long requests wait for the first lookup, counted
	// from when it began; 10 s if 0.
	FirstLookupTimeout time.Duration

	// Backend is what all backends are made from: timeouts, limits, the probe. Host,
	// Port and Path are not its to say. Their host header is Host unless it is
	// given, and is what a certificate is checked for: since no two names share a
	// backend, the address would only be a worse guess (DNS-11).
	Backend backend.Config
	// NewMember makes the backends instead of Backend, if it is set. For SRV, host
	// is the target.
	NewMember func(host string, address netip.AddrPort) (director.Implementation, error)
	// Resolver looks names up; [NetResolver] with [net.DefaultResolver] if nil.
	Resolver DNSResolver
	// Uniform is the chance that chooses among SRV targets, as for [NewRandom].
	Uniform func() float64
}

// TTLFrom says where the time between two lookups comes from (DNS-14).
type TTLFrom string

// The values of libvmod-dynamic's ttl_from. Its default is cfg, because its
// usual resolver knows no times to live; here it is dns.
const (
	TTLFromDNS TTLFrom = "dns" // the least one of the answer that is not 0
	TTLFromCfg TTLFrom = "cfg" // the parameter
	TTLFromMin TTLFrom = "min" // the smaller of both
	TTLFromMax TTLFrom = "max" // the larger of both
)

// The defaults; but for the least TTL, which keeps a wrong one of a second's
// fraction from becoming a flood, they are libvmod-dynamic's.
const (
	defaultTTL                = time.Hour
	defaultTTLMin             = time.Second
	defaultRetryAfter         = 30 * time.Second
	defaultKeep               = 3
	defaultFirstLookupTimeout = 10 * time.Second
)

func (o DNSOptions) complete() (DNSOptions, error) {
	o.Network = cmp.Or(o.Network, "ip")
	o.TTLFrom = cmp.Or(o.TTLFrom, TTLFromDNS)
	if err := o.check(); err != nil {
		return o, err
	}
	o.TTL = cmp.Or(o.TTL, defaultTTL)
	o.TTLMin = cmp.Or(o.TTLMin, defaultTTLMin)
	o.RetryAfter = cmp.Or(o.RetryAfter, defaultRetryAfter)
	o.FirstLookupTimeout = cmp.Or(o.FirstLookupTimeout, defaultFirstLookupTimeout)
	if o.Keep == nil {
		keep := defaultKeep
		o.Keep = &keep
	}
	if !o.SRV && o.Backend.TLS != nil {
		o.Port = cmp.Or(o.Port, 443)
	} else if !o.SRV {
		o.Port = cmp.Or(o.Port, 80)
	}
	if o.Resolver == nil {
		o.Resolver = NetResolver{Resolver: net.DefaultResolver}
	}
	if o.NewMember != nil {
		return o, nil
	}
	// Any address shows now what would otherwise fail with the first answer.
	_, err := o.newMember(netip.MustParseAddrPort("192.0.2.1:80"))
	return o, err
}

func (o DNSOptions) check() error {
	invalid := func(field, why string) error {
		return fmt.Errorf("%s: %w: %s", field, director.ErrInvalid, why)
	}
	_, notAddress := netip.ParseAddr(o.Host)
	switch {
	case o.Host == "":
		return invalid("host", "the name to watch")
	case notAddress != nil && !isHostName(o.Host):
		return invalid("host", "a name of letters, digits, hyphens and dots; others in their xn-- form")
	case o.SRV && notAddress == nil:
		return invalid("host", "an address has no SRV records")
	case o.Port < 0 || o.Port > 65535:
		return invalid("port", "a port is 1 to 65535")
	case o.SRV && o.Port != 0:
		return invalid("port", "SRV records have their own")
	case !slices.Contains([]string{"ip", "ip4", "ip6"}, o.Network):
		return invalid("network", "use ip, ip4 or ip6")
	case !slices.Contains([]TTLFrom{TTLFromDNS, TTLFromCfg, TTLFromMin, TTLFromMax}, o.TTLFrom):
		return invalid("ttl_from", "use dns, cfg, min or max")
	case min(o.TTL, o.TTLMin, o.TTLMax, o.RetryAfter, o.FirstLookupTimeout) < 0:
		return invalid("ttl", "a time is more than 0")
	case o.TTLMax > 0 && o.TTLMax < cmp.Or(o.TTLMin, defaultTTLMin):
		return invalid("ttl_max", "it is less than ttl_min")
	case o.Keep != nil && *o.Keep < 0:
		return invalid("keep", "0 or more answers")
	case o.Backend.Host != "" || o.Backend.Port != 0 || o.Backend.Path != "":
		return invalid("backend", "where they are, the answers say")
	}
	return nil
}

// isHostName reports whether a name may be part of a director's, and be asked
// for: what comes from a DNS server can contain anything.
func isHostName(name string) bool {
	name = strings.TrimSuffix(name, ".")
	if name == "" || len(name) > 253 {
		return false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || label[0] == '-' {
			return false
		}
	}
	for _, c := range []byte(name) {
		letter := 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
		if !letter && c != '-' && c != '_' && c != '.' {
			return false
		}
	}
	return true
}

func (o DNSOptions) newMember(address netip.AddrPort) (director.Implementation, error) {
	host := strings.TrimSuffix(o.Host, ".")
	if o.NewMember != nil {
		return o.NewMember(host, address)
	}
	c := o.Backend
	c.Host, c.Port = address.Addr().String(), int(address.Port())
	c.HostHeader = cmp.Or(c.HostHeader, host)
	return backend.New(c)
}

// goodFor returns how long an answer is good for, whose least time to live that
// is not 0 is ttl; 0 if it has none (DNS-14).
func (o DNSOptions) goodFor(ttl time.Duration) time.Duration {
	if ttl <= 0 {
		return o.TTL
	}
	ttl = max(ttl, o.TTLMin)
	if o.TTLMax > 0 {
		ttl = min(ttl, o.TTLMax)
	}
	switch o.TTLFrom {
	case TTLFromCfg:
		return o.TTL
	case TTLFromMin:
		return min(ttl, o.TTL)
	case TTLFromMax:
		return max(ttl, o.TTL)
	case TTLFromDNS:
	}
	return ttl
}

func (o DNSOptions) describe() []event.Option {
	watches := net.JoinHostPort(strings.TrimSuffix(o.Host, "."), strconv.Itoa(o.Port))
	if o.SRV {
		watches = o.Host + " SRV"
	}
	options := []event.Option{{Name: "watches", Value: watches}}
	add := func(name, value string) { options = append(options, event.Option{Name: name, Value: value}) }
	if o.Network != "ip" {
		add("network", o.Network)
	}
	for _, prefix := range o.Allow {
		add("allow", prefix.String())
	}
	add("ttl", o.TTL.String())
	add("ttl from", string(o.TTLFrom))
	add("ttl min", o.TTLMin.String())
	if o.TTLMax > 0 {
		add("ttl max", o.TTLMax.String())
	}
	add("retry after", o.RetryAfter.String())
	add("keep", strconv.Itoa(*o.Keep))
	add("first lookup timeout", o.FirstLookupTimeout.String())
	if p := o.Backend.Probe; p != nil {
		add("probe", backend.ConcealURL(cmp.Or(p.URL, "/")))
	}
	return options
}
