package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// errIncomplete reports a file that ends before its state does. The journal
// never leaves one, but a disk may.
var errIncomplete = errors.New("the file ends before the state in it is complete")

// load reads the newest complete file.
func (j *Journal) load() error {
	names, _, err := j.list()
	if err != nil {
		return err
	}
	for _, name := range slices.Backward(names) {
		if when, _ := timeOf(name); when.After(j.newest) {
			j.newest = when
		}
		path := filepath.Join(j.folder, name)
		kept, tornAt, err := read(path)
		if errors.Is(err, errIncomplete) {
			j.o.Logger.Error("journal: a file is damaged; the one before it is used", "error", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was changed: repair the file, cut it off before that line, "+
				"or move it away to go back to the run before", err)
		}
		if tornAt > 0 {
			j.o.Logger.Warn("journal: the end was not written whole and is left out; without --durable, a machine that "+
				"lost its power may have taken answered commands with it", "file", path, "line", tornAt)
		}
		j.kept, j.keptFile = kept, path
		return nil
	}
	if len(names) > 0 {
		return fmt.Errorf("%s: none of the %d files is complete; move them away to begin afresh", j.folder, len(names))
	}
	return nil
}

// readFile folds a file. An end that is torn is left out: a crash came while it
// was written.
func readFile(path string) (*tree.Snapshot, error) {
	s, _, err := read(path)
	return s, err
}

// read is readFile. It also returns the line at which the torn end begins, 0 if
// there is none.
func read(path string) (s *tree.Snapshot, tornAt int, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, 0, err
	}
	defer f.Close()
	return readFrom(f, path)
}

func readFrom(f io.Reader, path string) (s *tree.Snapshot, tornAt int, err error) {
	r := &reader{r: bufio.NewReaderSize(f, 1<<16)}
	s, err = r.fold()
	switch {
	case errors.Is(err, errIncomplete):
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, 0, fmt.Errorf("%s: line %d: %w", path, r.line, err)
	}
	return s, r.tornAt, nil
}

// A reader reads the lines of a file.
type reader struct {
	r      *bufio.Reader
	format int
	line   int // the number of the line read last
	tornAt int // that of the line at which the disk stopped, 0 if at none
}

// next reads the record of a line. It returns [io.EOF] at the end, and where
// only a torn line is left.
func (r *reader) next() ([]byte, error) {
	line, err := r.r.ReadBytes('\n')
	if len(line) == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	r.line++
	if err != nil { // the last line has no end
		if whole := append(slices.Clone(line), '\n'); r.format != oldFormat {
			if record, err := recordOf(whole); err == nil {
				return record, nil
			}
		}
		if r.format == oldFormat || torn(line) {
			r.tornAt = r.line
			return nil, io.EOF
		}
		return nil, errNoRecord
	}
	if r.format == oldFormat {
		return line, nil
	}
	record, err := recordOf(line)
	if err != nil && torn(line) {
		r.tornAt = r.line
		return nil, io.EOF
	}
	return record, err
}

// events reads the events of a line.
func (r *reader) events() ([]event.Event, error) {
	record, err := r.next()
	if err != nil {
		return nil, err
	}
	if r.format != oldFormat {
		return eventsOf(record)
	}
	e, err := oldEventOf(record)
	if _, end := r.r.Peek(1); err != nil && !json.Valid(record) && errors.Is(end, io.EOF) {
		r.tornAt = r.line
		return nil, io.EOF
	}
	return []event.Event{e}, err
}

func (r *reader) fold() (*tree.Snapshot, error) {
	s, err := r.state()
	if errors.Is(err, io.EOF) {
		return nil, errIncomplete
	}
	for err == nil {
		var events []event.Event
		if events, err = r.events(); err != nil {
			break
		}
		for _, e := range events {
			if e.Seq != s.Seq+1 {
				return nil, fmt.Errorf("event %d follows event %d", e.Seq, s.Seq)
			}
			s = s.Apply(e)
		}
	}
	if errors.Is(err, io.EOF) {
		return s, nil
	}
	return nil, err
}

// state reads the header and the state.
func (r *reader) state() (*tree.Snapshot, error) {
	h, err := r.header()
	if err != nil {
		return nil, err
	}
	s := tree.New(h.Instance, h.Epoch)
	for lines := 0; lines < h.State; lines++ {
		events, err := r.events()
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if e.Seq != h.Seq {
				return nil, fmt.Errorf("event %d in the state at event %d", e.Seq, h.Seq)
			}
			s = s.Apply(e)
		}
	}
	at := *s
	at.Seq, at.Time = h.Seq, h.Time // there may be no state to tell
	return &at, nil
}

// header reads the first line, which tells the format of all.
func (r *reader) header() (h header, err error) {
	if start, _ := r.r.Peek(len(lineStart)); !bytes.Equal(start, []byte(lineStart)) {
		r.format = oldFormat // unless what is read says otherwise
	}
	record, err := r.next()
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(record, &h); err != nil {
		return h, fmt.Errorf("not the first line of a journal: %w", err)
	}
	if r.format == 0 {
		r.format = format
	}
	if h.Journal != r.format {
		return h, fmt.Errorf("not a journal of format %d or %d, but of %d: another version of the program wrote it", oldFormat, format, h.Journal)
	}
	return h, nil
}
