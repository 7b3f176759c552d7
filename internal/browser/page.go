package browser

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/callboard/callboard/internal/await"
)

// DefaultTimeout is the [Page.Timeout] of a page where none is set.
const DefaultTimeout = 30 * time.Second

// pollInterval is how long a wait leaves the page alone before it looks again.
const pollInterval = 20 * time.Millisecond

// A Page is one tab with a profile of its own. A method that cannot do what it
// says ends the test through its testing.TB. Selectors are CSS and mean the
// first element that matches.
type Page struct {
	// Timeout says how often a wait looks at the page before it gives up: as
	// often as fits into that time where the page answers at once. It counts
	// answers, so that a busy machine, where they come late, has longer. What
	// waits for a single answer has no limit. Zero means [DefaultTimeout].
	Timeout time.Duration

	t        testing.TB
	ctx      context.Context // ends with the page, or when it crashes
	problems problems
	media    map[string]string // emulated media features
}

// New returns an empty page of 1280 by 800 CSS pixels, and closes it when the
// test ends. Without Chromium the test is skipped, in CI it fails.
func New(t testing.TB) *Page {
	t.Helper()
	browser, err := process.start()
	require(t, err)

	p := &Page{t: t, media: make(map[string]string)}
	ctx, closePage := chromedp.NewContext(browser,
		chromedp.WithNewBrowserContext(),
		chromedp.WithListener(p.problems.listen))
	p.ctx, p.problems.crashed = context.WithCancel(ctx)
	t.Cleanup(func() {
		t.Helper()
		p.report()
		p.problems.crashed()
		closePage()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("browser: opening a page: %v", err)
	}
	p.SetViewport(1280, 800, 1)
	return p
}

// Open returns a page that has loaded the address.
func Open(t testing.TB, url string) *Page {
	t.Helper()
	p := New(t)
	p.Navigate(url)
	return p
}

// Navigate loads the address and waits for the load event.
func (p *Page) Navigate(url string) {
	p.t.Helper()
	p.do("loading "+url, chromedp.Navigate(url))
	p.settle()
	if p.problems.forgetLostSockets() {
		p.Reload()
	}
}

// Reload loads the page again and waits for the load event.
func (p *Page) Reload() {
	p.t.Helper()
	p.do("reloading", chromedp.Reload())
}

// Back goes back in the tab's history, to a page that the browser may have kept
// alive, and waits until it is shown.
func (p *Page) Back() {
	p.t.Helper()
	history := call(p, "reading the history", page.GetNavigationHistory, cdp.Empty{})
	if history.CurrentIndex < 1 {
		p.t.Fatalf("browser: going back: this is the first page")
	}
	entry := history.Entries[history.CurrentIndex-1]
	call(p, "going back", page.NavigateToHistoryEntry, page.NavigateToHistoryEntryParams{EntryID: entry.ID})
	p.waitFor("going back", `location.href === `+quote(entry.URL)+` && document.readyState === "complete"`)
}

// URL returns the address that the page shows.
func (p *Page) URL() string {
	p.t.Helper()
	return Eval[string](p, "location.href")
}

// HTML returns the document as it is now.
func (p *Page) HTML() string {
	p.t.Helper()
	return Eval[string](p, "document.documentElement.outerHTML")
}

// Eval returns the value of a JavaScript expression, awaited if it is a
// promise. T is decoded from JSON; a value that is undefined is T's zero value.
func Eval[T any](p *Page, expression string) T {
	p.t.Helper()
	var v T
	what := "evaluating " + expression
	defer p.say(what)()
	if err := evaluate(p.ctx, expression, &v); err != nil {
		p.fatal(what, err)
	}
	return v
}

// Screenshot writes the visible part of the page to a PNG file, and makes the
// folder of the file if need be.
func (p *Page) Screenshot(file string) {
	p.t.Helper()
	if err := capture(p.ctx, file); err != nil {
		p.fatal("taking a screenshot", err)
	}
}

func capture(ctx context.Context, file string) error {
	shot, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, shot.Data, 0o644)
}

// say tells on the test's log when the page takes long for what it does, until
// it has done it.
func (p *Page) say(what string) (done func()) {
	return await.Say(p.t, func() string { return "for the page, " + what })
}

// do runs actions as one step.
func (p *Page) do(what string, actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	defer p.say(what)()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.fatal(what, err)
	}
}

// call sends one protocol command as one step.
func call[P, R any](p *Page, what string, command cdp.Command[P, R], params P) R {
	p.t.Helper()
	defer p.say(what)()
	r, err := chromedp.Call(p.ctx, command, params)
	if err != nil {
		p.fatal(what, err)
	}
	return r
}

// errScript is an exception that an evaluated expression has thrown.
type errScript struct{ text string }

func (e *errScript) Error() string { return e.text }

// evaluate stores the value of the expression in v. It does not depend on the
// page's own scripts being allowed to run.
func evaluate(ctx context.Context, expression string, v any) error {
	return evaluateIn(ctx, 0, expression, v)
}

// evaluateIn does so in another world than the page's own, which is 0.
func evaluateIn(ctx context.Context, world runtime.ExecutionContextID, expression string, v any) error {
	yes := true
	res, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{
		Expression:    expression,
		ContextID:     world,
		ReturnByValue: &yes,
		AwaitPromise:  &yes,
	})
	if err != nil {
		return err
	}
	if d := res.ExceptionDetails; d != nil {
		return &errScript{exceptionText(d)}
	}
	if len(res.Result.Value) == 0 {
		return nil
	}
	if err := json.Unmarshal(res.Result.Value, v); err != nil {
		return fmt.Errorf("the value is %s: %w", res.Result.Value, err)
	}
	return nil
}

// fatal ends the test with what the page showed and what it complained of.
func (p *Page) fatal(what string, err error) {
	p.t.Helper()
	p.t.Fatalf("browser: %s: %v\n%s", what, err, p.dump())
}
