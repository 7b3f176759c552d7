package proxy

import (
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
// it alone knows how its client reached it; from others it is replaced.
func (h *Handler) forward(header http.Header, in *http.Request) {
	values := make([]string, 4) // of the fields, each a slice of one
	client, _, err := net.SplitHostPort(in.RemoteAddr)
	if err == nil {
		said := strings.Join(in.Header["X-Forwarded-For"], ", ")
		if said != "" {
			said += ", "
		}
		values[3] = said + client
		header["X-Forwarded-For"] = values[3:4:4]
	}
	trusted := h.trusts(client)
	if !trusted || len(in.Header["X-Forwarded-Host"]) == 0 {
		set(header, "X-Forwarded-Host", values[0:1:1], in.Host)
	}
	if !trusted || len(in.Header["X-Forwarded-Proto"]) == 0 {
		set(header, "X-Forwarded-Proto", values[1:2:2], scheme(in))
	}
	if !trusted || len(in.Header["Forwarded"]) == 0 {
		set(header, "Forwarded", values[2:3:3], forwarded(client, in))
	}
}

// trusts reports whether what the client says of others is believed.
func (h *Handler) trusts(client string) bool {
	address, err := netip.ParseAddr(client)
	if err != nil {
		return false
	}
	address = address.Unmap().WithZone("")
	return slices.ContainsFunc(h.trusted, func(p netip.Prefix) bool { return p.Contains(address) })
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

// forwarded returns an element of RFC 7239's Forwarded, "" for a client that has
// no address.
func forwarded(client string, in *http.Request) string {
	if client == "" {
		return ""
	}
	if strings.Contains(client, ":") {
		client = `"[` + client + `]"`
	}
	element := "for=" + client
	if host, ok := quoted(in.Host); ok && in.Host != "" {
		element += ";host=" + host
	}
	return element + ";proto=" + scheme(in)
}
