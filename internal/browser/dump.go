package browser

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"
)

// dumpLimit is how many bytes of the page's text a failure shows.
const dumpLimit = 4000

// dump describes the page for a failed test. With `go test -artifacts` it
// keeps a picture, too.
func (p *Page) dump() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	var now struct{ URL, Title, Focus, Text string }
	err := evaluate(ctx, `({
		URL: location.href,
		Title: document.title,
		Focus: document.activeElement ? document.activeElement.cloneNode(false).outerHTML : "",
		Text: document.body ? document.body.innerText : "",
	})`, &now)
	if err != nil {
		return fmt.Sprintf("the page does not answer: %v", err)
	}
	if len(now.Text) > dumpLimit {
		now.Text = strings.ToValidUTF8(now.Text[:dumpLimit], "") + "…"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "address: %s\ntitle:   %s\nfocus:   %s\n", now.URL, now.Title, now.Focus)
	for _, problem := range p.problems.list() {
		fmt.Fprintf(&b, "problem: %s\n", problem)
	}
	file := filepath.Join(p.t.ArtifactDir(), "page.png")
	if capture(ctx, file) == nil {
		fmt.Fprintf(&b, "picture: %s (kept with go test -artifacts)\n", file)
	}
	fmt.Fprintf(&b, "--- text of the page\n%s\n---", now.Text)
	return b.String()
}
