package main

import (
	"regexp"
	"strings"
	"testing"
)

// Of two directors of one name, each is listed with the number by which commands
// take it, wherever it is named.
func TestListTellsDirectorsOfOneNameApart(t *testing.T) {
	_, do := newBoard(t)
	for _, line := range []string{"delete a1", "add a1 --type random --member a2", "assign pool a1"} {
		if code, _, stderr := do(strings.Fields(line)...); code != 0 {
			t.Fatalf("%s: got %d, %s", line, code, stderr)
		}
	}
	_, stdout, _ := do("list")
	for _, want := range []string{
		`(?m)^boot\.a1 @1 .*lingering.*pool slot 1`, `(?m)^boot\.a1 @4 .*live.*pool slot 2`,
		`(?m)^boot\.pool  .*a1@1 a1@4$`, `(?m)^boot\.a2  .*a1@4 slot 1`,
	} {
		if !regexp.MustCompile(want).MatchString(stdout) {
			t.Errorf("got\n%s\nwant %s", stdout, want)
		}
	}
	if _, stdout, _ = do("list", "lingering"); !strings.Contains(stdout, "boot.a1 @1 ") {
		t.Errorf("list lingering: got %s, want the number of a1", stdout)
	}
	if code, _, stderr := do("pin", "@1"); code != 0 {
		t.Errorf("pin @1: got %d, %s", code, stderr)
	}
}
