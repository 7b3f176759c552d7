package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// A chaos makes random changes over the API. What is refused is fine.
type chaos struct {
	r     *running
	rand  *rand.Rand
	added int
}

func newChaos(r *running) *chaos {
	seed := rand.Uint64()
	r.t.Logf("seed %d", seed)
	return &chaos{r: r, rand: rand.New(rand.NewPCG(seed, 0))}
}

func (c *chaos) burst(n int) {
	c.r.t.Helper()
	for range n {
		method, path, body := c.change()
		if status, answer := c.r.send(method, path, body); status >= 500 {
			c.r.t.Fatalf("%s %s %s: got %d %s", method, path, body, status, answer)
		}
	}
}

func (c *chaos) change() (method, path, body string) {
	pool := pickOne(c.rand, "pool_a", "pool_b", "cache", "site")
	slot := fmt.Sprintf("directors/%s/members/%d", pool, 1+c.rand.IntN(4))
	target := fmt.Sprintf(`{"director":%q,"weight":%d}`, c.anyone(), 1+c.rand.IntN(3))
	switch c.rand.IntN(9) {
	case 0, 1:
		return "PUT", "health", fmt.Sprintf(`{"pattern":%q,"admin":%q}`, c.anyone(), pickOne(c.rand, "auto", "healthy", "sick"))
	case 2:
		return "POST", "directors/" + pool + "/members", target
	case 3:
		return "PUT", slot, target
	case 4:
		return "DELETE", slot, ""
	case 5:
		return "POST", "directors/" + c.anyone() + "/pins", `{"note":"lunch"}`
	case 6:
		return "DELETE", fmt.Sprintf("pins/%d", 1+c.rand.IntN(6)), ""
	case 7:
		return "DELETE", "directors/" + c.one(), ""
	}
	c.added++
	return "POST", "directors", fmt.Sprintf(
		`{"vcl":"boot","name":"x%d","type":"backend","backend":{"host":"127.0.0.1","port":1}}`, c.added)
}

func (c *chaos) anyone() string {
	if c.rand.IntN(2) == 0 {
		return c.one()
	}
	return pickOne(c.rand, "a1", "a2", "a3", "b1", "b2", "c1", "pool_b", "cache")
}

// one is a director that may be deleted, if it is there.
func (c *chaos) one() string { return fmt.Sprintf("x%d", 1+c.rand.IntN(c.added+1)) }

func pickOne(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

// Two pages of the same view, and two others, show the same as each other and
// as a page that is loaded now.
func TestBrowserPagesAgree(t *testing.T) {
	t.Parallel()
	for _, view := range []string{"?select=boot.pool_a", "?face=outline&select=boot.a1"} {
		t.Run(view, func(t *testing.T) {
			r := startDemo(t, "--quiet-traffic")
			one, two := r.openPage(view), r.openPage(view)
			change := newChaos(r)
			for range 5 {
				change.burst(12)
				r.waitSeq(one)
				r.waitSeq(two)
				waitSame(t, one, two)
			}
			checkRows(t, r, eventRows(one))
			waitSame(t, one, r.openPage(view))
		})
	}
}

// A page whose connection is cut says so and how old it is; when the connection
// is back it goes on from where it was.
func TestBrowserCatchesUp(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	const view = "?select=boot.pool_a"
	p := openLive(t, relay.URL()+"/i/demo/"+view)
	p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource: net::ERR_`)
	browser.Eval[any](p, `(() => {
		window.loads = 0;
		const info = console.info;
		console.info = (...words) => { window.loads++; info(...words); };
		return null;
	})()`)
	change := newChaos(r)
	for range 3 {
		change.burst(2)
		relay.Cut()
		p.WaitFor(`document.getElementById("status").dataset.state !== "live"`)
		change.burst(8)
		// It says when it tries again, and how old is what it shows.
		p.WaitFor(`(t => /^reconnecting in \d+ s · event \d+ · .+ ago$/.test(t) || {not: t})(document.getElementById("status-text").textContent)`)
		p.WaitFor(`document.documentElement.hasAttribute("data-stale")`)
		relay.Restore()
		change.burst(2)
		p.WaitVisible(`#status[data-state="live"]`)
		p.WaitGone(`html[data-stale]`)
		r.waitSeq(p)
		waitSame(t, p, r.openPage(view))
	}
	checkRows(t, r, eventRows(p))
	// The counter is undefined in a page that was loaded anew.
	if n := browser.Eval[int](p, `window.loads ?? -1`); n != 0 {
		t.Errorf("the page was loaded again (%d), want it to go on by patches", n)
	}
}

// fails makes a backend fail from the page, waits until the page shows it, and
// returns after how long the probe's verdict came and the page showed it, in
// milliseconds since the click.
func (r *running) fails(p *browser.Page, name string) (verdict, shown float64) {
	r.t.Helper()
	selectDirector(p, name)
	p.WaitVisible(face(name) + `[data-health="healthy"]`)
	browser.Eval[any](p, fmt.Sprintf(`(name => {
		const now = () => performance.timeOrigin + performance.now();
		window.sent = window.seen = 0;
		document.addEventListener("submit", () => { window.sent = now(); }, {capture: true, once: true});
		new MutationObserver((_, self) => {
			if (!document.querySelector(name)) return;
			window.seen = now();
			self.disconnect();
		}).observe(document.getElementById("cards"), {subtree: true, childList: true, attributes: true});
		return null;
	})(%q)`, face(name)+`[data-health=sick]`))
	p.Click(`#form-fault [name="failing"][value="true"]`)
	p.WaitVisible(face(name) + `[data-health="sick"]`)
	times := browser.Eval[[]float64](p, `[window.sent, window.seen]`)
	found := r.events("kind=director.health&limit=1000&director=" + name)
	last := found[len(found)-1]
	if last.Healthy {
		r.t.Errorf("%s: the last event is %+v, want it sick", name, last)
	}
	return float64(last.Time.UnixMicro())/1000 - times[0], times[1] - times[0]
}

// A backend that is made to fail from the page fails for real: its probe finds
// out, the page shows it, and the traffic moves. BenchmarkBrowserMakesABackendFail
// tells how soon.
func TestBrowserMakesBackendsFail(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	for _, name := range []string{"a1", "a2"} {
		r.fails(p, name)
		p.WaitVisible(`#form-health [value="auto"][aria-pressed="true"]`)
		if n := len(r.events("kind=director.admin_health")); n != 0 {
			t.Errorf("%s: got %d events of admin health, want none", name, n)
		}
	}
	p.WaitText("#stat-sick b", "2")
	if got, want := r.answeredBy(6), []string{"a3"}; !slices.Equal(got, want) {
		t.Errorf("two of three fail: got answers from %v, want %v", got, want)
	}
	p.Click(`#form-fault [name="failing"][value="false"]`)
	p.WaitVisible(face("a2") + `[data-health="healthy"]`)
	p.WaitText("#stat-sick b", "1")
	if got, want := r.answeredBy(6), []string{"a2", "a3"}; !slices.Equal(got, want) {
		t.Errorf("one answers again: got answers from %v, want %v", got, want)
	}
}

func BenchmarkBrowserMakesABackendFail(b *testing.B) {
	r := startDemo(b, "--quiet-traffic")
	p := browser.New(b)
	r.live(r.page(""))(p)
	var verdict, shown float64
	for b.Loop() {
		v, s := r.fails(p, "a1")
		verdict, shown = verdict+v, shown+s
		p.Click(`#form-fault [name="failing"][value="false"]`)
		p.WaitVisible(face("a1") + `[data-health="healthy"]`)
	}
	b.ReportMetric(verdict/float64(b.N), "ms/verdict")
	b.ReportMetric(shown/float64(b.N), "ms/shown")
}
