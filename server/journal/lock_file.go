//go:build !(darwin || dragonfly || freebsd || illumos || linux || netbsd || openbsd)

package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// lock makes the file, which must not be there, and unlock removes it. Without
// flock nobody removes it for a process that was killed: the message says what
// to do.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		pid, _ := os.ReadFile(path)
		return nil, fmt.Errorf("%w; if that process has ended without removing %s, remove it", inUse(path, strings.TrimSpace(string(pid))), path)
	}
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
	if err = errors.Join(err, f.Close()); err != nil {
		_ = os.Remove(path)
		return nil, err
	}
	return func() { _ = os.Remove(path) }, nil
}

// syncDir has nothing to do where a folder cannot be synced.
func syncDir(string) error { return nil }
