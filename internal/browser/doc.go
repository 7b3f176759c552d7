// Package browser drives a real headless Chromium in end-to-end tests. It is
// imported by tests only.
//
//	func TestMain(m *testing.M) { browser.Main(m) }
//
//	func TestRename(t *testing.T) {
//		server := httptest.NewServer(handler)
//		t.Cleanup(server.Close)
//
//		page := browser.Open(t, server.URL)
//		page.Fill("#name", "a1")
//		page.Click("#save")
//		page.WaitText("#list", "a1")
//	}
//
// A page watches itself. Whatever a user would find in the developer tools
// (a console error, an uncaught exception, a violation of the content security
// policy, a request that failed or was answered with an error status) fails
// the test when it ends, unless [Page.Allow] said that it is expected.
//
// [Page.Axe] asks axe-core what is wrong with a page for people who see, hear or
// move less well. It comes from npm, see scripts/install-axe, and is no part of
// the program.
//
// # Waiting
//
// Nothing here sleeps for a fixed time. Whatever acts on an element first
// waits until the element is visible, enabled, at rest, and not covered by
// another; the Wait methods ask again until the answer is right. When a page
// has answered as often as [Page.Timeout] allows, the test fails with the last
// answer and with what the page showed. Every wait works with the page's scripts
// turned off, too.
//
// # Concurrency
//
// A test process has one Chromium, started by the first page and stopped by
// [Main]. Each [Page] has cookies, storage and cache of its own, so pages of
// parallel tests do not meet, and two pages of one test are two users. A Page
// belongs to one goroutine, its test's. A [Relay] may be used by any.
//
// A page is closed by a cleanup of its test. Make servers and relays before
// the pages that use them, so that they are closed after them.
package browser
