package server

import (
	"strings"
	"testing"
)

// Everyone who looks at the page sees where step mode stands, and the form that
// lets it go on is there.
func TestThePageWalksThroughStepMode(t *testing.T) {
	g := newRig(t, nil)
	page := func() string { return g.send("GET", "i/test/", "").body }
	if got := page(); !strings.Contains(got, `id="step-switch"`) || strings.Contains(got, `id="stepping"`) {
		t.Fatal("without step mode: want its switch, and no bar")
	}
	form := []string{"Content-Type", "application/x-www-form-urlencoded"}
	if got := g.send("POST", api+"step", "_method=PUT&on=true&_back=.", form...).status; got >= 400 {
		t.Fatalf("switch on: got %d", got)
	}
	g.send("DELETE", api+"directors/site", "")
	steps := []string{"is held before release", "is held before the drop of the last reference", "is held before destroy", "Nothing is held"}
	// The default slot holds site, so its release is followed by nothing until
	// the slot lets go.
	g.send("PUT", api+"vcls/boot/default", `{"director":""}`)
	for i, want := range steps {
		if got := page(); !strings.Contains(got, want) {
			t.Fatalf("step %d: the page does not say %q", i, want)
		}
		if i < len(steps)-1 {
			if got := g.send("POST", api+"step/next", "_back=.", form...).status; got >= 400 {
				t.Fatalf("step %d: next: got %d", i, got)
			}
		}
	}
}
