package main

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/internal/browser"
	"github.com/callboard/callboard/server"
)

// watchFrames makes the page take down the time from frame to frame, and the
// tasks that kept it busy for more than 50 ms.
const watchFrames = `(() => {
	const seen = window.seen = {frames: [], tasks: []};
	new PerformanceObserver(list => {
		for (const task of list.getEntries()) seen.tasks.push(task.duration);
	}).observe({type: "longtask"});
	let last = 0;
	requestAnimationFrame(function frame(now) {
		if (last) seen.frames.push(now - last);
		last = now;
		requestAnimationFrame(frame);
	});
	return null;
})()`

// BenchmarkBrowserFollows shows 300 cards while 200 changes a second happen:
//
//	go test -run '^$' -bench BrowserFollows -benchtime 1x ./cmd/callboard
//
// A frame takes 16.7 ms where the page keeps up; no task should take more than
// 50 ms, in which the reader waits for an answer.
func BenchmarkBrowserFollows(b *testing.B) {
	for _, view := range []string{"", "?select=site", "?face=outline"} {
		b.Run("view="+view, func(b *testing.B) { follow(b, view) })
	}
}

func follow(b *testing.B, view string) {
	const (
		lasts  = 5 * time.Second
		apart  = time.Second / 200
		pools  = 19
		leaves = 14
	)
	rt, address := startBoard(b, pools, leaves, server.Options{})
	p := browser.New(b)
	p.Timeout = patience
	p.Navigate(address + view)
	p.WaitVisible(`#status[data-state="live"]`)
	random := rand.New(rand.NewPCG(1, 2))
	change := func(lasts time.Duration) {
		ticker := time.NewTicker(apart)
		defer ticker.Stop()
		for end := time.Now().Add(lasts); time.Now().Before(end); {
			<-ticker.C
			name := fmt.Sprintf("b%d_%d", random.IntN(pools), random.IntN(leaves))
			if d, err := rt.Find(name); err == nil && d.Healthy() {
				setHealth(b, rt, name, director.AdminSick)
			} else {
				setHealth(b, rt, name, director.AdminHealthy)
			}
		}
	}
	change(time.Second) // until the scripts are compiled
	for b.Loop() {
		browser.Eval[any](p, watchFrames)
		first := rt.Tree().Seq
		change(lasts)
		p.WaitFor(fmt.Sprintf(`Number(document.getElementById("page").dataset.seq) >= %d`, rt.Tree().Seq))
		b.ReportMetric(float64(rt.Tree().Seq-first)/lasts.Seconds(), "events/s")
		report(b, p)
	}
}

// report prints what the page has taken down.
func report(b *testing.B, p *browser.Page) {
	seen := browser.Eval[struct{ Frames, Tasks []float64 }](p, `seen`)
	slices.Sort(seen.Frames)
	b.ReportMetric(seen.Frames[len(seen.Frames)/2], "ms/frame-median")
	b.ReportMetric(seen.Frames[len(seen.Frames)*95/100], "ms/frame-p95")
	b.ReportMetric(float64(len(seen.Tasks)), "long-tasks")
	longest := 0.0
	if len(seen.Tasks) > 0 {
		longest = slices.Max(seen.Tasks)
	}
	b.ReportMetric(longest, "ms/longest-task")
}
