package server

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/callboard/callboard/server/proxy"
)

// A trustedProxies is the list of the addresses whose X-Forwarded headers are
// believed. What others send in them is a claim of a client.
type trustedProxies []netip.Prefix

// LoopbackProxies are the proxies that are trusted where nothing else is said:
// those on this machine.
func LoopbackProxies() []netip.Prefix {
	return proxy.Loopback()
}

// ParseTrustedProxies reads addresses and prefixes that are separated by commas:
// "127.0.0.1, 10.0.0.0/8". "none" stands for an empty list, which is not nil.
func ParseTrustedProxies(text string) ([]netip.Prefix, error) {
	list := []netip.Prefix{}
	if strings.TrimSpace(text) == "none" {
		return list, nil
	}
	for word := range strings.SplitSeq(text, ",") {
		word = strings.TrimSpace(word)
		prefix, err := netip.ParsePrefix(word)
		if err != nil {
			address, errAddress := netip.ParseAddr(word)
			if errAddress != nil || address.Zone() != "" {
				return nil, fmt.Errorf("trusted proxy %q: %w", word, errNoPrefix)
			}
			prefix = netip.PrefixFrom(address, address.BitLen())
		}
		list = append(list, prefix.Masked())
	}
	return list, nil
}

var errNoPrefix = errors.New("give an address (192.0.2.7), a prefix (10.0.0.0/8), or none")

// holds reports whether a connection comes from a proxy of the list. remote is an
// address with a port, as in [http.Request.RemoteAddr].
func (t trustedProxies) holds(remote string) bool {
	address, err := netip.ParseAddrPort(remote)
	return err == nil && t.contains(address.Addr())
}

func (t trustedProxies) contains(address netip.Addr) bool {
	return proxy.Contains(t, address)
}

// forwarded returns the first value of a header that proxies add to, "" if the
// request does not come from a trusted one. The first is what the proxy next to
// the client has said.
func (t trustedProxies) forwarded(r *http.Request, header string) string {
	if !t.holds(r.RemoteAddr) {
		return ""
	}
	first, _, _ := strings.Cut(r.Header.Get(header), ",")
	return strings.TrimSpace(first)
}

// client returns the address that a request comes from: of the addresses in
// X-Forwarded-For the last that is of no trusted proxy, or else the connection's.
func (t trustedProxies) client(r *http.Request) string {
	from, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	if !t.holds(r.RemoteAddr) {
		return from
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		address, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break // what stands before it cannot be believed either
		}
		from = address.Unmap().String()
		if !t.contains(address) {
			break
		}
	}
	return from
}
