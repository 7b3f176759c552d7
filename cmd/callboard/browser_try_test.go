package main

import (
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

const tryIt = `[data-section="try"]`

func TestBrowserTryOnce(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=outline&select=boot.site")
	p.Click(tryIt + ` [data-command="try"]`)
	p.WaitVisible(tryIt + " .shown .way")
	if way := p.Text(tryIt + " .way"); !strings.HasPrefix(way, "site → pool_a → a") {
		t.Errorf("way: got %q, want it to lead over pool_a", way)
	}
	if sum := p.Text(tryIt + " .sum"); !strings.Contains(sum, " answered: 200 in ") {
		t.Errorf("got %q, want status 200", sum)
	}
	// What is shown survives that the section's director changes.
	r.must("PUT", "health", `{"pattern":"boot.pool_a","admin":"sick"}`)
	r.waitSeq(p)
	if p.Count(tryIt+" .way") != 1 {
		t.Error("the answer went with a patch")
	}
	p.Click(tryIt + ` .way a:nth-of-type(2)`)
	p.WaitText("#inspector-name", "boot.pool_a")
	p.WaitURL("face=outline")
}

func TestBrowserTryByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=outline&select=boot.pool_b")
	p.Fill("#form-try-requests", "900")
	p.Press("Tab")
	p.Press("Tab")
	p.Press("Tab")
	p.Press("Tab")
	p.WaitFor(`document.activeElement.id === "form-try-dry"`)
	p.Press("Space")
	p.Press("Tab")
	p.Press("Enter")
	p.WaitCount(tryIt+" .shares li", 2)
	if first := p.Text(tryIt + " .shares li"); !strings.HasPrefix(first, "b1") {
		t.Errorf("got %q, want b1, of weight 2, before b2", first)
	}
	p.WaitFor(`document.activeElement.matches('[data-command="try"]')`)
	p.Press("Tab")
	p.WaitFor(`document.activeElement.textContent === "b1"`)

	p.Allow(`^network: .*status of 422`)
	p.Fill("#form-try-requests", "9000")
	p.Click("#form-try-dry")
	p.Click(tryIt + ` [data-command="try"]`)
	p.WaitVisible("#form-try-requests[aria-invalid]")
	p.WaitFor(`document.activeElement.id === "form-try-requests"`)
	if p.Count(tryIt+" .shares") != 0 {
		t.Error("the answer before stands beside a refusal")
	}
}

func TestBrowserTryTellsErrors(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	r.must("PUT", "health", `{"pattern":"boot.c1","admin":"sick"}`)
	p := r.openPage("?face=outline&select=boot.c1")
	p.Click(tryIt + ` [data-command="try"]`)
	p.WaitVisible(tryIt + ` .sum[data-tone="bad"]`)
	if text := p.Text(tryIt + " .mishaps"); !strings.Contains(text, "unhealthy") {
		t.Errorf("got %q, want it to say that c1 is unhealthy", text)
	}
}

func TestBrowserTryWithoutJavaScript(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := browser.New(t)
	p.Timeout = patience
	p.JavaScript(false)
	p.Navigate(r.page("?face=outline&select=boot.site"))
	p.Follow(tryIt + ` [data-command="try"]`)
	p.WaitVisible("#answer .way")
	p.JavaScript(true) // axe is a script; the page that is there has run none
	p.Axe("the answer on its own page")
	p.JavaScript(false)
	p.Follow("main .button")
	p.WaitURL("?face=outline&select=boot.site")
	p.Navigate(r.page("?panel=add"))
	p.Fill("#add-backend\\.port", "1")
	p.Follow("#add-try")
	p.WaitVisible("#answer .sum")
}

func TestBrowserTryTheProbe(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?face=outline&select=boot.pool_a")
	p.Click(`[id^="new-members-"]`)
	p.WaitVisible("#add-into")
	p.Fill("#add-backend\\.port", "1")
	p.Click("#add-try")
	p.WaitFor(`/Not good: .*refused/.test(document.getElementById("probe-tried").textContent)`)
	p.Fill("#add-backend\\.port", r.portOf("a1"))
	p.Click("#add-try")
	p.WaitFor(`/Good: 200 in /.test(document.getElementById("probe-tried").textContent)`)
	p.Fill("#add-name", "a4")
	p.Press("Enter") // adds: it is the first button of the form
	p.WaitText("#inspector-name", "boot.a4")
	p.WaitFor(`document.querySelector('[data-section="holders"]').textContent.includes("pool_a")`)
}

func TestBrowserAddToAnEmptyBoard(t *testing.T) {
	t.Parallel()
	r := start(t, "serve")
	t.Cleanup(func() { r.stop() })
	p := openLive(t, r.board)
	p.Click(`.note[data-kind="empty"] a`)
	p.WaitVisible("#add-name")
	p.Fill("#add-name", "a")
	p.Fill("#add-backend\\.port", "1")
	p.Click("#add-submit")
	p.WaitText("#inspector-name", "boot.a")
	if p.Count(`.note[data-kind="empty"]`) != 0 {
		t.Error("the board says that it is empty, with a director on it")
	}
}

// portOf returns the port of one of the demo's backends.
func (r *running) portOf(name string) string {
	r.t.Helper()
	answer := r.must("GET", "directors/"+name, "")
	_, port, _ := strings.Cut(answer, `127.0.0.1:`)
	return port[:strings.IndexFunc(port, func(c rune) bool { return c < '0' || c > '9' })]
}

// triedState is a director that was tried, with errors and without.
func triedState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	r.must("PUT", "health", `{"pattern":"boot.b2","admin":"sick"}`)
	return scene{func(p *browser.Page) {
		r.live(r.page("?face=outline&select=boot.pool_b"))(p)
		p.Fill("#form-try-requests", "25")
		p.Click(tryIt + ` [data-command="try"]`)
		p.WaitVisible(tryIt + " .shares")
		p.Click(tryIt + " details summary")
		p.WaitVisible(tryIt + " .ways-list")
	}, r.changes}
}

// probeTriedState is the form for a new member, with a probe that was tried.
func probeTriedState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	return scene{func(p *browser.Page) {
		r.live(r.page("?face=outline&select=boot.pool_a&panel=add-backend%3Ainto"))(p)
		p.Fill("#add-backend\\.port", "1")
		p.Click("#add-try")
		p.WaitVisible("#probe-tried .sum")
	}, r.changes}
}
