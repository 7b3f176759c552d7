package server

import (
	"net/http/httptest"
	"testing"
)

func TestAddressesKeepWhatTheClientSees(t *testing.T) {
	g := newRig(t, nil)
	for _, c := range []struct {
		what, asked, want string
		remote            string
		header            []string
	}{
		{"alone", "/api/docs?x=1", "http://board.example:8080/", "192.0.2.1:9", nil},
		{"mounted", "/ops/api/docs", "http://board.example:8080/ops/", "192.0.2.1:9", nil},
		{"behind a proxy", "/api/docs", "https://shop.example/board/", "127.0.0.1:9",
			[]string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.example, inner:80", "X-Forwarded-Prefix", "/board/"}},
		{"mounted behind a proxy", "/ops/api/docs", "https://board.example:8080/a/b/ops/", "127.0.0.1:9",
			[]string{"X-Forwarded-Proto", "HTTPS", "X-Forwarded-Prefix", "/a/b"}},
		{"behind one that is not trusted", "/api/docs", "http://board.example:8080/", "192.0.2.1:9",
			[]string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "shop.example", "X-Forwarded-Prefix", "/board"}},
		{"nonsense", "/api/docs", "http://board.example:8080/", "127.0.0.1:9",
			[]string{"X-Forwarded-Proto", "ftp", "X-Forwarded-Host", "a';id'", "X-Forwarded-Prefix", "//evil.example"}},
	} {
		r := httptest.NewRequest("GET", c.asked, nil)
		r.Host, r.RemoteAddr = "board.example:8080", c.remote
		for i := 0; i < len(c.header); i += 2 {
			r.Header.Set(c.header[i], c.header[i+1])
		}
		if got := g.board.mountURL(r, "api/docs"); got != c.want {
			t.Errorf("%s: got %s, want %s", c.what, got, c.want)
		}
	}
}
