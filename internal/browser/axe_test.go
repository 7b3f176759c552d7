package browser

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// Axe finds what is wrong in a page whose policy allows no script but its own,
// says where, and leaves nothing behind in the page.
func TestAxe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; img-src data:")
		if r.URL.Path == "/style.css" {
			w.Header().Set("Content-Type", "text/css")
			_, _ = w.Write([]byte(`#pale { color: #bbb; background: #fff } @media (prefers-color-scheme: dark) { #pale { color: #000 } }`))
			return
		}
		html(w, `<!doctype html><html lang="en"><title>x</title><link rel="icon" href="data:,"><link rel="stylesheet" href="style.css">
			<main><h1>One</h1><p id="pale">hard to read</p></main>`)
	}))
	t.Cleanup(server.Close)
	got := try(t, func(t testing.TB) {
		p := Open(t, server.URL)
		p.Axe("light")
		p.Dark(true)
		p.Axe("dark")
		if Eval[bool](p, `"axe" in window`) {
			t.Errorf("the page has axe's variable")
		}
	})
	if !strings.HasPrefix(got, "browser: light: color-contrast: ") || !strings.Contains(got, "\n\t#pale\n\t\tFix any") || strings.Contains(got, "dark:") {
		t.Errorf("got %s, want the contrast of #pale in light only", got)
	}
}
