package view_test

import (
	"slices"
	"testing"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

// pastOf is a last minute of which only the end is not silent.
func pastOf(newest ...view.Sample) view.Pasts {
	samples := append(make([]view.Sample, view.PastLength-len(newest)), newest...)
	return func(uint64) *view.Past { return &view.Past{Samples: samples} }
}

func TestTrafficSaysInWordsWhatItDraws(t *testing.T) {
	st := viewtest.Demo()
	past := pastOf(view.Sample{Requests: 20}, view.Sample{}, view.Sample{Requests: 10, Failures: 1}, view.Sample{Requests: 10}, view.Sample{Requests: 20})
	m := view.BuildWith(st.Snapshot, st.Events, view.Query{Select: "boot.a1"}, nil, view.Beside{Past: past})
	traffic := sectionOf[*view.Traffic](t, m)
	for i, want := range []view.Spark{
		{Kind: "requests", Value: "12", Unit: "/s", Words: "about 12 requests a second, at most 20 in the last minute", Path: "M0 24h110v-23h2v23h2v-12h4v-11h2V24"},
		{Kind: "tasks", Value: "0", Words: "0 in flight, at most 0 in the last minute", Path: "M0 24h120V24"},
		{Kind: "failures", Value: "0.2", Unit: "/s", Words: "about 0.2 errors a second, at most 1 in the last minute", Path: "M0 24h114v-23h2v23h4V24"},
	} {
		got := *traffic.Sparks[i]
		got.ID, got.Noun = "", ""
		if got != want {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	}
}

// What happens every second is sent every second, the rest of the inspector is
// not.
func TestTrafficChangesInParts(t *testing.T) {
	st := viewtest.Demo()
	q := view.Query{Select: "boot.a1"}
	m := view.BuildWith(st.Snapshot, st.Events, q, nil, view.Beside{Past: pastOf(view.Sample{Requests: 1})})
	next := view.BuildWith(st.Snapshot, st.Events, q, m, view.Beside{Past: pastOf(view.Sample{Requests: 1}, view.Sample{Requests: 2})})
	var ids []string
	for _, c := range view.Diff(m, next) {
		ids = append(ids, string(c.Verb)+" "+c.ID)
	}
	if want := []string{"replace " + traffic(m, "requests")}; !slices.Equal(ids, want) {
		t.Errorf("got %v, want %v", ids, want)
	}
}

func traffic(m *view.Model, kind string) string {
	for _, s := range m.Sections {
		if t, ok := s.(*view.Traffic); ok {
			for _, spark := range t.Sparks {
				if spark.Kind == kind {
					return spark.ID
				}
			}
		}
	}
	return ""
}

func TestTotalsAreShort(t *testing.T) {
	st := viewtest.Demo()
	totals := []view.Total{{Name: "requests", Count: 1234567}, {Name: "sent", Count: 999, Bytes: true}, {Name: "received", Count: 1_530_000, Bytes: true}}
	past := func(uint64) *view.Past { return &view.Past{Totals: totals} }
	m := view.BuildWith(st.Snapshot, st.Events, view.Query{Select: "boot.a1"}, nil, view.Beside{Past: past})
	want := []view.Attr{{Name: "requests", Value: "1\u2009234\u2009567"}, {Name: "sent", Value: "999 B"}, {Name: "received", Value: "1.53 MB"}}
	if got := sectionOf[*view.Traffic](t, m).Totals.Pairs; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	a1, _ := st.Snapshot.Find("boot.a1")
	retried := st.Snapshot.ApplyGauges([]event.Gauge{{ID: a1.ID, Refcount: a1.Refcount(), Retried: 7}})
	m = view.BuildWith(retried, st.Events, view.Query{Select: "boot.a1"}, nil, view.Beside{Past: past})
	want = slices.Insert(want, 1, view.Attr{Name: "went to another", Value: "7"})
	if got := sectionOf[*view.Traffic](t, m).Totals.Pairs; !slices.Equal(got, want) {
		t.Errorf("with retries: got %v, want %v", got, want)
	}
}

// Requests come and go without an event: they change rows, but not which rows
// there are.
func TestRequestsInFlightChangeOneRowOfTheHolders(t *testing.T) {
	st := viewtest.Demo()
	q := view.Query{Select: "boot.a1"}
	m := build(st, q)
	st.Tasks(st.ID("a1"), 2)
	for _, c := range view.Diff(m, view.Build(st.Snapshot, st.Events, q, m)) {
		if c.Verb != view.Replace || c.ID == sectionOf[*view.Holders](t, m).ID {
			t.Errorf("got %s of %s, want no more than parts replaced", c.Verb, c.ID)
		}
	}
	rows := sectionOf[*view.Holders](t, build(st, q)).Rows
	if last := rows[len(rows)-1]; last.Hidden || last.Part.Text != "2 requests in flight" {
		t.Errorf("got %+v, want the requests", last)
	}
}

func TestProbeListsItsAnswers(t *testing.T) {
	st := viewtest.Demo()
	d, _ := st.Snapshot.Director(st.ID("a1"))
	probe := *d.Probe
	probe.Answers = []event.ProbeAnswer{
		{Time: st.Snapshot.Time, Response: "Open error 111 (Connection refused)"},
		{Time: st.Snapshot.Time, Good: true, Seconds: .0021, Response: "HTTP/1.1 200 OK"},
	}
	st.Snapshot = st.Snapshot.ApplyGauges([]event.Gauge{{ID: d.ID, Refcount: d.Refcount(), Probe: &probe}})
	var got []string
	for _, a := range sectionOf[*view.Probe](t, build(st, view.Query{Select: "boot.a1"})).Answers {
		got = append(got, a.Health.State+" "+a.Took+" "+a.Words)
	}
	want := []string{"bad  Open error 111 (Connection refused)", "good 2.1 ms HTTP/1.1 200 OK"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What is sick because of others is not a cause.
func TestCausesOfSicknessAreListed(t *testing.T) {
	st := viewtest.Demo()
	for _, name := range []string{"b1", "b2"} {
		st.Health(st.ID(name), false, "probe")
	}
	st.Admin(st.ID("cache"), "sick")
	var got []string
	for _, r := range sectionOf[*view.Ailing](t, build(st, view.Query{})).Rows {
		got = append(got, r.Part.Text)
	}
	slices.Sort(got)
	if want := []string{"b1", "b2", "cache"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
