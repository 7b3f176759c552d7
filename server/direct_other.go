//go:build !unix

package server

import "syscall"

// writeNow writes nothing: only the client's own writer may wait.
func writeNow(syscall.RawConn, []byte) (int, error) { return 0, nil }
