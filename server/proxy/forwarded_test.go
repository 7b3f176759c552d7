package proxy_test

import (
	"net/netip"
	"strings"
	"testing"
)

// What a trusted proxy in front has said of its client is kept; it is said where
// none has, and said anew where it comes from elsewhere.
func TestWhatTheProxyInFrontSaid(t *testing.T) {
	const said = "X-Forwarded-For: 192.0.2.1\r\nX-Forwarded-For: 192.0.2.2\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: shop.example\r\nForwarded: for=192.0.2.1;proto=https\r\n"
	elsewhere := []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}
	for _, c := range []struct {
		what    string
		trusted []netip.Prefix
		sent    string
		want    []string
	}{
		{"from this machine", nil, said, []string{
			"X-Forwarded-For: 192.0.2.1, 192.0.2.2, 127.0.0.1", "X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example",
			"Forwarded: for=192.0.2.1;proto=https",
		}},
		{"only of the X kind", nil, "X-Forwarded-For: 192.0.2.1, 2001:db8::1, junk\r\nX-Forwarded-Proto: https\r\n", []string{
			"X-Forwarded-Proto: https", "X-Forwarded-Host: shop.test",
			`Forwarded: for=192.0.2.1;host="shop.test";proto=https, for="[2001:db8::1]", for=unknown, for=127.0.0.1`,
		}},
		{"only of the other kind", nil, "Forwarded: for=192.0.2.1; Proto=https;host=\"shop.example\", for=10.0.0.1;proto=http\r\n", []string{
			"X-Forwarded-Proto: https", "X-Forwarded-Host: shop.example",
			`Forwarded: for=192.0.2.1; Proto=https;host="shop.example", for=10.0.0.1;proto=http`,
		}},
		{"nothing, from this machine", nil, "", []string{
			"X-Forwarded-For: 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: shop.test",
			`Forwarded: for=127.0.0.1;host="shop.test";proto=http`,
		}},
		{"from elsewhere", elsewhere, said, []string{
			"X-Forwarded-For: 192.0.2.1, 192.0.2.2, 127.0.0.1", "X-Forwarded-Proto: http", "X-Forwarded-Host: shop.test",
			`Forwarded: for=127.0.0.1;host="shop.test";proto=http`,
		}},
		{"where none is trusted", []netip.Prefix{}, said, []string{"X-Forwarded-Proto: http", "X-Forwarded-Host: shop.test"}},
		{"from an address of a range", []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}, said, []string{"X-Forwarded-Proto: https"}},
	} {
		w, got := newRecorder(t, wireOptions{trusted: c.trusted}, ok)
		w.ask("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close\r\n" + c.sent + "\r\n")
		head := <-got
		for _, line := range c.want {
			name, _, _ := strings.Cut(line, ":")
			if !strings.Contains(head, "\r\n"+line+"\r\n") || strings.Count(head, "\r\n"+name+":") != 1 {
				t.Errorf("%s: got %q, want %q, once", c.what, head, line)
			}
		}
	}
}

// A client cannot take away what is said of it by calling it a matter of the
// connection.
func TestConnectionDoesNotTakeAwayWhoAsks(t *testing.T) {
	w, got := newRecorder(t, wireOptions{}, ok)
	w.ask("GET / HTTP/1.1\r\nHost: shop.test\r\nConnection: close, X-Forwarded-For, X-Forwarded-Host, Forwarded, Host\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n")
	head := <-got
	for _, want := range []string{"Host: shop.test\r\n", "X-Forwarded-For: 192.0.2.1, 127.0.0.1\r\n"} {
		if !strings.Contains(head, want) {
			t.Errorf("got %q, want %q", head, want)
		}
	}
}
