package view_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
)

func TestQueryRoundTrip(t *testing.T) {
	for _, raw := range []string{"", "q=a+b", "select=boot.a1&face=graph", "face=outline&sort=-refs", "panel=add-random&face=outline&q=x&select=%4017"} {
		values, err := url.ParseQuery(raw)
		if err != nil {
			t.Fatal(err)
		}
		q := view.ParseQuery(values)
		if again := view.ParseQuery(q.Values()); again != q {
			t.Errorf("%q: got %+v, want %+v", raw, again, q)
		}
		if want := values.Encode(); q.Key() != want {
			t.Errorf("%q: key %q, want %q", raw, q.Key(), want)
		}
	}
}

func TestQueryLeavesOutWhatItDoesNotKnow(t *testing.T) {
	q := view.ParseQuery(url.Values{
		"face": {"sphere"}, "panel": {"evil"}, "q": {strings.Repeat("é", 500)}, "epoch": {"1"}, "select": {" boot.a1 "}, "sort": {"--name"},
	})
	if q.Face != "" || q.Panel != "" || len(q.Q) > 200 || !strings.HasPrefix(q.Q, "éé") || q.Select != "boot.a1" || q.Sort != "" {
		t.Errorf("got %+v", q)
	}
}
