package proxy

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// Loopback are the addresses of this machine itself.
func Loopback() []netip.Prefix {
	return []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
}

// forward says where the request comes from. The client's address is added to
// X-Forwarded-For in any case. What else a trusted proxy has said is kept, since
// it alone knows how its client reached it; from others it is replaced. Fields
// that are missing are made of the others, so that they do not contradict them.
func (h *Handler) forward(header http.Header, in *http.Request) {
	values := make([]string, 4) // of the fields, each a slice of one
	client, _, err := net.SplitHostPort(in.RemoteAddr)
	before := strings.Join(in.Header["X-Forwarded-For"], ", ")
	if err == nil {
		values[3] = client
		if before != "" {
			values[3] = before + ", " + client
		}
		header["X-Forwarded-For"] = values[3:4:4]
	}
	trusted := h.trusts(client)
	if !trusted {
		before = ""
	}
	host, proto := in.Host, scheme(in)
	said := trusted && len(header["Forwarded"]) > 0
	if said {
		host = cmp.Or(parameter(header["Forwarded"][0], "host"), host)
		proto = cmp.Or(parameter(header["Forwarded"][0], "proto"), proto)
	}
	host = keep(header, "X-Forwarded-Host", trusted, values[0:1:1], host)
	proto = keep(header, "X-Forwarded-Proto", trusted, values[1:2:2], proto)
	if !said {
		set(header, "Forwarded", values[2:3:3], forwarded(before, client, host, proto))
	}
}

// keep keeps a field if it is trusted and there, and else sets it. It returns
// what the field says now: of a list, what the first proxy has said.
func keep(h http.Header, name string, trusted bool, values []string, value string) string {
	if came := h[name]; trusted && len(came) > 0 {
		first, _, _ := strings.Cut(came[0], ",")
		return strings.TrimSpace(first)
	}
	set(h, name, values, value)
	return value
}

// trusts reports whether what the client says of others is believed.
func (h *Handler) trusts(client string) bool {
	address, err := netip.ParseAddr(client)
	if err != nil {
		return false
	}
	return Contains(h.trusted, address)
}

// Contains reports whether an address, which may be an IPv4 address in the form
// of IPv6 or have a zone, is in one of the prefixes.
func Contains(list []netip.Prefix, address netip.Addr) bool {
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(list, func(p netip.Prefix) bool { return p.Contains(address) })
}

// set sets a field, in a slice of one, or takes it away if there is nothing to
// say.
func set(h http.Header, name string, values []string, value string) {
	if value == "" {
		delete(h, name)
		return
	}
	values[0] = value
	h[name] = values
}

func scheme(in *http.Request) string {
	if in.TLS != nil {
		return "https"
	}
	return "http"
}

// forwarded returns RFC 7239's Forwarded: an element for each address that
// trusted proxies have said and for the client, of which the first says how the
// request was made. It is "" for a client that has no address.
func forwarded(before, client, host, proto string) string {
	if client == "" {
		return ""
	}
	how := ""
	if text, ok := quoted(host); ok && host != "" {
		how = ";host=" + text
	}
	if proto == "http" || proto == "https" {
		how += ";proto=" + proto
	}
	if before == "" {
		return "for=" + node(client) + how
	}
	var list strings.Builder
	for address := range strings.SplitSeq(before, ",") {
		list.WriteString("for=" + node(strings.TrimSpace(address)) + how + ", ")
		how = ""
	}
	return list.String() + "for=" + node(client)
}

// node returns an address as RFC 7239, section 6, wants it.
func node(address string) string {
	switch a, err := netip.ParseAddr(address); {
	case err != nil:
		return "unknown"
	case a.Is4():
		return address
	}
	return `"[` + address + `]"`
}

// parameter returns a parameter of the first element of Forwarded, "" if it has
// it not.
func parameter(line, name string) string {
	first, _, _ := strings.Cut(line, ",")
	for pair := range strings.SplitSeq(first, ";") {
		key, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(key, name) {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}
