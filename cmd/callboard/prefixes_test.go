package main

import "testing"

func TestTrustedProxiesAreParsed(t *testing.T) {
	for text, want := range map[string]string{
		"none": "none", "192.0.2.1": "192.0.2.1/32", "10.0.0.0/8, ::1": "10.0.0.0/8,::1/128", "2001:db8::/32": "2001:db8::/32",
		"": "", "all": "", "10.0.0.0/33": "", "192.0.2.1,": "", "fe80::1%eth0": "",
	} {
		p := prefixes{}
		err := p.Set(text)
		if got := p.String(); (err != nil) != (want == "") || err == nil && got != want {
			t.Errorf("%q: got %q, %v, want %q", text, got, err, want)
		}
		if err == nil && p == nil {
			t.Errorf("%q: got nil, which is the default", text)
		}
	}
}
