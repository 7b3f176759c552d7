package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/internal/browser"
	"github.com/callboard/callboard/server"
)

// countLoads counts from now on how often the page is loaded again, or tells
// that it has to be.
func countLoads(p *browser.Page) {
	browser.Eval[any](p, `(() => {
		window.loads = 0;
		const info = console.info;
		console.info = (...words) => { window.loads++; info(...words); };
		return null;
	})()`)
}

// loads is what was counted; the counter is undefined in a page that was loaded
// as a whole.
func loads(p *browser.Page) int { return browser.Eval[int](p, `window.loads ?? -1`) }

// isLive asks whether the page is, and makes one that waits try now.
const isLive = `(() => {
	dispatchEvent(new Event("online"));
	const {state} = document.getElementById("status").dataset;
	return state === "live" || {not: state};
})()`

// breakNetwork breaks the network in one of three ways: connections are reset,
// nothing passes for a while, or what is on its way is lost with them.
func (c *chaos) breakNetwork(relay *browser.Relay) {
	kind := c.rand.IntN(3)
	if kind > 0 {
		relay.Stall()
		c.burst(1 + c.rand.IntN(3))
	}
	if kind < 2 {
		relay.Cut()
	}
	c.burst(c.rand.IntN(4))
	relay.Restore()
}

// However often and however the network fails, the page goes on from where it
// was, without being loaded again, and ends as one that is loaded now.
func TestBrowserBearsEveryCut(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	relay := browser.NewRelay(t, r.board)
	const view = "?select=boot.pool_a"
	p := openLive(t, relay.URL()+"/i/demo/"+view)
	p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource: net::ERR_`)
	countLoads(p)
	change := newChaos(r)
	first, begin := r.seq(), time.Now()
	for range 200 {
		change.burst(1 + change.rand.IntN(3))
		change.breakNetwork(relay)
		// Sometimes the next blow comes before it stands again.
		if change.rand.IntN(4) > 0 {
			p.WaitFor(isLive)
		}
	}
	took := time.Since(begin)
	p.WaitFor(isLive)
	r.waitSeq(p)
	t.Logf("200 cuts in %.1f s, %.0f events a second", took.Seconds(), float64(r.seq()-first)/took.Seconds())
	waitSame(t, p, r.openPage(view))
	checkRows(t, r, eventRows(p))
	if n := loads(p); n != 0 {
		t.Errorf("the page was loaded again (%d), want it to go on by patches", n)
	}
}

// startBoard starts a board of a tree that the test changes itself: pools of
// backends below one director.
func startBoard(t testing.TB, pools, each int, o server.Options) (rt *director.Runtime, page string) {
	t.Helper()
	rt = director.New(director.Options{Name: "shop"})
	boot, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	add := func(name string, impl director.Implementation) *director.Director {
		d, err := boot.Add(name, impl)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	top := lb.NewFallback(false)
	site := add("site", top)
	for i := range pools {
		pool := lb.NewRoundRobin()
		if _, err := top.AddMember(add(fmt.Sprintf("pool%d", i), pool), 1); err != nil {
			t.Fatal(err)
		}
		for j := range each {
			name := fmt.Sprintf("b%d_%d", i, j)
			if _, err := pool.AddMember(add(name, directortest.NewBackend(name)), 1); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := boot.SetDefault(site); err != nil {
		t.Fatal(err)
	}
	o.Runtime = rt
	board, err := server.New(o)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(board)
	t.Cleanup(func() {
		if err := board.Close(context.Background()); err != nil {
			t.Error(err)
		}
		web.Close()
		if err := rt.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return rt, web.URL + "/i/shop/"
}

// setHealth makes an event.
func setHealth(t testing.TB, rt *director.Runtime, name string, admin director.AdminHealth) {
	t.Helper()
	d, err := rt.Find(name)
	if err == nil {
		err = d.SetHealth(admin)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// A network that loses everything cuts no connection. The page notices by the
// silence, says so, and goes on when there is a network again.
func TestBrowserNoticesSilence(t *testing.T) {
	t.Parallel()
	rt, address := startBoard(t, 1, 3, server.Options{Beat: 200 * time.Millisecond})
	relay := browser.NewRelay(t, strings.TrimSuffix(address, "/i/shop/"))
	p := openLive(t, relay.URL()+"/i/shop/")
	p.Allow(`WebSocket connection to .* failed`, `^network: Failed to load resource: net::ERR_`)
	p.WaitFor(`(t => /^live · event \d+ · \d+ ms ago$/.test(t) || {not: t})(document.getElementById("status-text").textContent)`)
	relay.Stall()
	p.WaitFor(`(t => /^(reconnecting in \d+ s|connecting) · event \d+ · .+ ago$/.test(t) || {not: t})(document.getElementById("status-text").textContent)`)
	setHealth(t, rt, "b0_1", director.AdminSick)
	setHealth(t, rt, "b0_2", director.AdminSick)
	p.WaitFor(`document.documentElement.hasAttribute("data-stale")`)
	relay.Restore()
	p.WaitFor(isLive)
	p.WaitText("#status-text", "live · caught up 4 events") // what was set, and what the director was told
	p.WaitVisible(face("b0_2") + `[data-health="sick"]`)
}

// A view that the reader has asked for comes, though the page has to be loaded
// again meanwhile, since a patch does not fit.
func TestBrowserReloadLeavesTheReadersWay(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	p.Allow("patch: .* there is no #face-")
	countLoads(p)
	browser.Eval[any](p, `void (() => {
		const fetch = window.fetch, free = new Promise(done => window.free = done);
		window.fetch = async (url, init) => {
			if (String(url).includes("face=outline")) await free;
			init?.signal?.throwIfAborted();
			return fetch(url, init);
		};
	})()`)
	p.Click("#face-outline")
	browser.Eval[any](p, `void document.querySelector(`+quoted(face("c1"))+`).closest(".card").remove()`)
	r.must("PUT", "health", `{"pattern":"c1","admin":"sick"}`)
	p.WaitFor(`window.loads > 0`)
	browser.Eval[any](p, `new Promise(done => setTimeout(done)).then(() => window.free())`)
	p.WaitVisible("#rows > .row")
	p.WaitURL("face=outline")
	waitSame(t, p, r.openPage("?face=outline"))
}

// withHeader is contents with the head of the page.
var withHeader = strings.Replace(contents, `["#vcls"`, `["#top", "#vcls"`, 1)

// A page that goes from view to view while the tree changes is in the end the
// page that one gets by loading the last view, and was never loaded as a whole.
func TestBrowserTravels(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("")
	countLoads(p)
	change := newChaos(r)
	views := []string{
		"./", "?select=boot.pool_a", "?select=boot.a1", "?select=boot.a1&panel=delete", "?q=pool", "?q=sick",
		"?q=pool&select=boot.cache", "?select=boot.x1",
	}
	visited := 0
	for range 30 {
		change.burst(change.rand.IntN(4))
		view := views[change.rand.IntN(len(views))]
		if visited > 0 && change.rand.IntN(4) == 0 {
			visited--
			// Not Page.Back, which waits for a document to be loaded.
			browser.Eval[any](p, `history.back()`)
		} else if address := r.page(strings.TrimPrefix(view, "./")); address != p.URL() {
			visited++
			browser.Eval[any](p, fmt.Sprintf(`(link => {
				link.href = %s;
				document.body.append(link);
				link.click();
				link.remove();
				return null;
			})(document.createElement("a"))`, quoted(view)))
			p.WaitFor(fmt.Sprintf(`location.href === %s || {not: location.href}`, quoted(address)))
		}
	}
	p.WaitVisible(`#status[data-state="live"]`)
	r.waitSeq(p)
	waitSameOf(t, p, openLive(t, p.URL()), withHeader)
	if n := loads(p); n != 0 {
		t.Errorf("the page was loaded again (%d), want it to travel by patches", n)
	}
	whole := browser.Eval[[]string](p, `performance.getEntriesByType("resource")
		.filter(e => e.initiatorType === "fetch" && !new URL(e.name).pathname.endsWith("/travel")).map(e => e.name)`)
	if len(whole) > 0 {
		t.Errorf("got pages loaded as a whole: %v", whole)
	}
}
