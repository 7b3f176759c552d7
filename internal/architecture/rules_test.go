package architecture

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// families are the rules of Varnish's behaviour: how many there are of a kind.
var families = map[string]int{
	"LIFE": 15, "REF": 8, "VDIRE": 8, "HEALTH": 11, "REQ": 13, "VCL": 19, "EV": 4, "CLI": 18, "PROBE": 15, "BE": 15,
	"GRP": 6, "RR": 3, "FB": 3, "RND": 1, "HASH": 3, "SHARD": 18, "RNG": 1, "DNS": 22,
}

// A rule that no test names has to stand in docs/rules.md with the reason.
func TestNoRuleIsForgotten(t *testing.T) {
	root := filepath.Join("..", "..")
	tests := testsOf(t, filepath.Join(root, "director"))
	doc, err := os.ReadFile(filepath.Join(root, "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := make(map[string]bool)
	for _, m := range regexp.MustCompile(`\b(?:Test)?([A-Z]+)-?(\d+)\b`).FindAllStringSubmatch(tests, -1) {
		named[m[1]+"-"+m[2]] = true
	}
	var forgotten []string
	for family, n := range families {
		for i := 1; i <= n; i++ {
			rule := fmt.Sprintf("%s-%d", family, i)
			if !named[rule] && !strings.Contains(string(doc), "\n| "+rule+" |") {
				forgotten = append(forgotten, rule)
			}
		}
	}
	if slices.Sort(forgotten); len(forgotten) > 0 {
		t.Errorf("neither named by a test nor listed in docs/rules.md: %s", strings.Join(forgotten, ", "))
	}
}

// testsOf returns the text of all tests below a folder. Names of tests run
// words together, so those are parted after a rule's number.
func testsOf(t *testing.T, folder string) string {
	t.Helper()
	var all strings.Builder
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		all.Write(regexp.MustCompile(`Test([A-Z]+\d+)`).ReplaceAll(text, []byte("$1 ")))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
