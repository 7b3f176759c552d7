package view_test

import (
	"testing"

	"github.com/callboard/callboard/web/view"
)

func TestWordsOfATrial(t *testing.T) {
	for _, test := range []struct{ got, want string }{
		{view.TriedOnce("a1", 200, 3.14, ""), "a1 answered: 200 in 3.1 ms"},
		{view.TriedOnce("a1", 0, 0.01, ""), "The way leads to a1"},
		{view.TriedOnce("a1", 0, 3, "backend a1: busy"), "a1 did not answer"},
		{view.TriedOnce("", 0, 3, "director pool returned no backend"), "No way to a backend"},
		{view.TriedAfter(nil) + view.TriedAgain(0), ""},
		{view.TriedAfter([]string{"a1", "a2"}), "a1 and a2 had failed before"},
		{view.TriedAgain(3), " · 3 went to another backend when one had failed"},
		{view.TriedOften(1000, 0, 0, 1234, false), "1000 requests in 1234 ms"},
		{view.TriedOften(10_000, 0, 3, 12_345, true), "10\u2009000 ways looked for in 12.3 s, 3 failed"},
		{view.TriedOften(40, 60, 0, 10_000, false), "40 requests in 10.0 s; time was up before 60 more"},
		{view.TriedNote(0.5, 12.3, []string{"200 × 9", "503 × 1"}), "Half within 0.50 ms, 99 % within 12 ms · status 200 × 9, 503 × 1"},
		{view.ProbeWords(true, 200, 3.04, "HTTP/1.1 200 OK"), "Good: 200 in 3.0 ms"},
		{view.ProbeWords(false, 503, 3, "HTTP/1.1 503 Busy, where 200 is expected"), "Not good: HTTP/1.1 503 Busy, where 200 is expected, in 3.0 ms"},
		{view.ProbeWords(false, 0, 2000, "Open error 111 (Connection refused)"), "Not good: Open error 111 (Connection refused)"},
		{view.NewShare(view.Part{Text: "b1"}, 667, 0.667).Percent, "66.7 %"},
		{view.NewShare(view.Part{Text: "b1"}, 667, 0.667).Bar, "M0 4h66.70"},
	} {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestAddingAMember(t *testing.T) {
	q := view.Query{Select: "boot.pool_a", Face: view.FaceOutline}.AddingMember()
	if got, want := q.Href(), "?face=outline&panel=add-backend%3Ainto&select=boot.pool_a"; got != want {
		t.Errorf("link: got %s, want %s", got, want)
	}
	if read := view.ParseQuery(q.Values()); read != q {
		t.Errorf("read again: got %+v, want %+v", read, q)
	}
	if kind, open := q.AddingType("random").Adding(); kind != "random" || !open {
		t.Errorf("got %q, %v, want the form for random", kind, open)
	}
	if got := q.AddingType("random").Into(); got != "boot.pool_a" {
		t.Errorf("into: got %q, want boot.pool_a", got)
	}
	if got := (view.Query{Select: "boot.pool_a", Panel: view.PanelAdd}).AddingType("hash").Into(); got != "" {
		t.Errorf("into: got %q, want nothing, where none was asked for", got)
	}
}
