package journal

import (
	"errors"
	"fmt"
	"path/filepath"
)

// ErrInUse reports that another process has the folder.
var ErrInUse = errors.New("another callboard is using this folder")

func inUse(lock, pid string) error {
	if pid == "" {
		pid = "unknown"
	}
	return fmt.Errorf("%s: %w (process %s): give each its own", filepath.Dir(lock), ErrInUse, pid)
}
