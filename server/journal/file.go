package journal

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// A file is what the journal needs of an [os.File].
type file interface {
	io.Writer
	Sync() error
	Close() error
}

func openFile(path string, flag int) (file, error) { return os.OpenFile(path, flag, 0o600) }

// Parts of file names.
const (
	timeLayout = "20060102T150405.000000000Z"
	suffix     = ".ndjson"
	unfinished = ".tmp"
	// sparedSuffix is that of files that nobody deletes.
	sparedSuffix = ".kept"
)

// begin makes the present state the beginning of a new file, and the new file
// the present one. On an error the old one is as it was. In the state all
// commands are whole, as in all that follows.
func (j *Journal) begin(ctx context.Context) error {
	snapshot := j.rt.Settled()
	if err := j.secrets.keep(false); err != nil { // of what the snapshot names
		return err
	}
	if err := j.secrets.sync(); err != nil { // the new file counts as synced
		return err
	}
	when := time.Now().UTC()
	if !when.After(j.newest) {
		when = j.newest.Add(1) // the clock was set back; order is what counts
	}
	path := filepath.Join(j.folder, when.Format(timeLayout)+"-"+fileWord(snapshot.Epoch)+suffix)
	size, err := j.create(path, func(w io.Writer) error { return j.writeState(w, snapshot) })
	if err != nil {
		return err
	}
	j.newest = when
	opened, err := j.o.open(path, os.O_WRONLY|os.O_APPEND)
	if err != nil {
		return err
	}
	j.state, j.tail = size, 0
	j.sub, j.commands = j.rt.Log().Subscribe(snapshot.Seq), assembler{}
	j.use(ctx, opened, snapshot.Seq)
	j.prune()
	return nil
}

// create makes a file that is complete from the moment that it has its name.
func (j *Journal) create(path string, write func(io.Writer) error) (size int64, err error) {
	temporary := path + unfinished
	f, err := j.o.open(temporary, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return 0, err
	}
	counted := &counter{w: f}
	buffered := bufio.NewWriterSize(counted, 1<<16)
	if err = write(buffered); err == nil {
		err = buffered.Flush()
	}
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		_ = os.Remove(temporary) // prune tries again
		return 0, err
	}
	return counted.n, syncDir(j.folder)
}

// prune deletes old files, and what a crash has left unfinished.
func (j *Journal) prune() {
	names, rest, err := j.list()
	if err != nil {
		j.o.Logger.Warn("journal: old files are not deleted", "error", err)
		return
	}
	rest = append(rest, names[:max(0, len(names)-1-j.o.Keep)]...)
	for _, name := range rest {
		if err := os.Remove(filepath.Join(j.folder, name)); err != nil {
			j.o.Logger.Warn("journal: an old file is not deleted", "error", err)
		}
	}
}

// spare keeps the file that was not restored as a whole from ever being
// deleted: what could not be made again today is in no later file.
func (j *Journal) spare() {
	if !j.spared {
		return
	}
	if err := os.Link(j.keptFile, j.keptFile+sparedSuffix); err != nil && !os.IsExist(err) {
		j.o.Logger.Warn("journal: what could not be restored is only in a file that will be deleted some time", "error", err)
	}
}

// list returns the names of the journal's files, oldest first, and of those
// that were never finished.
func (j *Journal) list() (names, left []string, err error) {
	entries, err := os.ReadDir(j.folder) // sorted, and names begin with the time
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		name := e.Name()
		if _, ok := timeOf(strings.TrimSuffix(name, unfinished)); !ok {
			continue // not one of ours
		}
		if strings.HasSuffix(name, unfinished) {
			left = append(left, name)
		} else {
			names = append(names, name)
		}
	}
	return slices.Clip(names), left, nil
}

// timeOf returns the time in a file's name.
func timeOf(name string) (time.Time, bool) {
	when, _, dashed := strings.Cut(name, "-")
	t, err := time.Parse(timeLayout, when)
	return t, dashed && err == nil && strings.HasSuffix(name, suffix)
}

// fileWord makes any text part of a file name.
func fileWord(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, text)
}

// A counter counts what goes through it.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
