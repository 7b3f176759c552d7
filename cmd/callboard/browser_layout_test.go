package main

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// No page is wider than a narrow window.
func TestBrowserNarrow(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	long := "a" + strings.Repeat("_very_long_name", 6)
	r.must("POST", "directors", fmt.Sprintf(`{"vcl":"boot","name":%q,"type":"random","members":[{"director":"a1","weight":123456}]}`, long))
	r.must("POST", "directors/a1/pins", `{"note":"`+strings.Repeat("long", 20)+`"}`)
	r.must("DELETE", "directors/a1", "")
	p := browser.New(t)
	p.Timeout = patience
	for _, width := range []int{320, 360} {
		p.SetViewport(width, 640, 1)
		for _, query := range []string{
			"", "?face=graph", "?face=outline", "?select=boot.a1", "?select=boot." + long, "?select=boot.pool_b&panel=delete",
			"?panel=add", "?panel=add-random", "?panel=add-shard", "?select=boot.nobody", "?q=nothing",
		} {
			p.Navigate(r.page(query))
			wide := browser.Eval[[]string](p, `(() => {
				const own = document.documentElement;
				if (own.scrollWidth <= innerWidth) return [];
				return [...document.body.querySelectorAll("*")].filter(e => e.getBoundingClientRect().right > innerWidth && !e.closest(".viewport, .outline, .unseen"))
					.map(e => e.cloneNode(false).outerHTML);
			})()`)
			if len(wide) > 0 {
				t.Errorf("%d wide, %q: these are wider: %s", width, query, strings.Join(wide[:min(len(wide), 5)], "\n"))
			}
		}
	}
}

// While changes arrive, nothing moves that they are not about: neither the
// board under its camera nor the parts of the page.
func TestBrowserStandsStill(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?select=boot.pool_a")
	p.Wheel("#viewport", 40, 30) // a camera that somebody has set
	p.WaitFor(`/translate\(-40px, -30px\)/.test(document.getElementById("board").style.transform)`)
	browser.Eval[any](p, `(() => {
		const places = () => ["top", "stats", "status", "stage", "viewport", "inspector", "events", "face-2", "face-7"].map(id => {
			const r = document.getElementById(id).getBoundingClientRect();
			return id + " " + [r.x, r.y, r.width, r.height].map(n => n.toFixed(1)).join(" ");
		}).concat("camera " + document.getElementById("board").style.transform);
		const before = places();
		window.moved = new Set();
		window.frames = 0;
		const look = () => {
			places().forEach((place, i) => { if (place !== before[i]) window.moved.add(before[i] + " → " + place); });
			window.frames++;
			requestAnimationFrame(look);
		};
		look();
		new PerformanceObserver(list => {
			for (const shift of list.getEntries()) {
				for (const { node } of shift.sources) {
					// The list of events and the sections of the inspector grow.
					const e = node?.nodeType === Node.ELEMENT_NODE ? node : node?.parentElement;
					if (e && !e.closest("#event-list, #inspector-body")) window.moved.add("shift of " + e.cloneNode(false).outerHTML);
				}
			}
		}).observe({type: "layout-shift"});
		return null;
	})()`)
	for i := range 6 {
		r.must("PUT", "health", `{"pattern":"boot.b*","admin":"sick"}`)
		r.must("POST", "directors/c1/pins", `{"note":"x"}`)
		r.must("PUT", "health", `{"pattern":"boot.b*","admin":"auto"}`)
		r.must("POST", "directors", fmt.Sprintf(`{"vcl":"boot","name":"x%d","type":"backend","backend":{"host":"127.0.0.1","port":1}}`, i))
		r.waitSeq(p)
	}
	p.WaitFor(`window.frames > 30`)
	for _, what := range browser.Eval[[]string](p, `[...window.moved]`) {
		t.Error(what)
	}
}

// The picture of the README: a1 was deleted while it is held and answers, b1
// fails. Probes have some history by then, and there is traffic.
func TestScreenshotOfTheBoard(t *testing.T) {
	folder := browser.Pictures(t)
	r := startDemo(t)
	history := browser.New(t)
	history.Timeout = patience
	history.Navigate(r.page("?face=graph"))
	history.WaitFor(`Number(/^M(\d+)/.exec(document.querySelector(".bars path").getAttribute("d"))?.[1]) < 40`)
	r.slowRequest("a1")
	r.must("DELETE", "directors/a1", "")
	r.must("PUT", "faults/b1", `{"failing":true}`)
	r.eventually("b1 is sick", func() bool {
		return strings.Contains(r.must("GET", "directors/b1", ""), `"healthy":false`)
	})
	p := browser.New(t)
	p.Timeout = patience
	p.SetViewport(1440, 900, 1)
	p.Navigate(r.page("?select=boot.a1"))
	p.WaitVisible(`#status[data-state="live"]`)
	p.WaitText("#stat-sick b", "1")
	p.Screenshot(filepath.Join(folder, "board.png"))
}
