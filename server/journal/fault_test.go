package journal_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

// addPool adds a pool with its members by one command, as POST directors does,
// and returns the number of its last event.
func (h *house) addPool(name string, members ...string) (seq uint64) {
	h.t.Helper()
	err := h.rt.Command("", func(c *director.Command) error {
		impl, err := server.MakeDirector([]byte(configs[3]))
		if err != nil {
			return err
		}
		d, err := c.AddRecorded(h.vcl("boot"), name, impl, []byte(configs[3]))
		if err != nil {
			return err
		}
		group, err := c.Group(d)
		if err != nil {
			return err
		}
		for i, m := range members {
			if _, err := group.AddMember(h.find("boot."+m), float64(i+1)); err != nil {
				return err
			}
		}
		seq = c.Seq()
		return nil
	})
	if err != nil {
		h.t.Fatal(err)
	}
	return seq
}

// poolsOf returns the directors of a file that a history of pools has made, with
// the number of their members.
func poolsOf(t *testing.T, path string) map[string]int {
	t.Helper()
	kept, err := journal.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	pools := map[string]int{}
	for d := range kept.Directors() {
		if d.Group {
			pools[d.Name] = d.TotalMembers()
		}
	}
	return pools
}

// Each bit of a file that flips is found, with the line that it is in. None makes
// a file that looks like one with something else in it.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.add("boot", "a", configs[0])
	h.addPool("p", "a", "a")
	must(t, h.find("a").SetHealth(director.AdminSick), h.j.Close())
	path := files(t, dir)[0]
	data, err := os.ReadFile(path)
	must(t, err)
	for i := range data {
		line := bytes.Count(data[:i], []byte("\n")) + 1
		for bit := range 8 {
			damaged := bytes.Clone(data)
			damaged[i] ^= 1 << bit
			_, err := journal.Read(damaged)
			if want := fmt.Sprintf("memory: line %d: ", line); err == nil || !strings.HasPrefix(err.Error(), want) {
				t.Fatalf("bit %d of byte %d, in %q: got %v, want an error in line %d", bit, i, data[max(0, i-20):min(len(data), i+20)], err, line)
			}
		}
	}
}

// The disk becomes full at any byte: what Written has said to be kept is there,
// and nothing is there by half.
func TestFullAtEveryByte(t *testing.T) {
	t.Parallel()
	history := func(h *house) (acknowledged []string) {
		for i := range 3 {
			name := fmt.Sprint("p", i)
			seq := h.addPool(name, "a", "a")
			if h.j.Written(t.Context(), seq) == nil {
				acknowledged = append(acknowledged, name)
			}
		}
		return acknowledged
	}
	begin := func(d *disk) (*house, string) {
		dir := t.TempDir()
		o := options().WithFiles(d.wrap)
		o.Retry = time.Hour // what was written until then is looked at
		h, _ := open(t, dir, o, director.Options{})
		must(t, h.j.Written(t.Context(), h.rt.Tree().Seq))
		h.add("boot", "a", configs[0])
		must(t, h.j.Written(t.Context(), h.rt.Tree().Seq))
		return h, dir
	}
	var whole disk
	whole.room.Store(1 << 30)
	h, dir := begin(&whole)
	before := whole.room.Load()
	history(h)
	must(t, h.j.Close())
	size := before - whole.room.Load()
	if got := len(poolsOf(t, files(t, dir)[0])); got != 3 {
		t.Fatalf("the whole history has %d pools, want 3", got)
	}
	for room := int64(0); room < size; room += 7 {
		d := disk{lies: true}
		d.room.Store(1 << 30)
		h, dir := begin(&d)
		d.room.Store(room)
		acknowledged := history(h)
		pools := poolsOf(t, files(t, dir)[0])
		for _, name := range acknowledged {
			if _, ok := pools[name]; !ok {
				t.Fatalf("room for %d bytes: %s was acknowledged and is lost", room, name)
			}
		}
		for name, members := range pools {
			if members != 2 {
				t.Fatalf("room for %d bytes: %s has %d of its 2 members", room, name, members)
			}
		}
		if len(pools) > len(acknowledged)+1 {
			t.Fatalf("room for %d bytes: acknowledged %q of %v", room, acknowledged, pools)
		}
		d.room.Store(1 << 30)
		h.close()
	}
}

// A syncDisk counts what it syncs, and fails when a test says so.
type syncDisk struct {
	journal.File
	bytes  *atomic.Int64 // written
	synced *atomic.Int64 // of them
	syncs  *atomic.Int64
	gate   *sync.RWMutex // while it is locked nothing is synced
	err    *atomic.Pointer[syscall.Errno]
}

func newSyncDisk() *syncDisk {
	return &syncDisk{nil, new(atomic.Int64), new(atomic.Int64), new(atomic.Int64), new(sync.RWMutex), new(atomic.Pointer[syscall.Errno])}
}

func (d *syncDisk) wrap(_ string, f journal.File) (journal.File, error) {
	wrapped := *d
	wrapped.File = f
	return &wrapped, nil
}

func (d *syncDisk) Write(p []byte) (int, error) {
	n, err := d.File.Write(p)
	d.bytes.Add(int64(n))
	return n, err
}

func (d *syncDisk) Sync() error {
	bytes := d.bytes.Load()
	d.gate.RLock()
	defer d.gate.RUnlock()
	d.syncs.Add(1)
	if err := d.err.Load(); err != nil {
		return *err
	}
	err := d.File.Sync()
	d.synced.Store(bytes)
	return err
}

// Written does not wait for a sync, however long that takes.
func TestWrittenWaitsForNoSync(t *testing.T) {
	d := newSyncDisk()
	dir := t.TempDir()
	h, _ := open(t, dir, options().WithFiles(d.wrap), director.Options{})
	h.add("boot", "a", configs[0])
	d.gate.Lock()
	for i := range 20 {
		must(t, h.j.Written(t.Context(), h.addPool(fmt.Sprint("p", i), "a")))
	}
	if got := len(poolsOf(t, files(t, dir)[0])); got != 20 {
		t.Errorf("the file has %d pools while nothing can be synced, want 20", got)
	}
	d.gate.Unlock()
	must(t, h.j.Close())
	if d.synced.Load() != d.bytes.Load() {
		t.Errorf("after Close %d of %d bytes are synced", d.synced.Load(), d.bytes.Load())
	}
}

// With Durable it waits, and those who wait at the same time share a sync.
func TestDurableCommandsShareASync(t *testing.T) {
	d := newSyncDisk()
	o := options().WithFiles(d.wrap)
	o.Durable = true
	h, _ := open(t, t.TempDir(), o, director.Options{})
	h.add("boot", "a", configs[0])
	for i := range 5 {
		must(t, h.j.Written(t.Context(), h.addPool(fmt.Sprint("one", i), "a")))
		if d.synced.Load() != d.bytes.Load() {
			t.Fatalf("pool %d: %d of %d bytes are synced", i, d.synced.Load(), d.bytes.Load())
		}
	}
	d.gate.Lock()
	before := d.syncs.Load()
	var waiting sync.WaitGroup
	for i := range 20 {
		seq := h.addPool(fmt.Sprint("p", i), "a")
		waiting.Go(func() { must(t, h.j.Written(t.Context(), seq)) })
	}
	for h.j.WrittenSeq() < h.rt.Tree().Seq {
		time.Sleep(time.Millisecond)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := h.j.Written(late, h.rt.Tree().Seq); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("nothing can be synced: got %v, want that it waits until its context ends", err)
	}
	d.gate.Unlock()
	waiting.Wait()
	if syncs := d.syncs.Load() - before; syncs > 3 {
		t.Errorf("20 commands took %d syncs, want them to share", syncs)
	}
}

// A file that begins anew is as good as a sync: it counts as one only when the
// secrets that its state names are on disk, too.
func TestADurableFileComesAfterItsSecrets(t *testing.T) {
	secrets := newSyncDisk() // of secrets.ndjson alone
	o := options().WithFiles(func(path string, f journal.File) (journal.File, error) {
		if strings.HasSuffix(path, "secrets.ndjson") {
			return secrets.wrap(path, f)
		}
		return f, nil
	})
	o.Durable, o.MaxBytes = true, 1
	h, _ := open(t, t.TempDir(), o, director.Options{})
	secrets.gate.Lock()
	h.addSecret(t, "a") // more than the state: a new file begins
	late, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := h.j.Written(late, h.rt.Tree().Seq); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("no secret can be synced: got %v, want that it waits until its context ends", err)
	}
	secrets.gate.Unlock()
	must(t, h.j.Written(t.Context(), h.rt.Tree().Seq))
	if got, want := secrets.synced.Load(), secrets.bytes.Load(); got != want {
		t.Errorf("%d of %d bytes of secrets are synced", got, want)
	}
	must(t, h.j.Close())
}

// A sync that fails says of what came after the last one that it is not sure.
func TestASyncThatFails(t *testing.T) {
	for _, durable := range []bool{false, true} {
		t.Run(fmt.Sprint("durable=", durable), func(t *testing.T) {
			d := newSyncDisk()
			dir := t.TempDir()
			o := options().WithFiles(d.wrap)
			o.Durable, o.Remind = durable, time.Nanosecond
			var log buffer
			o.Logger = slog.New(slog.NewTextHandler(&log, nil))
			h, _ := open(t, dir, o, director.Options{})
			h.add("boot", "a", configs[0])
			begun := time.Now()
			broken := syscall.EIO
			d.err.Store(&broken)
			err := h.j.Written(t.Context(), h.addPool("p", "a"))
			if durable && !errors.Is(err, syscall.EIO) {
				t.Errorf("got %v, want EIO", err)
			}
			for !failing(h.j) {
				time.Sleep(time.Millisecond)
			}
			if err := h.j.Written(t.Context(), h.addPool("q", "a")); !errors.Is(err, syscall.EIO) {
				t.Errorf("got %v, want EIO", err)
			}
			if since, err := h.j.Failing(); !errors.Is(err, syscall.EIO) || since.Before(begun) {
				t.Errorf("failing since %v, %v; want EIO, just now", since, err)
			}
			for strings.Count(log.String(), "NOT KEPT") < 3 { // it is told again and again
				time.Sleep(time.Millisecond)
			}
			d.err.Store(nil)
			for failing(h.j) {
				time.Sleep(time.Millisecond)
			}
			must(t, h.j.Written(t.Context(), h.addPool("r", "a")), h.j.Close())
			if got, _ := reopen(t, dir); got != full(h.rt.Tree()) {
				t.Errorf("kept\n%s\nwant\n%s", got, full(h.rt.Tree()))
			}
			if err := h.j.Written(t.Context(), h.rt.Tree().Seq+1); !errors.Is(err, journal.ErrNotRecording) {
				t.Errorf("after Close: got %v, want ErrNotRecording", err)
			}
		})
	}
}

// A command that is under way when a new file begins is in one of them, whole.
func TestANewFileBeginsBetweenCommands(t *testing.T) {
	dir := t.TempDir()
	o := options()
	o.MaxBytes, o.Keep = 1, 1000 // a new file for nearly every command
	h, _ := open(t, dir, o, director.Options{})
	h.add("boot", "a", configs[0])
	var adding sync.WaitGroup
	for w := range 4 {
		adding.Go(func() {
			for i := range 15 {
				must(t, h.j.Written(t.Context(), h.addPool(fmt.Sprintf("p%d.%d", w, i), "a", "a", "a", "a")))
			}
		})
	}
	adding.Wait()
	must(t, h.j.Close())
	for _, path := range files(t, dir) {
		for name, members := range poolsOf(t, path) {
			if members != 4 {
				t.Errorf("%s: %s has %d of its 4 members", path, name, members)
			}
		}
	}
}
