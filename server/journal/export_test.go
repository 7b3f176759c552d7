package journal

import (
	"bytes"
	"os"

	"github.com/callboard/callboard/director/tree"
)

// File is what a test puts in place of a file.
type File = file

// ReadFile folds a file, Read one that is in memory.
var ReadFile = readFile

func Read(data []byte) (*tree.Snapshot, error) {
	s, _, err := readFrom(bytes.NewReader(data), "memory")
	return s, err
}

// AppendLine returns the line of a record.
func AppendLine(record string) []byte {
	return appendLine(nil, func(b []byte) []byte { return append(b, record...) })
}

// WrittenSeq is the sequence number up to which everything was written.
func (j *Journal) WrittenSeq() uint64 {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.written
}

// Kept is what Open has found.
func (j *Journal) Kept() *tree.Snapshot { return j.kept }

// WithFiles makes the files of a journal those of a test.
func (o Options) WithFiles(wrap func(path string, f File) (File, error)) Options {
	o.open = func(path string, flag int) (file, error) {
		f, err := openFile(path, flag)
		if err != nil {
			return nil, err
		}
		wrapped, err := wrap(path, f)
		if err != nil {
			f.Close()
			if flag&os.O_CREATE != 0 {
				os.Remove(path)
			}
		}
		return wrapped, err
	}
	return o
}
