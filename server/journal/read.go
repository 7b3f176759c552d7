package journal

import (
	"bufio"
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
		kept, err := readFile(path)
		if errors.Is(err, errIncomplete) {
			j.o.Logger.Error("journal: a file is damaged; the one before it is used", "error", err)
			continue
		}
		if err != nil {
			return fmt.Errorf("%w; nothing was changed: repair the file, cut it off before that line, "+
				"or move it away to go back to the run before", err)
		}
		j.kept, j.keptFile = kept, path
		return nil
	}
	if len(names) > 0 {
		return fmt.Errorf("%s: none of the %d files is complete; move them away to begin afresh", j.folder, len(names))
	}
	return nil
}

// readFile folds a file. A last line that is torn is left out: a crash came
// while it was written.
func readFile(path string) (*tree.Snapshot, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := &reader{r: bufio.NewReaderSize(f, 1<<16)}
	s, err := r.fold()
	switch {
	case errors.Is(err, errIncomplete):
		return nil, fmt.Errorf("%s: %w", path, err)
	case err != nil:
		return nil, fmt.Errorf("%s: line %d: %w", path, r.line, err)
	}
	return s, nil
}

// A reader reads lines of JSON.
type reader struct {
	r    *bufio.Reader
	line int // the number of the line read last
}

// next reads a line into v. It returns [io.EOF] at the end, and where only a torn
// line is left.
func (r *reader) next(v any) error {
	line, err := r.r.ReadBytes('\n')
	if err != nil {
		return err // io.EOF also when there is no line end
	}
	r.line++
	if err = json.Unmarshal(line, v); err == nil {
		return nil
	}
	if _, end := r.r.Peek(1); errors.Is(end, io.EOF) {
		return io.EOF
	}
	return err
}

func (r *reader) fold() (*tree.Snapshot, error) {
	s, err := r.state()
	if errors.Is(err, io.EOF) {
		return nil, errIncomplete
	}
	for err == nil {
		var e event.Event
		if err = r.next(&e); err != nil {
			break
		}
		if e.Seq != s.Seq+1 {
			return nil, fmt.Errorf("event %d follows event %d", e.Seq, s.Seq)
		}
		s = s.Apply(e)
	}
	if errors.Is(err, io.EOF) {
		return s, nil
	}
	return nil, err
}

// state reads the header and the state.
func (r *reader) state() (*tree.Snapshot, error) {
	var h header
	if err := r.next(&h); err != nil {
		return nil, err
	}
	if h.Journal != format {
		return nil, fmt.Errorf("not a journal of format %d, but of %d: another version of the program wrote it", format, h.Journal)
	}
	s := tree.New(h.Instance, h.Epoch)
	for range h.State {
		var e event.Event
		if err := r.next(&e); err != nil {
			return nil, err
		}
		if e.Seq != h.Seq {
			return nil, fmt.Errorf("event %d in the state at event %d", e.Seq, h.Seq)
		}
		s = s.Apply(e)
	}
	at := *s
	at.Seq, at.Time = h.Seq, h.Time // there may be no state to tell
	return &at, nil
}
