package dnsresolver

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/callboard/callboard/director/lb"
)

// A Resolver asks DNS servers. The zero value asks those of /etc/resolv.conf,
// which it reads again for each lookup.
type Resolver struct {
	// Servers, as "192.0.2.53:53" or without the port, are asked in order instead
	// of those of Conf, which is then only read if it is given.
	Servers []string
	// Search are the domains to try a short name in, instead of those of Conf.
	Search []string
	// Conf is the path of a resolv.conf(5); that of the system if empty.
	Conf string
	// Timeout of one question to one server, and the number of Attempts at all
	// servers; what Conf says, or 5 s and 2, if 0.
	Timeout  time.Duration
	Attempts int
}

var _ lb.DNSResolver = (*Resolver)(nil)

// LookupAddr implements [lb.DNSResolver]. Where one of A and AAAA has records, a
// failure of the other one is not an error, as for the C library: there are
// servers that never answer AAAA. The IPv4 addresses come first.
func (r *Resolver) LookupAddr(ctx context.Context, network, host string) ([]lb.AddrRecord, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []lb.AddrRecord{{Addr: addr}}, nil
	}
	if isLocalhost(host) {
		return loopback(network), nil
	}
	var types []dnsmessage.Type
	if network != "ip6" {
		types = append(types, dnsmessage.TypeA)
	}
	if network != "ip4" {
		types = append(types, dnsmessage.TypeAAAA)
	}
	answer, err := r.lookup(ctx, host, types)
	return answer.addrs, err
}

// isLocalhost reports whether a name stands for this machine, whatever any
// server says (RFC 6761, section 6.3).
func isLocalhost(host string) bool {
	name := "." + strings.ToLower(strings.TrimSuffix(host, "."))
	return strings.HasSuffix(name, ".localhost")
}

func loopback(network string) []lb.AddrRecord {
	var records []lb.AddrRecord
	if network != "ip6" {
		records = append(records, lb.AddrRecord{Addr: netip.AddrFrom4([4]byte{127, 0, 0, 1})})
	}
	if network != "ip4" {
		records = append(records, lb.AddrRecord{Addr: netip.IPv6Loopback()})
	}
	return records
}

// LookupSRV implements [lb.DNSResolver].
func (r *Resolver) LookupSRV(ctx context.Context, name string) ([]lb.SRVRecord, error) {
	answer, err := r.lookup(ctx, name, []dnsmessage.Type{dnsmessage.TypeSRV})
	return answer.srvs, err
}

// lookup tries the names that a name may stand for, until one has records. One
// that fails ends it: the next might be quite another place.
func (r *Resolver) lookup(ctx context.Context, name string, types []dnsmessage.Type) (answer, error) {
	c, err := r.config()
	if err != nil {
		return answer{}, &net.DNSError{Err: err.Error(), Name: name, IsTemporary: true}
	}
	empty := false
	for _, candidate := range c.candidates(name) {
		found, err := c.askAll(ctx, candidate, types)
		switch {
		case isNotFound(err):
		case err != nil:
			return answer{}, err
		case found.len() > 0:
			return found, nil
		default:
			empty = true
		}
	}
	if empty {
		return answer{}, nil
	}
	return answer{}, &net.DNSError{Err: "no such host", Name: name, IsNotFound: true}
}

// askAll asks for records of all types at once.
func (c config) askAll(ctx context.Context, name string, types []dnsmessage.Type) (answer, error) {
	results := make([]answer, len(types))
	errs := make([]error, len(types))
	done := make(chan int)
	for i := range types {
		go func() {
			results[i], errs[i] = c.ask(ctx, name, types[i])
			done <- i
		}()
	}
	for range types {
		<-done
	}
	var all answer
	for _, result := range results {
		all.addrs = append(all.addrs, result.addrs...)
		all.srvs = append(all.srvs, result.srvs...)
	}
	if all.len() > 0 {
		return all, nil
	}
	// A failure outweighs "there is none", which is only half of the truth then.
	var notFound error
	for _, err := range errs {
		switch {
		case isNotFound(err):
			notFound = err
		case err != nil:
			return answer{}, err
		}
	}
	return answer{}, notFound
}

// ask asks one server after the other until one knows.
func (c config) ask(ctx context.Context, name string, kind dnsmessage.Type) (answer, error) {
	question, err := newQuestion(name, kind)
	if err != nil {
		return answer{}, &net.DNSError{Err: err.Error(), Name: name}
	}
	var last error
	for range c.attempts {
		for _, server := range c.servers {
			found, err := c.askServer(ctx, server, question)
			if err == nil || isNotFound(err) {
				return found, err
			}
			last = cmp.Or(err, last)
			if ctx.Err() != nil {
				return answer{}, last
			}
		}
	}
	return answer{}, last
}

func (c config) askServer(ctx context.Context, server string, q question) (answer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	reply, err := exchange(ctx, server, q)
	if err == nil {
		var found answer
		if found, err = readAnswer(reply, q.Question); err == nil {
			return found, nil
		}
	}
	failed := &net.DNSError{Err: describe(err), Name: strings.TrimSuffix(q.Name.String(), "."), Server: server}
	var timeout net.Error
	failed.IsTimeout = errors.As(err, &timeout) && timeout.Timeout() || errors.Is(err, context.DeadlineExceeded)
	failed.IsNotFound = errors.Is(err, errNoName)
	failed.IsTemporary = !failed.IsNotFound
	return answer{}, failed
}

// describe shortens an error to what is the same each time, without the port
// that the question came from.
func describe(err error) string {
	var op *net.OpError
	if errors.As(err, &op) {
		return op.Op + ": " + op.Err.Error()
	}
	return err.Error()
}

func isNotFound(err error) bool {
	var failed *net.DNSError
	return errors.As(err, &failed) && failed.IsNotFound
}
