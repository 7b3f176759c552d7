//go:build unix

package server

import "syscall"

// descriptors returns how many files the process may have open.
func descriptors() int {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		return unknownDescriptors
	}
	return int(min(uint64(limit.Cur), 1<<24)) // it may be "infinity"
}
