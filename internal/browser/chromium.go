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
	errNotFound = errors.New("no Chromium on PATH (make test installs it)")
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
	path, err := find(programs)
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
		// The pages of one profile share a few processes, as those of a
		// browser with little memory do: starting one for each load is a
		// third of the work.
		chromedp.Flag("renderer-process-limit", "2"),
		chromedp.Flag("disable-site-isolation-trials", true),
		// How long the start takes is up to the machine.
		chromedp.WSURLReadTimeout(time.Hour),
	)
	allocator, stopAllocator := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, stopBrowser := chromedp.NewContext(allocator)
	c.stop = []context.CancelFunc{stopAllocator, stopBrowser}
	if err := chromedp.Do(ctx); err != nil {
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

// programs are the browsers that will do, the best first: the headless shell
// draws as Chromium does and has no profiles, windows and services to start for
// each page, which is half of Chromium's work in these tests. Debian's script
// for the shell does not become it, so a signal to the script would not reach it.
var programs = []string{
	"/usr/lib/chromium/chromium-headless-shell", "chromium-headless-shell", "chrome-headless-shell",
	"chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
}

// find returns the path of the first program that is installed.
func find(programs []string) (string, error) {
	for _, name := range programs {
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
