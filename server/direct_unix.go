//go:build unix

package server

import (
	"errors"
	"syscall"
)

// writeNow writes as much of p as the connection takes without waiting.
func writeNow(raw syscall.RawConn, p []byte) (n int, err error) {
	waitless := func(fd uintptr) bool {
		for {
			n, err = syscall.Write(int(fd), p)
			if !errors.Is(err, syscall.EINTR) {
				return true
			}
		}
	}
	if failed := raw.Write(waitless); failed != nil {
		return 0, failed
	}
	if errors.Is(err, syscall.EAGAIN) {
		return 0, nil
	}
	return max(n, 0), err
}
