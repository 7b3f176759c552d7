package view_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// concerned are the directors that an event is about, found in another way than
// the lanes are.
func concerned(e event.Event) map[uint64]bool {
	ids := map[uint64]bool{}
	if e.Assigned == nil {
		ids[e.ID] = true
	} else {
		ids[e.FromID], ids[e.ToID] = true, true
		ids[e.Holder.ID] = ids[e.Holder.ID] || e.Holder.Kind == event.HolderMember
	}
	for id := range ids {
		if id == 0 || !ids[id] {
			delete(ids, id)
		}
	}
	return ids
}

func TestEveryEventHasOneTickInEachLaneItConcerns(t *testing.T) {
	for seed := range uint64(20) {
		rng := rand.New(rand.NewPCG(seed, 11))
		st := viewtest.New("demo")
		for range 120 {
			st.Step(rng)
		}
		span := 1 + rng.IntN(60)
		line := timelineOf(t, st, view.TimelineQuery{Span: span, Before: 1 + rng.Uint64N(st.Snapshot.Seq)})
		ticks := map[string]int{}
		for _, l := range line.Lanes {
			for _, tick := range l.Ticks {
				ticks[l.ID+" #"+tick.Seq]++
			}
			checkBars(t, line, l)
		}
		for _, seq := range line.Columns {
			for id := range concerned(st.Events[seq-1]) {
				key := fmt.Sprintf("lane-%d #%d", id, seq)
				if ticks[key] != 1 {
					t.Errorf("seed %d: %s: got %d ticks, want 1", seed, key, ticks[key])
				}
				delete(ticks, key)
			}
		}
		for key := range ticks {
			if !strings.HasPrefix(key, "lane-vcl-") {
				t.Errorf("seed %d: %s is a tick of nothing", seed, key)
			}
		}
	}
}

// checkBars checks that a life lies within the window and has no holes.
func checkBars(t *testing.T, line *view.Timeline, l *view.Lane) {
	t.Helper()
	end := -1
	for _, bar := range l.Bars {
		if bar.X < 0 || bar.Width <= 0 || bar.X+bar.Width > line.Width {
			t.Errorf("%s: %s: lies beyond the window of %d", l.Name, drawn(l), line.Width)
		}
		if bar.Kind == "lingering" && end >= 0 && bar.X != end {
			t.Errorf("%s: %s: there is a hole", l.Name, drawn(l))
		}
		if bar.Kind == "live" {
			end = bar.X + bar.Width
		}
	}
}
