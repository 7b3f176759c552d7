package view_test

import (
	"strings"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func TestFilterMeansWhatItSays(t *testing.T) {
	st := viewtest.Busy()
	for _, test := range []struct{ filter, want string }{
		{"", "a1 a2 a3 b1 b2 c1 pool_a pool_b cache site"},
		{"health:sick", "a2 b2"},
		{"SICK backend", "a2 b2"},
		{"type:shard", "cache"},
		{"type:round_robin", "pool_a"},
		{"name~POOL", "pool_a pool_b"},
		{"name:a1", "a1"},
		{"name:boot.a1", "a1"},
		{"phase:lingering", "a1"},
		{"admin:sick", "b2"},
		{"members>2", "pool_a cache site"},
		{"members<=2 members>=1", "pool_b"},
		{"-type:backend -name~pool", "cache site"},
		{"vcl:other", ""},
		{`"round"`, "pool_a"},
	} {
		f, err := view.ParseFilter(test.filter)
		if err != nil {
			t.Errorf("%q: %v", test.filter, err)
			continue
		}
		var got []string
		for d := range st.Snapshot.Directors() {
			if f.Matches(d) {
				got = append(got, d.Name)
			}
		}
		if got := strings.Join(got, " "); got != test.want {
			t.Errorf("%q: got %s, want %s", test.filter, got, test.want)
		}
	}
}

func TestFilterSaysWhatIsWrong(t *testing.T) {
	for _, test := range []struct{ filter, want string }{
		{"phase:gone", "“phase:gone”: phase is live or lingering: write phase:lingering"},
		{"colour:red", "there is no field colour"},
		{"refs:many", "refs is a number"},
		{"health:", "a value has to follow :"},
		{"name>a", "name is text"},
		{"health:ill web refs~1", "“refs~1”"},
	} {
		_, err := view.ParseFilter(test.filter)
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%q: got %v, want %s", test.filter, err, test.want)
		}
	}
}

func FuzzParseFilter(f *testing.F) {
	for _, seed := range []string{"health:sick type:shard name~api", `-"a b" refs>=2`, "::", "-", "é~É", "\xff:\xff"} {
		f.Add(seed)
	}
	st := viewtest.Busy()
	f.Fuzz(func(t *testing.T, text string) {
		filter, err := view.ParseFilter(text)
		if err != nil && !filter.Empty() {
			t.Errorf("%q: an error and a filter", text)
		}
		for d := range st.Snapshot.Directors() {
			filter.Matches(d)
		}
	})
}
