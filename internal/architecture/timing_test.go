package architecture

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// timed are the ways in which a test fails because the machine is slow: it gives
// something so many seconds, or finds that it took more.
var timed = regexp.MustCompile(`time\.Since\([^)]*\)(; \w+)? >=? |time\.Now\(\)\.(After|Before)\(|[dD]eadline\(time\.Now\(\)|net\.DialTimeout`)

// Tests wait for what happens, see docs/testing.md. Where time is virtual, and in
// benchmarks, a figure of time is right.
func TestNoTestDependsOnTime(t *testing.T) {
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || file != root && strings.HasPrefix(d.Name(), ".")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, "_test.go") || d.Name() == "timing_test.go" {
			return nil
		}
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		if strings.Contains(string(text), "synctest.Test(") || !strings.Contains(string(text), "\nfunc Test") {
			return nil
		}
		for i, line := range strings.Split(string(text), "\n") {
			if timed.MatchString(line) {
				t.Errorf("%s:%d waits or fails by the clock: %s", file, i+1, strings.TrimSpace(line))
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
