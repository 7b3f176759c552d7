package list_test

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/list"
)

// A capture is a command and its answer, as a real varnishd gave it.
type capture struct {
	Cmd, Note, Body string
	Status          int
}

func captures(t *testing.T) []capture {
	t.Helper()
	text, err := os.ReadFile("testdata/cli_outputs.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Captures []capture }
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	return file.Captures
}

// notApplicable are the captures that are not compared, and why. What they do
// is done to the runtime all the same; see scene.do.
var notApplicable = []omission{
	{[]int{0, 1, 2}, "there is no child process that could be stopped"},
	{[]int{3, 4, 5, 6}, "ping and status are about the process, not about directors"},
	{[]int{50, 52, 57, 64, 80, 86, 89}, "VCLs are changed by methods of the runtime; their answers are not Varnish's texts"},
	{[]int{61, 62, 63, 66, 67, 68, 69, 70, 71, 83}, "refused as in Varnish, by errors of the runtime with texts of their own"},
	{[]int{55, 56, 60}, "vcl.deps: a VCL here has no code that could depend on a label"},
}

type omission struct {
	captures []int
	reason   string
}

func (o omission) has(capture int) bool { return slices.Contains(o.captures, capture) }

// differences are what the answers have that is not to be repeated; see the
// table in the package's documentation.
var differences = strings.NewReplacer(
	"  -nan%", "  0.00%",
	" (1 return(vcl))", "",
	",\n\"refs\": 1", "",
)

// ages are how long after vcl1 was loaded a capture was made that a shard's
// ramp-up depends on. The time between two members is in [scene.vcl1].
var ages = map[int]time.Duration{
	8: 2002130 * time.Microsecond, 11: 2002360 * time.Microsecond,
	13: 2002680 * time.Microsecond, 29: 2004300 * time.Microsecond,
}

var times = regexp.MustCompile(`\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT|\d{9,10}\.\d{3}`)

func TestRecordingsReplay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newScene(t)
		for i, c := range captures(t) {
			if age, ok := ages[i]; ok {
				time.Sleep(age - time.Since(s.loaded))
			}
			if slices.ContainsFunc(notApplicable, func(o omission) bool { return o.has(i) }) {
				s.do(i, c)
				continue
			}
			if strings.Contains(c.Note, "vcl_cooldown=1s") {
				time.Sleep(cooldown)
				synctest.Wait()
			}
			status, body := list.RunLine(s.rt, c.Cmd)
			got, want := times.ReplaceAllString(body, "TIME"), times.ReplaceAllString(differences.Replace(c.Body), "TIME")
			if status != c.Status {
				t.Errorf("capture %d: %s: got status %d, want %d", i, c.Cmd, status, c.Status)
			}
			if line, g, w := firstDifference(got, want); line > 0 {
				t.Errorf("capture %d: %s: line %d: got %q, want %q", i, c.Cmd, line, g, w)
			}
		}
		s.worker.Allow()
		directortest.Check(t, s.rt)
	})
}

// firstDifference returns the number of the first line in which two texts
// differ, 0 if they are the same.
func firstDifference(a, b string) (number int, inA, inB string) {
	if a == b {
		return 0, "", ""
	}
	linesA, linesB := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(linesA), len(linesB)) {
		inA, inB = "no such line", "no such line"
		if i < len(linesA) {
			inA = linesA[i]
		}
		if i < len(linesB) {
			inB = linesB[i]
		}
		if inA != inB {
			return i + 1, inA, inB
		}
	}
	return 0, "", ""
}
