package dnsresolver

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/callboard/callboard/director/lb"
)

// An answer has the records that were asked for.
type answer struct {
	addrs []lb.AddrRecord
	srvs  []lb.SRVRecord
}

func (a answer) len() int { return len(a.addrs) + len(a.srvs) }

// errNoName reports that a server knows that there is no such name.
var errNoName = errors.New("no such host")

// readAnswer returns the records of an answer, whose time to live is at most
// that of the CNAME records that lead to them.
func readAnswer(message []byte, q dnsmessage.Question) (answer, error) {
	var p dnsmessage.Parser
	h, err := p.Start(message)
	if err != nil {
		return answer{}, err
	}
	switch h.RCode {
	case dnsmessage.RCodeSuccess:
	case dnsmessage.RCodeNameError:
		return answer{}, errNoName
	default:
		return answer{}, fmt.Errorf("server answers %s", strings.TrimPrefix(h.RCode.String(), "RCode"))
	}
	if err := p.SkipAllQuestions(); err != nil {
		return answer{}, err
	}
	records, err := p.AllAnswers()
	if err != nil {
		return answer{}, err
	}
	if len(records) == 0 && !h.Authoritative && !h.RecursionAvailable {
		return answer{}, errors.New("server refers to others") // and it is not known what they would say
	}
	names, ttl := chain(records, q.Name.String())
	var found answer
	for _, r := range records {
		if r.Header.Class == q.Class && r.Header.Type == q.Type && names[canonical(r.Header.Name)] {
			found.add(r, min(ttl, seconds(r.Header.TTL)))
		}
	}
	if found.len() == 0 && len(names) > 1 && !h.RecursionAvailable {
		return answer{}, errors.New("server does not follow the alias")
	}
	return found, nil
}

// longest is what a time to live is cut to that has its highest bit set or more
// (RFC 2181, 8: such a one is 0), and the start of any minimum.
const longest = 1<<31 - 1

// chain follows CNAME records from a name, whatever their order, and returns the
// names on the way and the least time to live. A loop of them ends by itself.
func chain(records []dnsmessage.Resource, name string) (map[string]bool, time.Duration) {
	next := make(map[string]dnsmessage.Resource)
	for _, r := range records {
		if r.Header.Type == dnsmessage.TypeCNAME {
			next[canonical(r.Header.Name)] = r
		}
	}
	ttl := longest * time.Second
	names := make(map[string]bool)
	for at := strings.ToLower(name); !names[at]; {
		names[at] = true
		if r, ok := next[at]; ok {
			ttl = min(ttl, seconds(r.Header.TTL))
			at = canonical(r.Body.(*dnsmessage.CNAMEResource).CNAME)
		}
	}
	return names, ttl
}

func (a *answer) add(r dnsmessage.Resource, ttl time.Duration) {
	switch body := r.Body.(type) {
	case *dnsmessage.AResource:
		a.addrs = append(a.addrs, lb.AddrRecord{Addr: netip.AddrFrom4(body.A), TTL: ttl})
	case *dnsmessage.AAAAResource:
		a.addrs = append(a.addrs, lb.AddrRecord{Addr: netip.AddrFrom16(body.AAAA), TTL: ttl})
	case *dnsmessage.SRVResource:
		a.srvs = append(a.srvs, lb.SRVRecord{
			Target: body.Target.String(), Port: body.Port, Priority: body.Priority, Weight: body.Weight, TTL: ttl,
		})
	}
}

func seconds(ttl uint32) time.Duration {
	if ttl > longest {
		return 0
	}
	return time.Duration(ttl) * time.Second
}

func canonical(name dnsmessage.Name) string { return strings.ToLower(name.String()) }
