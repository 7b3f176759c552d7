package journal_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/server/journal"
)

// A file that ends anywhere tells everything up to the last whole line.
func TestTornAtEveryByte(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{Name: "main", Epoch: "e"})
	r := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		h.step(r)
	}
	h.add("boot", "m", configs[0])
	h.addPool("pool", "m", "m", "m") // several events, one command
	must(t, h.j.Close())
	path := files(t, dir)[0]
	data, err := os.ReadFile(path)
	must(t, err)
	head := stateLines(t, data)
	states := states(t, h.rt)
	whole := wholeCommands(t, h.rt)
	torn := filepath.Join(t.TempDir(), "main", filepath.Base(path))
	must(t, os.Mkdir(filepath.Dir(torn), 0o700))
	lines := bytes.SplitAfter(data, []byte("\n"))
	last := func(n int) int { return len(data) - len(bytes.Join(lines[len(lines)-1-n:], nil)) }
	for cut := len(data); cut > 0; cut-- {
		if cut < last(3) && cut%53 != 0 && data[cut-1] != '\n' {
			continue // more of the same, slowly
		}
		// A record that lacks nothing but the end of its line is whole.
		complete := bytes.Count(data[:cut], []byte("\n"))
		if data[cut-1] != '\n' && data[cut] == '\n' {
			complete++
		}
		if complete < head {
			if _, err := journal.Read(data[:cut]); err == nil {
				t.Fatalf("cut at %d, in the state: got no error", cut)
			}
			continue
		}
		got, err := journal.Read(data[:cut])
		must(t, err)
		want := states[got.Seq]
		if !whole[got.Seq] || full(got) != full(want) {
			t.Fatalf("cut at %d: %v, got\n%s\nwant\n%s", cut, err, full(got), full(want))
		}
		if cut >= last(1)-2 && (cut%5 == 0 || cut > len(data)-3) {
			must(t, os.WriteFile(torn, data[:cut], 0o600))
			restoreTorn(t, torn, lasting(want))
		}
	}
}

func restoreTorn(t *testing.T, path, want string) {
	t.Helper()
	dir := filepath.Dir(filepath.Dir(path))
	h, _ := open(t, dir, options(), director.Options{})
	if got := lasting(h.rt.Tree()); got != want {
		t.Fatalf("restored\n%s\nwant\n%s", got, want)
	}
	h.close()
	for _, name := range files(t, dir) {
		must(t, os.Remove(name))
	}
}

// stateLines is the number of lines that a file has before what happened.
func stateLines(t *testing.T, data []byte) int {
	t.Helper()
	var first struct {
		Record struct{ State int }
	}
	line, _, _ := bytes.Cut(data, []byte("\n"))
	must(t, json.Unmarshal(line, &first))
	return 1 + first.Record.State
}

// wholeCommands are the sequence numbers at which no command is half done.
func wholeCommands(t *testing.T, rt *director.Runtime) map[uint64]bool {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	must(t, err)
	whole, open := map[uint64]bool{}, map[event.Number]bool{}
	for _, e := range events {
		if e.Command != 0 {
			open[e.Command] = true
		}
		if e.Last {
			delete(open, e.Command)
		}
		whole[e.Seq] = len(open) == 0
	}
	return whole
}

// states returns the state after each event.
func states(t *testing.T, rt *director.Runtime) map[uint64]*tree.Snapshot {
	t.Helper()
	events, err := rt.Log().After(0, 0)
	must(t, err)
	s := tree.New(rt.Name(), rt.Epoch())
	after := map[uint64]*tree.Snapshot{}
	for _, e := range events {
		s = s.Apply(e)
		after[s.Seq] = s
	}
	return after
}

func TestBadLines(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	for range 5 {
		h.addAny(rand.New(rand.NewPCG(3, 3)), h.vcl("boot"))
	}
	must(t, h.j.Close())
	want := full(h.rt.Tree())
	path := files(t, dir)[0]
	data, err := os.ReadFile(path)
	must(t, err)
	lines := strings.SplitAfter(strings.TrimSuffix(string(data), "\n"), "\n")
	damage := func(line int, with string) string {
		damaged := append([]string(nil), lines...)
		damaged[line-1] = with
		return strings.Join(damaged, "") + "\n"
	}
	middle := len(lines) - 2
	for _, c := range []struct{ what, file, err string }{
		{"a bad line", damage(middle, "{bad\n"), fmt.Sprintf("line %d: this is no record", middle)},
		{"a lost line", damage(middle, ""), fmt.Sprintf("line %d: event", middle)},
		{"a bad line in the state", damage(2, "\x01\n"), "line 2: this is no record"},
		{"a bad header", damage(1, "{}\n"), "line 1: not a journal"},
		{"another format", damage(1, string(journal.AppendLine(`{"journal":3}`))), "another version"},
		{"a flipped bit in the header", strings.Replace(string(data), `"journal":2`, `"journal":3`, 1), "line 1: the record does not have its checksum"},
		{"a bad line at the end", string(data) + "{bad\n", fmt.Sprintf("line %d: this is no record", len(lines)+1)},
		{"blocks that were never written", string(data) + `{"crc":"00` + strings.Repeat("\x00", 512) + "\n", ""},
		{"half a line at the end", string(data) + `{"seq":`, ""},
		{"a whole line without its end", strings.TrimSuffix(string(data), "\n"), ""},
		{"another byte as the end of the last line", strings.TrimSuffix(string(data), "\n") + "\v", fmt.Sprintf("line %d: this is no record", len(lines))},
		{"nothing of its state", lines[0], "none of the 1 files is complete"},
	} {
		must(t, os.WriteFile(path, []byte(c.file), 0o600))
		j, err := journal.Open(dir, options())
		switch {
		case c.err == "" && err != nil, c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err)):
			t.Errorf("%s: got %v, want %q", c.what, err, c.err)
		case err != nil && !strings.Contains(err.Error(), filepath.Dir(path)):
			t.Errorf("%s: %v does not name the file", c.what, err)
		case err == nil && full(j.Kept()) != want:
			t.Errorf("%s: got\n%s\nwant\n%s", c.what, full(j.Kept()), want)
		}
		if err == nil {
			must(t, j.Close())
		}
	}
}

// A crash before the new file is complete leaves the old one in force.
func TestUnfinishedFileIsNobodys(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.add("boot", "a", configs[0])
	must(t, h.j.Close())
	_, want := reopen(t, dir)
	path := files(t, dir)[0]
	left := filepath.Join(filepath.Dir(path), "29991231T000000.000000000Z-x.ndjson.tmp")
	must(t, os.WriteFile(left, []byte("{"), 0o600), os.WriteFile(filepath.Join(filepath.Dir(path), "notes.ndjson"), nil, 0o600))
	// A whole name with half a state: the disk lied. The file before counts.
	must(t, os.WriteFile(filepath.Join(filepath.Dir(path), "29991230T000000.000000000Z-x.ndjson"), []byte("{"), 0o600))
	h, _ = open(t, dir, options(), director.Options{})
	if got := lasting(h.rt.Tree()); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	h.add("boot", "b", configs[0])
	must(t, h.j.Close())
	if _, got := reopen(t, dir); got != lasting(h.rt.Tree()) {
		t.Errorf("a file with a later time in its name won: got\n%s\nwant\n%s", got, lasting(h.rt.Tree()))
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("the unfinished file is still there")
	}
}

func TestOldFilesAreDeleted(t *testing.T) {
	dir := t.TempDir()
	o := options()
	o.Keep = 3
	for range 6 {
		h, _ := open(t, dir, o, director.Options{})
		must(t, h.j.Close())
	}
	if got := files(t, dir); len(got) != 4 {
		t.Errorf("got %q, want the present one and 3", got)
	}
}

// A disk that fails, and is slow, as a test wants it.
type disk struct {
	room atomic.Int64 // bytes that it still takes
	mu   sync.RWMutex // while it is locked nothing is synced
	busy sync.RWMutex // while it is locked nothing is written
	lies bool         // says that it has synced, which is faster
}

type diskFile struct {
	journal.File
	d *disk
}

func (d *disk) wrap(_ string, f journal.File) (journal.File, error) { return &diskFile{f, d}, nil }

// Write takes what there is room for, as write(2) does.
func (f *diskFile) Write(p []byte) (int, error) {
	f.d.busy.RLock()
	defer f.d.busy.RUnlock()
	left := f.d.room.Add(-int64(len(p)))
	if left >= 0 {
		return f.File.Write(p)
	}
	fits := max(0, int64(len(p))+left)
	n, err := f.File.Write(p[:fits])
	if err == nil {
		err = syscall.ENOSPC
	}
	return n, err
}

func (f *diskFile) Sync() error {
	f.d.mu.RLock()
	defer f.d.mu.RUnlock()
	if f.d.lies {
		return nil
	}
	return f.File.Sync()
}

// A buffer can be written by one goroutine and read by another.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func TestFullDisk(t *testing.T) {
	for _, recovers := range []bool{true, false} {
		t.Run(fmt.Sprint("recovers=", recovers), func(t *testing.T) {
			dir := t.TempDir()
			var d disk
			var log buffer
			d.room.Store(10_000)
			o := options().WithFiles(d.wrap)
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			h, _ := open(t, dir, o, director.Options{})
			for i := 0; !failing(h.j); i++ {
				h.add("boot", fmt.Sprint("a", i), configs[0])
				time.Sleep(time.Millisecond)
			}
			h.add("boot", "pool", configs[2], "a0") // serving goes on
			time.Sleep(30 * time.Millisecond)       // some retries
			if got := strings.Count(log.String(), "NOT KEPT"); got != 1 {
				t.Errorf("logged %d times:\n%s", got, log.String())
			}
			if !recovers {
				if err := h.j.Close(); err == nil || !strings.Contains(err.Error(), "not kept") {
					t.Errorf("close: got %v, want the error", err)
				}
				if _, kept := reopen(t, dir); !strings.Contains(kept, "a1 backend") || strings.Contains(kept, "pool") {
					t.Errorf("kept\n%s\nwant what happened before the error", kept)
				}
				return
			}
			d.room.Store(1 << 30)
			for failing(h.j) {
				time.Sleep(time.Millisecond)
			}
			h.add("boot", "z", configs[0])
			must(t, h.j.Close())
			if got, _ := reopen(t, dir); got != full(h.rt.Tree()) {
				t.Errorf("kept\n%s\nwant\n%s", got, full(h.rt.Tree()))
			}
		})
	}
}

func TestFirstFileCannotBeWritten(t *testing.T) {
	dir := t.TempDir()
	var d disk
	j, err := journal.Open(dir, options().WithFiles(d.wrap))
	must(t, err)
	rt := director.New(director.Options{})
	if err := j.Start(rt); err == nil || !strings.Contains(err.Error(), "no space") {
		t.Errorf("got %v, want that there is no space", err)
	}
	must(t, j.Close(), rt.Close(t.Context()))
	if left, _ := filepath.Glob(filepath.Join(dir, "main", "*")); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

func failing(j *journal.Journal) bool {
	_, err := j.Failing()
	return err != nil
}

// Events that the ring has dropped before the disk was ready for them are not
// missing from the state.
func TestGap(t *testing.T) {
	dir := t.TempDir()
	var d disk
	var log buffer
	d.room.Store(1 << 30)
	o := options().WithFiles(d.wrap)
	o.Logger = slog.New(slog.NewTextHandler(&log, nil))
	h, _ := open(t, dir, o, director.Options{LogCapacity: 16})
	d.busy.Lock()
	for i := range 100 { // more than the ring has, while the disk sleeps
		h.add("boot", fmt.Sprint("a", i), configs[0])
	}
	h.add("boot", "pool", configs[2], "a1", "a2")
	must(t, h.find("a1").Delete())
	d.busy.Unlock()
	must(t, h.j.Close())
	if got, _ := reopen(t, dir); got != full(h.rt.Tree()) {
		t.Errorf("kept\n%s\nwant\n%s", got, full(h.rt.Tree()))
	}
	if !strings.Contains(log.String(), "faster than the disk") {
		t.Errorf("log: %s", log.String())
	}
}

// What happens after Close, and so the end of everything, is not recorded.
func TestCloseComesBeforeTheEnd(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.add("boot", "a", configs[0])
	must(t, h.j.Close())
	want := lasting(h.rt.Tree())
	h.add("boot", "b", configs[0])
	h.close()
	if _, got := reopen(t, dir); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
