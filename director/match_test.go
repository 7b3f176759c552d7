package director

import (
	"path"
	"strings"
	"testing"
)

func TestMatchName(t *testing.T) {
	for _, c := range []struct {
		pattern, name string
		want          bool
	}{
		{"boot.a1", "boot.a1", true},
		{"boot.a1", "boot.a11", false},
		{"*", "boot.a/b", true},
		{"*.*", "boot", false},
		{"b*t.*1", "boot.pool.a1", true},
		{"boot.a?", "boot.a", false},
		{"boot.[a-c]1", "boot.b1", true},
		{"boot.[!a-c]1", "boot.b1", false},
		{"boot.[]x]", "boot.]", true},
		{"boot.[a", "boot.[a", true},
		{`boot.\*`, "boot.*", true},
		{`boot.\*`, "boot.x", false},
		{"", "", true},
		{"", "x", false},
		{"**", "", true},
		{"boot?a1", "boot.a1", true},
		{"boot.a?b", "boot.a/b", true},
	} {
		if got := matchName(c.pattern, c.name); got != c.want {
			t.Errorf("matchName(%q, %q) = %t, want %t", c.pattern, c.name, got, c.want)
		}
	}
}

// Where there is no slash to treat specially and the pattern is one that both
// accept, path.Match knows the answer.
func FuzzMatchName(f *testing.F) {
	f.Add("a*b?[c-e]", "axxbyd")
	f.Add("*a*a*", "banana")
	f.Add(`\[x]`, "[x]")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		got := matchName(pattern, name)
		ascii := func(r rune) bool { return r > 126 || r < 32 }
		if strings.ContainsAny(pattern+name, "/!") || strings.ContainsFunc(pattern+name, ascii) {
			return
		}
		want, err := path.Match(pattern, name)
		if err != nil || strings.ContainsAny(pattern, "[\\") {
			return // fnmatch gives meaning to what path.Match refuses
		}
		if got != want {
			t.Errorf("matchName(%q, %q) = %t, path.Match says %t", pattern, name, got, want)
		}
	})
}
