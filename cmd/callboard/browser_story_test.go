package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/internal/browser"
)

// The whole story by clicking: a backend is added and put in the place of a1,
// and a1 is deleted in the middle of a request. It is released at once, lingers
// as long as somebody holds it, who is named, and is destroyed when the request
// has ended.
func TestBrowserStory(t *testing.T) {
	t.Parallel()
	port := newOrigin(t, "d1")
	r := startDemo(t, "--quiet-traffic")
	slow := r.slowRequest("a1")
	p := r.openPage("")

	p.Click("#add")
	p.Fill("#add-name", "d1")
	p.Fill(`[name="backend.port"]`, port)
	p.Click("#add-submit")
	p.WaitText("#inspector-name", "boot.d1")
	p.WaitVisible(face("d1") + `[data-health="healthy"]`)

	selectDirector(p, "pool_a")
	p.Click(member(1) + " summary")
	p.Fill(member(1)+` [name="director"]`, "d1")
	p.Click(member(1) + ` [data-command="rewire"]`)
	p.WaitText(member(1), "d1")
	if got, want := r.answeredBy(6), []string{"a2", "a3", "d1"}; !slices.Equal(got, want) {
		t.Errorf("rewired: got answers from %v, want %v", got, want)
	}

	selectDirector(p, "a1")
	p.WaitText(`[data-section="holders"] .sum`, "3 = owner 1 + member 1 + task 1")
	p.Click("#delete")
	p.WaitText(`[data-section="delete"] [data-part="lingers"]`, "cache")
	p.WaitText(`[data-section="delete"] [data-part="lingers"]`, "1 request")
	p.WaitText(`[data-section="delete"] [data-part="destroys"]`, "nothing yet")
	p.Click("#confirm-delete")
	p.WaitVisible(face("a1") + `[data-phase="lingering"]`)
	for _, part := range []string{"Released", "Still held by", "cache", "1 request"} {
		p.WaitText(`[data-section="story"]`, part)
	}
	p.WaitText(`[data-section="holders"] .sum`, "2 = member 1 + task 1")
	p.WaitText("#stat-lingering b", "1")

	selectDirector(p, "cache")
	p.Click(member(1) + " summary")
	p.Click(member(1) + ` [data-command="remove-member"]`)
	p.WaitCount(`[data-section="members"] .member`, 2)
	selectDirector(p, "a1")
	p.WaitText(`[data-section="holders"] .sum`, "1 = task 1")
	p.WaitText(`.tale li[data-state="now"]`, "1 request")
	if n := p.Count(`.event[data-kind="director.destroyed"]`); n != 0 {
		t.Errorf("while the request lasts: got %d destroyed, want none", n)
	}

	slow.Close()
	p.WaitVisible(`.head[data-phase="destroyed"]`)
	p.WaitCount(face("a1"), 0)
	p.WaitText("#stat-lingering b", "0")
	p.WaitFor(`document.getElementById("announcer").textContent.includes("a1 destroyed")`)
	tale := strings.Join(browser.Eval[[]string](p, `[...document.querySelectorAll(".tale li[data-state=done] b")].map(b => b.innerText)`), ", ")
	if want := "Deleted, Released, Owner let go, Reference dropped, Last reference gone, COLD, Destroyed"; tale != want {
		t.Errorf("story: got %s, want %s", tale, want)
	}

	rows := eventRows(p)
	checkRows(t, r, rows)
	var kinds []string
	for _, row := range rows {
		// A probe that is told COLD forgets what it knew, which may change the health.
		if row.mentions("a1") && row.Kind != "director.health" {
			kinds = append(kinds, row.Kind)
		}
	}
	kinds = kinds[max(0, len(kinds)-6):]
	if want := []string{
		"ref.assigned", "director.deleted", "director.released", "ref.assigned", "director.event", "director.destroyed",
	}; !slices.Equal(kinds, want) {
		t.Errorf("events of a1: got %v, want %v\n%v", kinds, want, rows[max(0, len(rows)-8):])
	}
}

// An eventLine is a line of the event list.
type eventLine struct {
	Seq         uint64
	Kind, Words string
}

func (e eventLine) mentions(name string) bool {
	return slices.Contains(strings.Fields(e.Words), name)
}

// eventRows returns the event list, oldest first.
func eventRows(p *browser.Page) []eventLine {
	rows := browser.Eval[[]eventLine](p, `[...document.querySelectorAll("#event-list > .event")].map(e => ({
		Seq: Number(e.id.slice(6)), Kind: e.dataset.kind, Words: e.querySelector(".words").textContent,
	}))`)
	slices.Reverse(rows)
	return rows
}

// checkRows checks that the list is what the log has, each event once.
func checkRows(t *testing.T, r *running, rows []eventLine) {
	t.Helper()
	if len(rows) == 0 {
		t.Fatal("the event list is empty")
	}
	events := r.events(fmt.Sprintf("after=%d&limit=1000", rows[0].Seq-1))
	if len(events) < len(rows) {
		t.Fatalf("the list has %d events since #%d, the log %d", len(rows), rows[0].Seq, len(events))
	}
	for i, row := range rows {
		if want := events[i]; row.Seq != want.Seq || row.Kind != want.Kind {
			t.Fatalf("line %d of the list: got #%d %s, want #%d %s", i, row.Seq, row.Kind, want.Seq, want.Kind)
		}
	}
}
