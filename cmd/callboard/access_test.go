package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
)

// The flags that say which pages may use the board, and whom it believes.
func TestFlagsForPagesAndProxies(t *testing.T) {
	t.Parallel()
	r := start(t, "serve", "--allow-origin", "https://wiki.example", "--allow-host", "board.example", "--trusted-proxies", "192.0.2.0/24")
	defer r.stop()
	for _, c := range []struct {
		what   string
		status int
		header map[string]string
	}{
		{"an origin that was named", 200, map[string]string{"X-Callboard-Origin": "https://wiki.example"}},
		{"another", 403, map[string]string{"X-Callboard-Origin": "https://other.example"}},
		{"its own", 200, map[string]string{"X-Callboard-Origin": "https://board.example", "Host": "board.example"}},
		{"the word of a proxy that is not trusted", 403, map[string]string{"X-Callboard-Origin": "https://a.example", "X-Forwarded-Host": "a.example"}},
		{"a name that was not", 421, map[string]string{"Host": "wiki.example"}},
	} {
		req, err := http.NewRequest("GET", r.board+"i/main/live?why", nil)
		if err != nil {
			t.Fatal(err)
		}
		for name, value := range c.header {
			req.Header.Set(name, value)
		}
		req.Host = c.header["Host"]
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		var answer struct{ Detail, Mend string }
		err = json.NewDecoder(resp.Body).Decode(&answer)
		resp.Body.Close()
		if err != nil || resp.StatusCode != c.status || answer.Mend == "" {
			t.Errorf("%s: got %d %+v, %v, want %d and what to do", c.what, resp.StatusCode, answer, err, c.status)
		}
	}
	for flag, want := range map[string]struct {
		code  int
		words string
	}{
		"--trusted-proxies=nginx":   {exitUsage, "give an address"},
		"--allow-origin=wiki/board": {exitRefused, "give a scheme"},
	} {
		code, _, stderr := call(t.Context(), "serve", "--addr", "127.0.0.1:0", "--proxy", "127.0.0.1:0", flag)
		if code != want.code || !strings.Contains(stderr, want.words) {
			t.Errorf("%s: got %d, %s, want %d and %q", flag, code, stderr, want.code, want.words)
		}
	}
}
