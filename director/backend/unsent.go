package backend

import (
	"net"
	"sync/atomic"
)

// A sendMark knows whether anything of a request was written to a connection. The
// hooks that set it may run in goroutines of net/http.
type sendMark struct {
	conn  atomic.Pointer[backendConn] // the newest one that the request was given
	from  atomic.Uint64               // what was written to it before
	wrote atomic.Bool                 // something was written to an earlier one
}

// take notes that the request is about to be written to conn.
func (m *sendMark) take(conn net.Conn) {
	counted, ok := conn.(*backendConn)
	if !ok {
		m.wrote.Store(true) // it cannot be known
		return
	}
	if m.written() {
		m.wrote.Store(true)
	}
	m.from.Store(counted.written.Load())
	m.conn.Store(counted)
}

// written reports whether anything was written for the request. The answer is
// final only when the connection has ended: until then it may still come.
func (m *sendMark) written() bool {
	conn := m.conn.Load()
	return m.wrote.Load() || conn != nil && conn.written.Load() > m.from.Load()
}

// unsent reports whether an error says that the connection ended before anything
// was written to it, which happens to one that was kept while its server went.
func (m *sendMark) unsent(failed *Error) bool {
	return (failed.Kind == KindEOF || failed.Kind == KindReset) && m.conn.Load() != nil && !m.written()
}
