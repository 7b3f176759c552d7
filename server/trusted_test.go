package server

import (
	"net/http"
	"testing"
)

func TestTrustedProxiesAreReadAsTheyAreWritten(t *testing.T) {
	for text, want := range map[string]map[string]bool{
		"127.0.0.1":               {"127.0.0.1:80": true, "127.0.0.2:80": false, "[::ffff:127.0.0.1]:80": true},
		"10.1.2.3/8, 2001:db8::1": {"10.9.9.9:1": true, "11.0.0.1:1": false, "[2001:db8::1]:1": true, "[2001:db8::2]:1": false},
		"none":                    {"127.0.0.1:80": false, "": false, "@": false},
	} {
		list, err := ParseTrustedProxies(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		for remote, held := range want {
			if got := trustedProxies(list).holds(remote); got != held {
				t.Errorf("%s: is %q trusted: got %t, want %t", text, remote, got, held)
			}
		}
	}
	for _, text := range []string{"", "10.0.0.0/33", "localhost", "10.0.0.1,", "fe80::1%eth0"} {
		if list, err := ParseTrustedProxies(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, list)
		}
	}
}

func TestWhatProxiesSayIsBelievedFromTrustedOnesOnly(t *testing.T) {
	loopback := trustedProxies(LoopbackProxies())
	for _, c := range []struct {
		remote, forwardedFor, want string
	}{
		{"192.0.2.1:99", "198.51.100.7", "192.0.2.1"},
		{"127.0.0.1:99", "", "127.0.0.1"},
		{"127.0.0.1:99", "198.51.100.7", "198.51.100.7"},
		{"[::1]:99", "203.0.113.1, 198.51.100.7, 127.0.0.1", "198.51.100.7"},
		{"127.0.0.1:99", "198.51.100.7, unknown", "127.0.0.1"},
		{"no address", "198.51.100.7", "no address"},
	} {
		r := &http.Request{RemoteAddr: c.remote, Header: http.Header{"X-Forwarded-For": {c.forwardedFor}}}
		if got := loopback.client(r); got != c.want {
			t.Errorf("%s with %q: got %s, want %s", c.remote, c.forwardedFor, got, c.want)
		}
	}
	r := &http.Request{RemoteAddr: "127.0.0.1:1", Header: http.Header{"X-Forwarded-Host": {"board.example, inner"}}}
	if got := loopback.forwarded(r, "X-Forwarded-Host"); got != "board.example" {
		t.Errorf("host: got %q, want that of the first proxy", got)
	}
	if r.RemoteAddr = "192.0.2.1:1"; loopback.forwarded(r, "X-Forwarded-Host") != "" {
		t.Error("a client's own X-Forwarded-Host was believed")
	}
}
