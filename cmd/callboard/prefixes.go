package main

import (
	"fmt"
	"net/netip"
	"strings"
)

// prefixes are the value of a flag that lists addresses and ranges of them. It
// replaces what it was before.
type prefixes []netip.Prefix

func (p *prefixes) String() string {
	if p == nil || len(*p) == 0 {
		return "none"
	}
	texts := make([]string, len(*p))
	for i, prefix := range *p {
		texts[i] = prefix.String()
	}
	return strings.Join(texts, ",")
}

// Set implements [flag.Value].
func (p *prefixes) Set(text string) error {
	list := prefixes{} // not nil, which would mean the default
	if text != "none" {
		for part := range strings.SplitSeq(text, ",") {
			prefix, err := parsePrefix(strings.TrimSpace(part))
			if err != nil {
				return err
			}
			list = append(list, prefix)
		}
	}
	*p = list
	return nil
}

func parsePrefix(text string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%q is no address and no range of them: use 192.0.2.1, 10.0.0.0/8, or none", text)
	}
	return prefix, nil
}
