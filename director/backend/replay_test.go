package backend_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
)

// A recordedRow is one request, or several at one time, of
// testdata/fetch_errors.json, which was recorded from varnishd.
type recordedRow struct {
	URL, Method, Description string
	CLI                      string `json:"cli_before"`
	Responses                []struct {
		Status *int
		Leaf   string `json:"beresp.backend"`
	}
	Log []string
}

// fetchError returns what Varnish logged of a failure.
func (r *recordedRow) fetchError() string {
	for _, line := range r.Log {
		if text, ok := strings.CutPrefix(line, "FetchError     b "); ok {
			return text
		}
	}
	return ""
}

type recordedFetches struct {
	Rows     []recordedRow
	Counters []string `json:"counters_after"`
}

func readFetches(t *testing.T) recordedFetches {
	t.Helper()
	data, err := os.ReadFile("testdata/fetch_errors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file recordedFetches
	if err := json.Unmarshal(data, &file); err != nil {
		t.Fatal(err)
	}
	return file
}

// counter returns a counter of a backend as it was recorded at the end.
func (f *recordedFetches) counter(t *testing.T, backend, name string) uint64 {
	t.Helper()
	for _, line := range f.Counters {
		if fields := strings.Fields(line); fields[0] == "VBE.vcl1."+backend+"."+name {
			n, err := strconv.ParseUint(fields[1], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			return n
		}
	}
	t.Fatalf("no counter %s of %s", name, backend)
	return 0
}

// kinds are those of the failures that were recorded.
var kinds = map[string]backend.Kind{
	"/probesick": backend.KindUnhealthy, "/ok": backend.KindUnhealthy,
	"/busy1": backend.KindBusy, "/waitq": backend.KindBusy, "/waitshort": backend.KindBusy,
	"/refused": backend.KindConnect, "/closer": backend.KindEOF, "/never": backend.KindFirstByteTimeout,
	"/half": backend.KindBetweenBytesTimeout,
}

func TestFetchErrorsReplay(t *testing.T) {
	file := readFetches(t)
	s := newStageManager(t)
	for i, row := range file.Rows {
		t.Run(fmt.Sprintf("BE-2 BE-7 REQ-6 row %d %s %s", i, row.URL, row.Description), func(t *testing.T) {
			if row.Method != http.MethodGet {
				t.Skip("a pipe to no backend is refused before the backend: director's test")
			}
			s.command(t, row.CLI)
			s.play(t, row)
		})
	}
	for name := range s.leaves {
		c := of(s.leaves[name]).Counters()
		for counter, got := range map[string]uint64{
			"req": c.Req, "unhealthy": c.Unhealthy, "busy": c.Busy, "conn": uint64(c.Conn), "helddown": c.HeldDown,
			"fail_econnrefused": c.FailECONNREFUSED, "fail_other": c.FailOther, "fail_etimedout": c.FailETIMEDOUT,
			"fail_eacces": c.FailEACCES, "fail_eaddrnotavail": c.FailEADDRNOTAVAIL, "fail_enetunreach": c.FailENETUNREACH,
			"happy": uint64(c.Happy),
		} {
			if want := file.counter(t, name, counter); got != want {
				t.Errorf("BE-9 PROBE-15 %s of %s: got %d, want %d", counter, name, got, want)
			}
		}
	}
}

// play makes the requests of a row, those after the first while the first is
// being answered, and compares what comes of them.
func (s *stageManager) play(t *testing.T, row recordedRow) {
	t.Helper()
	pending := make([]<-chan outcome, len(row.Responses))
	for i := range pending {
		pending[i] = s.request(t, strings.TrimPrefix(row.URL, "/"))
		if len(pending) > 1 {
			s.settle(t, row.URL, i)
		}
	}
	// Those that are not let in end by themselves; the others one by one. The
	// recording has the answers in the order of the requests.
	results := make([]outcome, len(pending))
	for i, want := range row.Responses {
		if len(pending) > 1 && want.Status != nil && *want.Status != 503 {
			if row.URL == "/waitshort" {
				results[1] = <-pending[1]
			}
			s.release <- struct{}{}
		}
		if results[i] == (outcome{}) {
			results[i] = <-pending[i]
		}
		s.compare(t, row, want.Status, want.Leaf, results[i])
	}
}

func (s *stageManager) compare(t *testing.T, row recordedRow, status *int, leaf string, got outcome) {
	t.Helper()
	if status != nil && *status != 503 {
		if got.err != nil || got.status != *status {
			t.Errorf("got %d, %v, want %d", got.status, got.err, *status)
		}
		return
	}
	if got.err == nil {
		t.Fatalf("got %d, want a failure: %s", got.status, row.fetchError())
	}
	kind, known := kinds[row.URL]
	failed, isBackends := got.err.(interface{ Unwrap() error })
	if known {
		if e := kindOf(got.err); e != kind {
			t.Errorf("got kind %s, want %s: %v", e, kind, got.err)
		}
		if leaf != "" && !strings.HasPrefix(got.err.Error(), "backend "+leaf+": ") {
			t.Errorf("REQ-4: got %v, want it to name %s", got.err, leaf)
		}
	} else if isBackends && failed.Unwrap() != nil {
		t.Errorf("got %v, want no backend", got.err)
	}
	text := row.fetchError()
	if row.URL == "/half" {
		text = "between bytes timeout" // there, it is the socket's words
	}
	if !strings.HasSuffix(strings.ToLower(got.err.Error()), strings.ToLower(text)) {
		t.Errorf("got %q, want %q", got.err, text)
	}
}

// command does what the recording did at the command line before a row. The
// recording took the mark off ok again without saying so.
func (s *stageManager) command(t *testing.T, line string) {
	t.Helper()
	words := strings.Fields(line)
	if len(words) != 3 {
		return
	}
	if words[1] == "fok" {
		s.set(t, "ok", director.AdminAuto)
	}
	s.set(t, words[1], director.AdminHealth(words[2]))
}

func (s *stageManager) set(t *testing.T, pattern string, admin director.AdminHealth) {
	t.Helper()
	if n, err := s.vcl.Runtime().SetHealth(pattern, admin); err != nil || n != 1 {
		t.Fatalf("set_health %s %s: got %d, %v", pattern, admin, n, err)
	}
}
