package journal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server/journal"
)

// The file was written by the version before format 2.
const oldFile = "testdata/format1.ndjson"

func TestOldFormatIsRestored(t *testing.T) {
	dir := t.TempDir()
	data, err := os.ReadFile(oldFile)
	must(t, err, os.Mkdir(filepath.Join(dir, "main"), 0o700))
	path := filepath.Join(dir, "main", "20261126T230042.977282162Z-vaubscnujf37.ndjson")
	must(t, os.WriteFile(path, append(data, `{"seq":35,"ti`...), 0o600))
	kept, err := journal.ReadFile(path)
	must(t, err)
	if got, want := stepping(kept), "before last-drop, last {Kind:member Name:pool ID:4 Slot:3 Ref:4}"; !strings.Contains(got, want) {
		t.Errorf("step mode: got\n%swant %q in it", got, want)
	}
	h, report := open(t, dir, options(), director.Options{})
	if len(report.Problems) > 0 || report.Directors != 4 || report.VCLs != 2 || report.References != 5 {
		t.Errorf("restored %s, %d references, problems %q; want 4 directors of 2 VCLs and 5 references", report, report.References, report.Problems)
	}
	want := lasting(kept)
	if got := lasting(h.rt.Tree()); got != want || !strings.Contains(got, "pool random") || !strings.Contains(got, "a1=2 a2=3") {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	must(t, h.j.Close())
	newest := files(t, dir)
	written, err := os.ReadFile(newest[len(newest)-1])
	must(t, err)
	if !strings.HasPrefix(string(written), `{"crc":"`) {
		t.Errorf("the new file begins with %.40q, want a checksum", written)
	}
	if got, _ := reopen(t, dir); got != full(h.rt.Tree()) {
		t.Errorf("got\n%s\nwant\n%s", got, full(h.rt.Tree()))
	}
}

// What an older or newer version calls otherwise is not passed over.
func TestUnknownKindIsNamed(t *testing.T) {
	data, err := os.ReadFile(oldFile)
	must(t, err)
	odd := strings.Replace(string(data), `"kind":"vcl.label"`, `"kind":"vcl.painted"`, 1)
	event := `{"seq":5,"time":"2026-01-02T03:04:05Z","kind":"vcl.painted","vcl":"boot"}`
	head := string(journal.AppendLine(`{"journal":2,"instance":"main","epoch":"e","seq":4,"time":"2026-01-02T03:04:05Z","state":0}`))
	for what, file := range map[string]string{
		"format 1": odd,
		"format 2": head + string(journal.AppendLine("["+event+"]")),
	} {
		path := filepath.Join(t.TempDir(), "x.ndjson")
		must(t, os.WriteFile(path, []byte(file), 0o600))
		_, err := journal.ReadFile(path)
		line := 2
		if what == "format 1" {
			line = strings.Count(odd[:strings.Index(odd, "vcl.painted")], "\n") + 1
		}
		if want := fmt.Sprintf("%s: line %d", path, line); err == nil || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), `"vcl.painted"`) {
			t.Errorf("%s: got %v, want %q and the kind", what, err, want)
		}
	}
}
