package browser_test

import (
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

func Example() {
	// In a test file: func TestMain(m *testing.M) { browser.Main(m) }
	_ = func(t *testing.T, boardURL string) {
		relay := browser.NewRelay(t, boardURL)
		page := browser.Open(t, relay.URL())
		page.Allow("WebSocket")

		page.Fill("#name", "a4")
		page.Click("#add")
		page.WaitText("#events", "added")

		relay.Cut()
		page.WaitText("#connection", "lost")
		relay.Restore()
		page.WaitGone("#connection")
	}
}
