package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// A stream that ends before the user ends it has to look unlike one that had all
// its events: a script would take it for that.
func TestFollowedEventsThatEndAreAnError(t *testing.T) {
	const event = `{"seq":1,"time":"2026-01-02T03:04:05Z","kind":"vcl.added","vcl":"boot"}` + "\n"
	for body, want := range map[string]int{
		event: exitUnreachable, event + event: exitOK, event + event + event: exitOK, `{"gap":true,"after":0,"oldest":1}` + "\n" + event: exitUnreachable,
	} {
		board := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) }))
		code, stdout, stderr := call(t.Context(), "events", "--follow", "--limit", "2", "--instance", "test", "--url", board.URL)
		if code != want || (code != 0) != (stderr != "") || !strings.Contains(stdout, "vcl.added") {
			t.Errorf("%s: got %d, %q, %q, want %d", body, code, stdout, stderr, want)
		}
		board.Close()
	}
}
