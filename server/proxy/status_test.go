package proxy

import "testing"

func TestStringsOfStructuredFields(t *testing.T) {
	for in, want := range map[string]string{"a1": `"a1"`, `a"b\`: `"a\"b\\"`, "ä": "", "": `""`} {
		if got, ok := quoted(in); got != want || ok != (want != "") {
			t.Errorf("%q: got %s, %t, want %s", in, got, ok, want)
		}
	}
}
