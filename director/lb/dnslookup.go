package lb

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/callboard/callboard/director"
)

// A DNSResolver looks names up for a [DNS]. Both methods have to return soon
// after their context ends. An answer without records is not an error: it says
// that there is nothing now, and the director acts on it. Whatever cannot be
// known for sure has to be an error, [net.DNSError] by preference; the director
// then keeps what it has.
//
// Package dnsresolver has one that tells the times to live.
type DNSResolver interface {
	// LookupAddr returns the addresses of a host, in an order that means
	// something to the caller, or to nobody. The network is ip, ip4 or ip6.
	LookupAddr(ctx context.Context, network, host string) ([]AddrRecord, error)
	// LookupSRV returns the SRV records of a name.
	LookupSRV(ctx context.Context, name string) ([]SRVRecord, error)
}

// An AddrRecord is one address of a host.
type AddrRecord struct {
	Addr netip.Addr
	// TTL is 0 if it is not known, or if the answer is not to be kept.
	TTL time.Duration
}

// An SRVRecord is one place that offers a service (RFC 2782).
type SRVRecord struct {
	Target                 string
	Port, Priority, Weight uint16
	// TTL as in [AddrRecord].
	TTL time.Duration
}

// NetResolver is a [DNSResolver] that asks a [net.Resolver]. That one knows no
// times to live, and does not tell a name without addresses from one that does
// not exist: both are errors.
type NetResolver struct{ Resolver *net.Resolver }

// LookupAddr implements [DNSResolver].
func (n NetResolver) LookupAddr(ctx context.Context, network, host string) ([]AddrRecord, error) {
	addrs, err := n.Resolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, err
	}
	records := make([]AddrRecord, len(addrs))
	for i, addr := range addrs {
		records[i].Addr = addr
	}
	return records, nil
}

// LookupSRV implements [DNSResolver].
func (n NetResolver) LookupSRV(ctx context.Context, name string) ([]SRVRecord, error) {
	_, srvs, err := n.Resolver.LookupSRV(ctx, "", "", name)
	if len(srvs) == 0 && err != nil { // beside records, it tells of others that were left out
		return nil, err
	}
	records := make([]SRVRecord, len(srvs))
	for i, srv := range srvs {
		records[i] = SRVRecord{Target: srv.Target, Port: srv.Port, Priority: srv.Priority, Weight: srv.Weight}
	}
	return records, nil
}

// A dnsAnswer is what a lookup says that the members should be.
type dnsAnswer struct {
	wanted []dnsWanted
	// ttl is the least that is not 0; 0 if there is none.
	ttl     time.Duration
	refused []string // what was in the answer and cannot be used
}

// A dnsWanted is a member that should be there.
type dnsWanted struct {
	key      string // the same for the same member of another answer
	name     string
	priority uint16
	weight   float64
	make     func() (director.Implementation, error)
}

// lookupTimeout ends a lookup whose resolver has no timeout of its own.
const lookupTimeout = 30 * time.Second

// lookup asks the resolver. A panic of it is a failure like any other.
func (d *DNS) lookup(ctx context.Context) (answer dnsAnswer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, lookupTimeout)
	defer cancel()
	if d.options.SRV {
		records, err := d.options.Resolver.LookupSRV(ctx, d.options.Host)
		if err != nil {
			return answer, err
		}
		return d.targets(records), nil
	}
	records, err := d.options.Resolver.LookupAddr(ctx, d.options.Network, d.options.Host)
	if err != nil {
		return answer, err
	}
	return d.addresses(records), nil
}

// addresses makes a backend of each address, in the order of the answer.
func (d *DNS) addresses(records []AddrRecord) dnsAnswer {
	var answer dnsAnswer
	for _, r := range records {
		addr := r.Addr.Unmap()
		if !addr.IsValid() || !d.allowed(addr) {
			answer.refused = append(answer.refused, addr.String())
			continue
		}
		address := netip.AddrPortFrom(addr, uint16(d.options.Port))
		answer.add(r.TTL, dnsWanted{
			key: address.String(), name: dnsName(d.prefix, address.String()),
			make: func() (director.Implementation, error) { return d.options.newMember(address) },
		})
	}
	return answer
}

func (d *DNS) allowed(addr netip.Addr) bool {
	return len(d.options.Allow) == 0 || slices.ContainsFunc(d.options.Allow, func(allowed netip.Prefix) bool {
		return allowed.Contains(addr.WithZone("")) // no prefix contains an address with a zone
	})
}

// targets makes a director of each target, the lowest priority first.
func (d *DNS) targets(records []SRVRecord) dnsAnswer {
	var answer dnsAnswer
	records = slices.Clone(records)
	slices.SortStableFunc(records, func(a, b SRVRecord) int { return cmp.Compare(a.Priority, b.Priority) })
	for _, r := range records {
		host := strings.ToLower(strings.TrimSuffix(r.Target, "."))
		if host == "" {
			continue // RFC 2782: the service is decidedly not available
		}
		if !isHostName(host) || r.Port == 0 {
			answer.refused = append(answer.refused, fmt.Sprintf("%q port %d", r.Target, r.Port))
			continue
		}
		key := net.JoinHostPort(host, strconv.Itoa(int(r.Port)))
		answer.add(r.TTL, dnsWanted{
			key: key, name: dnsName(d.prefix, key), priority: r.Priority, weight: float64(r.Weight),
			make: func() (director.Implementation, error) { return d.target(host, r.Port), nil },
		})
	}
	return answer
}

// target returns the director of an SRV record's target. Its backends are named
// after both, as where libvmod-dynamic shares none: "shop.a.internal(10.0.0.1:80)".
// The name is whole, and no search list may make it another one.
func (d *DNS) target(host string, port uint16) *DNS {
	o := d.options
	o.SRV, o.Host, o.Port = false, host, int(port)
	if _, err := netip.ParseAddr(host); err != nil {
		o.Host += "."
	}
	return &DNS{options: o, prefix: d.prefix + "." + host}
}

// add adds what one record wants, unless another one did before.
func (a *dnsAnswer) add(ttl time.Duration, w dnsWanted) {
	if ttl > 0 && (a.ttl == 0 || ttl < a.ttl) {
		a.ttl = ttl
	}
	if !slices.ContainsFunc(a.wanted, func(o dnsWanted) bool { return o.key == w.key }) {
		a.wanted = append(a.wanted, w)
	}
}

// maxDNSName is the length that a director's name may have, maxDNSInner how much
// of it a host may use.
const (
	maxDNSName  = 127
	maxDNSInner = 96
)

// dnsName is prefix(inner), cut to the length of a name: a host in its middle,
// because it differs from others at its start, and has its port at the end.
func dnsName(prefix, inner string) string {
	const cut = "…"
	if len(inner) > maxDNSInner {
		const half = (maxDNSInner - len(cut)) / 2
		inner = inner[:half] + cut + inner[len(inner)-half:]
	}
	end := "(" + inner + ")"
	if room := maxDNSName - len(end); len(prefix) > room {
		prefix = strings.ToValidUTF8(prefix[:room-len(cut)], "") + cut
	}
	return prefix + end
}

// sameFailure reports that b is no news after a. The texts of network errors
// differ by the port that was used.
func sameFailure(a, b error) bool {
	var x, y *net.DNSError
	if errors.As(a, &x) && errors.As(b, &y) {
		return x.IsNotFound == y.IsNotFound && x.IsTimeout == y.IsTimeout
	}
	return a != nil && a.Error() == b.Error()
}
