package main

import (
	"fmt"
	"testing"
	"time"

	"github.com/callboard/callboard/internal/browser"
)

// readersClock makes the clock of a page's reader differ from the server's by so
// much, and by what window.setClock says later. What the browser measures by
// itself, as timers and performance.now, stays as it is.
func readersClock(p *browser.Page, ahead time.Duration) {
	p.BeforeLoad(fmt.Sprintf(`(() => {
		const Real = Date;
		let ahead = %d;
		Date = class extends Real {
			constructor(...of) { super(...(of.length ? of : [Real.now() + ahead])); }
			static now() { return Real.now() + ahead; }
		};
		window.setClock = ms => { ahead = ms; };
	})()`, ahead.Milliseconds()))
}

// setClock makes the reader's clock differ from the server's by so much from now on.
func setClock(p *browser.Page, ahead time.Duration) {
	browser.Eval[any](p, fmt.Sprintf(`setClock(%d)`, ahead.Milliseconds()))
}

// deleteExtra deletes a director that a pin still holds, and returns its name.
func (r *running) deleteExtra(n int) (name string) {
	r.t.Helper()
	name = fmt.Sprintf("extra_%d", n)
	r.must("POST", "directors", `{"name":"`+name+`","type":"random","members":[{"director":"a1"}]}`)
	r.pin(name)
	r.must("DELETE", "directors/"+name, "")
	return name
}

// checkTimes waits until the page says that what was just deleted waits for some
// seconds, offers to undo that, and is fresh.
func checkTimes(p *browser.Page, name string) {
	row := fmt.Sprintf(`[...document.querySelectorAll(".waits")].find(e => e.textContent.includes(%q))`, name)
	p.WaitFor(`(text => /^for [1-9]\d? s$/.test(text) || {not: text})(` + row + `.querySelector("[data-age]").textContent)`)
	p.WaitFor(row + `.querySelector('[data-command="undo"]').checkVisibility()`)
	p.WaitFor(`(s => /^live · event \d+ · \d+ (ms|s) ago$/.test(s) || {not: s})(document.getElementById("status-text").textContent)`)
}

// Ages and the time to undo go by the server's clock, whatever the reader's says
// and whenever it is set.
func TestBrowserClockOfTheReaderDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	n := 0
	for _, ahead := range []time.Duration{90 * time.Second, -time.Hour, 0} {
		p := browser.New(t)
		p.Timeout = patience
		readersClock(p, ahead)
		p.Navigate(r.page("?q=lingering"))
		p.WaitVisible(`#status[data-state="live"]`)
		// Then a lid that was shut for an hour, and a clock that is set: right with the next beat.
		for _, jump := range []time.Duration{0, time.Hour, -2 * time.Hour} {
			setClock(p, ahead+jump)
			n++
			checkTimes(p, r.deleteExtra(n))
		}
	}
}

// The time line asks for what is new at its own pace, not at that of a clock
// that was set back.
func TestBrowserClockSetBackDoesNotStopTheTimeLine(t *testing.T) {
	t.Parallel()
	r := startDemo(t, "--quiet-traffic")
	p := browser.New(t)
	p.Timeout = patience
	readersClock(p, 0)
	p.Navigate(r.page(""))
	p.WaitVisible(`#status[data-state="live"]`)
	p.Click("#show-timeline")
	p.WaitVisible("#timeline")
	setClock(p, -time.Hour)
	for range 2 {
		r.pin("a1")()
		p.WaitFor(fmt.Sprintf(`(s => Number(s) >= %d || {not: s})(document.getElementById("timeline").dataset.seq)`, r.seq()))
	}
}
