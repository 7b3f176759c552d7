package backend

import (
	"strconv"
	"testing"
	"time"
)

func TestProbeKeepsItsNewestAnswers(t *testing.T) {
	config, err := ProbeConfig{}.complete()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(100, 0)
	w := newWindow(&config, now)
	if got := w.report().Answers; got == nil || len(got) != 0 {
		t.Errorf("before the first poke: got %v, want an empty list", got)
	}
	for i := range keptAnswers + 2 {
		w.add(poke{took: time.Second, text: strconv.Itoa(i), marks: [mapCount]bool{mapHappy: i%2 == 1}}, now.Add(time.Duration(i)*time.Second))
	}
	report := w.report()
	w.add(poke{text: "newer"}, now) // does not change what was reported
	if len(report.Answers) != keptAnswers {
		t.Fatalf("got %d answers, want %d", len(report.Answers), keptAnswers)
	}
	newest := report.Answers[0]
	if newest.Response != "9" || !newest.Good || newest.Seconds != 1 || !newest.Time.Equal(now.Add(9*time.Second)) {
		t.Errorf("newest: got %+v", newest)
	}
	if oldest := report.Answers[keptAnswers-1].Response; oldest != "2" {
		t.Errorf("oldest: got %s, want 2", oldest)
	}
	w.reset(now)
	if got := w.report().Answers; len(got) != 0 {
		t.Errorf("after a reset: got %v, want none", got)
	}
}
