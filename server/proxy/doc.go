// Package proxy is the HTTP handler that sends requests through a director tree:
// it passes heads, bodies, trailers and connections of switched protocols on in
// both directions, byte by byte where HTTP lets it, and says in Proxy-Status
// (RFC 9211) what became of a request. docs/proxy.md says what it changes, and
// where Varnish does otherwise.
//
// # Who holds what
//
// Whatever a request holds (references, a place at the backend, a connection)
// is let go when the handler returns, on every way out: the body of the answer
// is closed by a deferred call, panics included.
//
// # Who writes
//
// Until the final answer is here, informational answers (1xx) are written by the
// goroutine that reads the backend; an interim serializes them with the end of
// that time. Afterwards only the handler writes, and a timer that flushes, which
// takes the lock of the answer that it belongs to.
package proxy
