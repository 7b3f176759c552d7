package list

import (
	"fmt"
	"strings"
	"testing"
)

// Whatever a word is made of, it comes back from a line in which it is quoted.
func FuzzWords(f *testing.F) {
	for _, seed := range []string{"", "a b", `"\n`, "\x00\xff", `a\`, `\xg`, `"x" y\101`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if words, err := Words(text); err == nil && strings.ContainsAny(strings.Join(words, ""), " \t") && !strings.ContainsAny(text, `"\`) {
			t.Errorf("%q: got white space in a word: %q", text, words)
		}
		var quoted strings.Builder
		for i := range len(text) {
			fmt.Fprintf(&quoted, `\x%02x`, text[i])
		}
		words, err := Words(`first "` + quoted.String() + `" last`)
		if err != nil || len(words) != 3 || words[1] != text {
			t.Errorf("%q: got %q, %v", text, words, err)
		}
	})
}
