package server

import (
	"strings"
	"testing"
)

// What a page asks after its handshake failed has the answer of the handshake.
func TestWhyAPageCannotListen(t *testing.T) {
	g := newRig(t, func(o *Options) { o.AllowedHosts = []string{"board.example"} })
	key := g.key()
	const why = "i/test/live?why&epoch=e&seq=1"
	for _, c := range []struct {
		what   string
		path   string
		status int
		mend   string // a part of it
		header []string
	}{
		{"the board's own address", why, 200, "Upgrade", []string{originHeader, "http://board.example:8080", "Host", "board.example"}},
		{"another address", why, 403, "--allow-origin http://board.example", []string{originHeader, "http://board.example"}},
		{"with the key", why, 200, "Upgrade", []string{originHeader, "http://board.example", keyHeader, key}},
		{"the browser says more of this request than of a handshake", why, 403, "--allow-origin",
			[]string{originHeader, "https://board.example", "Sec-Fetch-Site", "same-origin"}},
		{"a name that the board does not have", why, 421, "--allow-host other.example",
			[]string{originHeader, "http://other.example", "Host", "other.example:8080"}},
		{"no such instance", "i/none/live?why", 404, "", nil},
		{"a handshake without its Upgrade", "i/test/live", 426, "Upgrade", []string{"Connection", "close"}},
		{"by hand", why, 200, "Upgrade", nil},
	} {
		a := g.send("GET", c.path, "", c.header...).is(c.status)
		answer := into[whyAnswer](a)
		if answer.Detail == "" || !strings.Contains(answer.Mend, c.mend) {
			t.Errorf("%s: got %+v, want words, and how to mend it: %q", c.what, answer, c.mend)
		}
	}
}
