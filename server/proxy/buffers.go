package proxy

import "sync"

// A buffer is what a body is copied with.
type buffer struct {
	bytes []byte
	home  *sync.Pool
}

// Most bodies are small, and many wait at one time for bytes that come slowly.
// For a long one fewer, longer reads and writes are worth their room.
const (
	usualSize = 32 << 10
	longSize  = 128 << 10
)

var (
	usualBuffers = newBuffers(usualSize)
	longBuffers  = newBuffers(longSize)
)

func newBuffers(size int) *sync.Pool {
	pool := new(sync.Pool)
	pool.New = func() any { return &buffer{make([]byte, size), pool} }
	return pool
}

// takeBuffer returns a buffer for a body of that length, -1 if it is not known.
// It has to be given back.
func takeBuffer(length int64) *buffer {
	if length > 2*usualSize {
		return longBuffers.Get().(*buffer)
	}
	return usualBuffers.Get().(*buffer)
}

func (b *buffer) giveBack() { b.home.Put(b) }
