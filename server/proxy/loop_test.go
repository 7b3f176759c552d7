package proxy

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// The request is the server's and may be read by others afterwards. A client
// cannot take the name away by calling Via a field of its connection.
func TestSigningLeavesTheRequestAsItIs(t *testing.T) {
	var sent []string
	h := New(Options{Transport: roundTripper(func(r *http.Request) (*http.Response, error) {
		sent = r.Header[via]
		return &http.Response{StatusCode: 204, Body: http.NoBody, Header: http.Header{}}, nil
	})})
	r := httptest.NewRequest("GET", "/", nil)
	r.Header[via] = append(make([]string, 0, 4), "1.1 front")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got, want := strings.Join(sent, ", "), "1.1 front, "+h.loops.line; got != want {
		t.Errorf("sent %q, want %q", got, want)
	}
	if lines := r.Header[via]; len(lines) != 1 || lines[:2][1] != "" {
		t.Errorf("got %q afterwards, want it as it was", lines[:2])
	}
	r.Header.Set("Connection", "via")
	h.ServeHTTP(httptest.NewRecorder(), r)
	if got := strings.Join(sent, ", "); got != h.loops.line {
		t.Errorf("with Connection: via, sent %q, want %q", got, h.loops.line)
	}
}
