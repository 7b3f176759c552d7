package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// openTimeline opens the demo's page and turns its journal to the time line.
func (r *running) openTimeline(query string) *browser.Page {
	r.t.Helper()
	p := r.openPage(query)
	p.Click("#show-timeline")
	p.WaitVisible("#lane-grid")
	return p
}

// tickOf is the selector of an event in any lane.
func tickOf(seq uint64) string { return fmt.Sprintf(`.tick[data-seq="%d"]`, seq) }

// lastOf is the number of the newest event of a kind about a director.
func (r *running) lastOf(kind, director string) uint64 {
	r.t.Helper()
	events := r.events("kind=" + kind + "&director=" + director)
	if len(events) == 0 {
		r.t.Fatalf("there is no event %s of %s", kind, director)
	}
	return events[len(events)-1].Seq
}

// waitColumns waits until the time line has a column for the event.
func waitColumns(p *browser.Page, seq uint64) {
	p.WaitFor(fmt.Sprintf(`(s => s.split(" ").includes("%d") || {not: s})(document.getElementById("timeline").dataset.columns)`, seq))
}

// timelineState is the page with the time line, an event told in full, a
// director that lingers, and the legend open.
func timelineState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	r.endOfPool()
	told := r.lastOf("director.released", "boot.pool_a")
	return scene{open: func(p *browser.Page) {
		p.Navigate("about:blank") // the same address with a fragment would not be loaded again
		r.live(r.page(fmt.Sprintf("?select=boot.a1#event-%d", told)))(p)
		p.WaitVisible("#timeline-told")
		p.Click("#timeline-legend summary")
		if browser.Eval[bool](p, `innerWidth > 719`) {
			p.Click(`[data-zoom="fit"]`) // no card is cut off at the edge
		}
	}, change: r.changes}
}

// timelinePageState is the page of the time line alone.
func timelinePageState(t *testing.T) scene {
	r := startDemo(t, "--quiet-traffic")
	r.endOfPool()
	told := r.lastOf("director.released", "boot.pool_a")
	return scene{open: func(p *browser.Page) {
		p.Navigate(r.page(fmt.Sprintf("timeline?event=%d", told)))
		p.WaitVisible("#timeline-told")
	}}
}

// endOfPool deletes pool_a, which lingers, and adds another of its name.
func (r *running) endOfPool() {
	r.t.Helper()
	r.pin("pool_a")
	r.must("DELETE", "directors/pool_a", "")
	r.must("PUT", "health", `{"pattern":"boot.b*","admin":"sick"}`)
	r.must("POST", "directors", `{"vcl":"boot","name":"pool_a","type":"random","members":[{"director":"a1","weight":1}]}`)
}

func TestBrowserTimelineFollowsALife(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openTimeline("")
	unpin := r.pin("pool_a")
	r.must("DELETE", "directors/pool_a", "")
	waitColumns(p, r.seq())
	p.WaitVisible(`.lane .tag[data-tag="lingering"]`)
	p.WaitCount(`.lane-lingering`, 1)
	r.must("POST", "directors", `{"vcl":"boot","name":"pool_a","type":"random","members":[{"director":"a1","weight":1}]}`)
	slot := r.slotOf("site", "pool_a")
	r.must("PUT", "directors/site/members/"+slot, `{"director":"c1"}`)
	unpin()
	destroyed := r.lastOf("director.destroyed", "boot.pool_a")
	waitColumns(p, destroyed)
	p.WaitCount(`.lane .tag[data-tag="destroyed"]`, 1)
	p.WaitFor(`(n => n === 2 || {not: n})([...document.querySelectorAll(".lane-head .name")].filter(e => e.textContent === "pool_a").length)`)

	p.Click(tickOf(destroyed))
	p.WaitText("#timeline-told .words", "pool_a was destroyed")
	p.WaitURL(fmt.Sprintf("#event-%d", destroyed))
	if n := p.Count(".lane-chosen"); n != p.Count(".lane") {
		t.Errorf("the column is marked in %d of %d lanes", n, p.Count(".lane"))
	}
	p.Click("#show-list")
	p.WaitVisible(fmt.Sprintf("#event-%d[data-chosen]", destroyed))

}

// slotOf is the slot in which one director holds another.
func (r *running) slotOf(holder, member string) string {
	r.t.Helper()
	body := r.must("GET", "directors/"+holder, "")
	_, rest, found := strings.Cut(body, `"members":[`)
	for _, one := range strings.Split(rest, "}") {
		if found && strings.Contains(one, `boot.`+member+`"`) || strings.Contains(one, `"`+member+`"`) {
			_, slot, _ := strings.Cut(one, `"slot":`)
			slot, _, _ = strings.Cut(slot, ",")
			return slot
		}
	}
	r.t.Fatalf("%s does not hold %s: %s", holder, member, body)
	return ""
}

func TestBrowserTimelineLosesNothingInAPause(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openTimeline("")
	at := r.seq()
	waitColumns(p, at)
	p.Click("#timeline-pause")
	p.WaitText("#timeline-state", fmt.Sprintf("paused at #%d, 0 newer events", at))
	r.must("DELETE", "directors/cache", "")
	now := r.seq()
	p.WaitText("#timeline-state", fmt.Sprintf("paused at #%d, %d newer events", at, now-at))
	p.Click(tickOf(at)) // asks the server: what came since must stay out
	p.WaitVisible("#timeline-told")
	if n := p.Count(tickOf(now)); n != 0 {
		t.Errorf("a pause shows what happened in it")
	}
	p.Click("#timeline-pause")
	for seq := at + 1; seq <= now; seq++ {
		waitColumns(p, seq)
	}
	p.WaitText("#timeline-state", fmt.Sprintf("%d events came meanwhile", now-at))
}

func TestBrowserTimelineByKeyboard(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openPage("?q=pool_a")
	tabTo(t, p, "#show-timeline")
	p.Press("Enter")
	p.WaitVisible("#lane-grid")
	p.WaitCount(".lane", 1)
	tabTo(t, p, ".tick")
	p.Press("Home")
	added := r.lastOf("director.added", "boot.pool_a")
	focused := func(seq uint64) {
		t.Helper()
		p.WaitFor(fmt.Sprintf(`document.activeElement.dataset.seq === "%d" || {not: document.activeElement.outerHTML.slice(0, 200)}`, seq))
	}
	focused(added)
	p.Press("Enter")
	p.WaitText("#timeline-told .seq", fmt.Sprintf("#%d", added))
	focused(added)
	p.Press("ArrowRight")
	p.Press("ArrowLeft")
	focused(added)
	p.Press("p")
	p.WaitVisible(`#timeline-pause[aria-pressed="true"]`)
	r.must("PUT", "health", `{"pattern":"boot.pool_a","admin":"sick"}`)
	p.WaitFor(`/[1-9] newer/.test(document.getElementById("timeline-state").textContent)`)
	p.Press("p")
	sick := r.lastOf("director.admin_health", "boot.pool_a")
	waitColumns(p, sick)
	focused(added)
	p.Press("End")
	p.Press("Enter")
	p.WaitText("#timeline-told .words", "pool_a")
}

func TestBrowserTimelineIsFiltered(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openTimeline("?q=pool_a")
	p.WaitCount(".lane", 1)
	p.Click(tickOf(r.lastOf("director.added", "boot.pool_a")))
	p.WaitVisible("#timeline-told")
	p.Fill("#q", "")
	p.WaitFor(`document.querySelectorAll(".lane").length > 9`)
	p.Click("#timeline-kind-references")
	p.WaitVisible(`#timeline-kind-references[aria-pressed="false"]`)
	p.WaitCount(`.tick [data-mark="gained"]`, 0)
	p.Reload()
	p.WaitVisible("#timeline-told")
}

func TestBrowserTimelineIsCopied(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := r.openTimeline("?q=pool_b")
	browser.Eval[any](p, `Object.defineProperty(navigator, "clipboard", {configurable: true, value: {writeText: async text => { window.copied = text; }}}), 1`)
	p.Click("#timeline-copy")
	p.WaitFor(`typeof window.copied === "string"`)
	lines := strings.Split(strings.TrimSpace(browser.Eval[string](p, `window.copied`)), "\n")
	if want := p.Count(`.tick`); len(lines) != want {
		t.Errorf("got %d lines, want one for each of %d events", len(lines), want)
	}
	for _, line := range lines {
		if !strings.HasPrefix(line, `{"seq":`) || !strings.Contains(line, "pool_b") {
			t.Errorf("got %s, want an event of pool_b", line)
		}
	}
	browser.Eval[any](p, `Object.defineProperty(navigator, "clipboard", {configurable: true, value: {writeText: async () => { throw new Error("no"); }}}), 1`)
	p.Click("#timeline-copy")
	p.WaitVisible("#timeline-by-hand textarea")
	if got := p.Value("#timeline-by-hand textarea"); strings.TrimSpace(got) != strings.Join(lines, "\n") {
		t.Errorf("by hand: got %q, want the same lines", got)
	}
}

func TestBrowserTimelineWithoutScripts(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := browser.New(t)
	p.JavaScript(false)
	p.Navigate(r.page(""))
	p.Follow("#show-timeline")
	p.WaitVisible("#lane-grid")
	p.Follow(tickOf(r.lastOf("director.added", "boot.site")))
	p.WaitText("#timeline-told .words", "site was added")
	p.Follow("#timeline-kind-health")
	p.WaitVisible(`#timeline-kind-health[aria-pressed="false"]`)
	p.Follow(".lane .name[href]")
	p.WaitVisible("#inspector-name")
}
