package lb

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

func dnsType() Type {
	return Type{
		Name: "dns", Watches: true, Help: "watches a name and keeps a backend for each of its addresses; takes healthy ones in turn",
		Options: append(dnsSettings(), dnsBackendSettings()...), make: makeDNS,
	}
}

func dnsSettings() []Option {
	return []Option{
		// A default, so that each type can be made without settings, and a form can
		// find the one that is wrong by trying it alone.
		{Name: "host", Kind: "text", Default: "localhost",
			Help: "the name to watch: shop.internal, or _http._tcp.shop.internal for srv"},
		{Name: "port", Kind: "port", Help: "of the backends, 80 if empty, 443 with tls; SRV records have their own"},
		{Name: "srv", Kind: "bool", Default: "false", Help: "watch SRV records, with their priorities and weights"},
		{Name: "network", Kind: "choice", Choices: []string{"ip", "ip4", "ip6"}, Default: "ip",
			Help: "the kind of addresses to use"},
		{Name: "allow", Kind: "text", Help: "networks that addresses have to be in: 10.0.0.0/8, fd00::/8; any if empty"},
		{Name: "ttl", Kind: "duration", Default: defaultTTL.String(),
			Help: "how long an answer is good for that does not say so itself"},
		{Name: "ttl_from", Kind: "choice", Choices: []string{"dns", "cfg", "min", "max"}, Default: string(TTLFromDNS),
			Help: "what counts: the answer's time to live, the ttl above, the smaller or the larger of both"},
		{Name: "ttl_min", Kind: "duration", Default: defaultTTLMin.String(), Help: "the least time to live to believe"},
		{Name: "ttl_max", Kind: "duration", Default: "0s", Help: "the longest time to live to believe; 0 is no limit"},
		{Name: "retry_after", Kind: "duration", Default: defaultRetryAfter.String(),
			Help: "how long after a failure to look again"},
		{Name: "keep", Kind: "int", Default: strconv.Itoa(defaultKeep),
			Help: "number of answers that a backend survives without being in them"},
		{Name: "first_lookup_timeout", Kind: "duration", Default: defaultFirstLookupTimeout.String(),
			Help: "how long requests wait for the first answer"},
	}
}

func dnsBackendSettings() []Option {
	return []Option{
		{Name: "host_header", Kind: "text", Help: "for requests without one and for probes; the host if empty"},
		{Name: "tls", Kind: "bool", Default: "false", Help: "speak TLS to the backends, and check their certificates"},
		{Name: "max_connections", Kind: "int", Default: "0", Help: "requests at one backend at one time; 0 is no limit"},
		{Name: "connect_timeout", Kind: "duration", Default: "3.5s", Help: "for a connection to a backend"},
		{Name: "first_byte_timeout", Kind: "duration", Default: "1m0s", Help: "from the request to the answer's header"},
		{Name: "between_bytes_timeout", Kind: "duration", Default: "1m0s", Help: "for each read of the answer's body"},
		{Name: "probe", Kind: "text", URL: true, Help: "path to poke each backend at, /health; no probe if empty"},
		{Name: "probe_interval", Kind: "duration", Default: "5s", Help: "between two pokes"},
		{Name: "probe_timeout", Kind: "duration", Default: "2s", Help: "of a poke"},
		{Name: "probe_window", Kind: "int", Default: "8", Help: "number of the newest pokes that count"},
		{Name: "probe_threshold", Kind: "int", Default: "3", Help: "how many of them have to be good"},
		{Name: "probe_expected_response", Kind: "int", Default: "200", Help: "the status that is good"},
	}
}

func makeDNS(o options) (director.Implementation, error) {
	allow, err := parsePrefixes(o["allow"])
	if err != nil {
		return nil, err
	}
	keep := o.int("keep")
	return NewDNS(DNSOptions{
		Host: o["host"], Port: o.port("port"), SRV: o.bool("srv"), Network: o["network"], Allow: allow,
		TTLFrom: TTLFrom(o["ttl_from"]), TTL: o.duration("ttl"),
		TTLMin: o.duration("ttl_min"), TTLMax: o.duration("ttl_max"),
		RetryAfter: o.duration("retry_after"), Keep: &keep, FirstLookupTimeout: o.duration("first_lookup_timeout"),
		Backend: dnsBackend(o),
	})
}

func dnsBackend(o options) backend.Config {
	c := backend.Config{
		HostHeader: o["host_header"], MaxConnections: o.int("max_connections"),
		ConnectTimeout:      backend.Duration(o.duration("connect_timeout")),
		FirstByteTimeout:    backend.Duration(o.duration("first_byte_timeout")),
		BetweenBytesTimeout: backend.Duration(o.duration("between_bytes_timeout")),
	}
	if o.bool("tls") {
		c.TLS = new(backend.TLSConfig)
	}
	if o["probe"] != "" {
		c.Probe = &backend.ProbeConfig{
			URL:      o["probe"],
			Interval: backend.Duration(o.duration("probe_interval")), Timeout: backend.Duration(o.duration("probe_timeout")),
			Window: o.int("probe_window"), Threshold: o.int("probe_threshold"),
			ExpectedResponse: o.int("probe_expected_response"),
		}
	}
	return c
}

// parsePrefixes reads networks, or single addresses, parted by commas or spaces.
func parsePrefixes(text string) ([]netip.Prefix, error) {
	var prefixes []netip.Prefix
	for _, field := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' }) {
		prefix, err := netip.ParsePrefix(field)
		if addr, single := netip.ParseAddr(field); single == nil {
			prefix, err = addr.Prefix(addr.BitLen())
		}
		if err != nil {
			return nil, fmt.Errorf("allow %q: %w: a network is written 10.0.0.0/8", field, director.ErrInvalid)
		}
		prefixes = append(prefixes, prefix)
	}
	return prefixes, nil
}
