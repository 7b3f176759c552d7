package browser

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// startTimeout bounds the start of Chromium and of each page. A machine with
// two busy cores needs a few seconds for the first start.
const startTimeout = 60 * time.Second

// process is the one Chromium of this test process.
var process chromium

type chromium struct {
	mu       sync.Mutex // guards the fields below
	managed  bool       // Main runs, so that somebody will stop the browser
	ctx      context.Context
	stop     []context.CancelFunc // to be called from the last to the first
	startErr error
}

var (
	errNotFound = errors.New("no chromium, chromium-browser or google-chrome on PATH (make test installs it)")
	errNoMain   = errors.New("call browser.Main from TestMain, or nobody stops the browser")
)

// Main runs the tests, stops Chromium if a test has started it, and ends the
// process. It is meant to be all that TestMain calls.
func Main(m *testing.M) {
	process.mu.Lock()
	process.managed = true
	process.mu.Unlock()
	code := m.Run()
	process.close()
	os.Exit(code)
}

// start returns the context of the running browser; the first call starts it.
func (c *chromium) start() (context.Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.managed {
		return nil, errNoMain
	}
	if c.ctx != nil || c.startErr != nil {
		return c.ctx, c.startErr
	}
	path, err := find()
	if err != nil {
		c.startErr = err
		return nil, err
	}
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path),
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("no-sandbox", os.Getuid() == 0),
		chromedp.Flag("no-proxy-server", true),
		// Names that are not localhost, for which a browser has other rules, and
		// whatever certificate a test's server has.
		chromedp.Flag("host-resolver-rules", "MAP *.test 127.0.0.1"),
		chromedp.Flag("ignore-certificate-errors", true),
		chromedp.Flag("hide-scrollbars", true),
		chromedp.Flag("font-render-hinting", "none"),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	c.stop = []context.CancelFunc{stopAllocator, stopBrowser}
	if err := startBounded(ctx); err != nil {
		c.startErr = fmt.Errorf("starting %s: %w", path, err)
		return nil, c.startErr
	}
	c.ctx = ctx
	return ctx, nil
}

// close stops the browser and waits until it and its profile folder are gone.
func (c *chromium) close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ctx != nil {
		ctx, cancel := context.WithTimeout(c.ctx, 10*time.Second)
		_ = chromedp.Cancel(ctx) // a browser that does not close in time is killed below
		cancel()
	}
	for i := len(c.stop) - 1; i >= 0; i-- {
		c.stop[i]()
	}
	c.ctx, c.stop = nil, nil
}

// startBounded runs the first action on a chromedp context. The context of
// that action is the lifetime of what it starts, so it cannot carry a timeout;
// the wait for it can.
func startBounded(ctx context.Context) error {
	done := make(chan error, 1)
	go func() { done <- chromedp.Do(ctx) }()
	timer := time.NewTimer(startTimeout)
	defer timer.Stop()
	select {
	case err := <-done:
		return err
	case <-timer.C:
		return fmt.Errorf("no answer within %v", startTimeout)
	}
}

// find returns the path of an installed browser.
func find() (string, error) {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errNotFound
}

// require ends the test if there is no browser, or no axe: as a failure, except
// that a machine without them outside CI skips.
func require(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case (errors.Is(err, errNotFound) || errors.Is(err, errNoAxe)) && os.Getenv("CI") == "":
		t.Skipf("browser: %v", err)
	default:
		t.Fatalf("browser: %v", err)
	}
}
