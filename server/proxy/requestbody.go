package proxy

import (
	"io"
	"maps"
	"net/http"
	"sync/atomic"
	"time"
)

// lingerTime is how long a client may go on to send a body after the answer to
// it. A connection that is closed while bytes arrive is reset, and with it may
// go an answer that the client has not read yet.
const lingerTime = 2 * time.Second

// A requestBody is the body of a request on its way to the backend. It is read
// by another goroutine than the handler's, perhaps still when the answer is
// complete; net/http's server lets both do so.
type requestBody struct {
	inner   io.ReadCloser // nil if there is none
	in, out *http.Request
	interim *interim
	started bool // of the reader
	ended   atomic.Bool
}

// begin makes the body that of out. Reading and writing may overlap from now on:
// net/http's server would otherwise read the rest of the body before the
// first byte of an answer goes out.
func (x *exchange) begin(out *http.Request) {
	_ = x.control.EnableFullDuplex() // where that is unknown, it goes without saying
	if x.in.ContentLength < 0 {
		out.Trailer = make(http.Header, len(x.in.Trailer)) // those that are announced, to begin with
		maps.Copy(out.Trailer, x.in.Trailer)
	}
	x.body.inner, x.body.in, x.body.out, x.body.interim = x.in.Body, x.in, out, &x.interim
}

func (b *requestBody) Read(p []byte) (int, error) {
	if !b.started {
		b.started = true
		b.interim.goOn()
	}
	n, err := b.inner.Read(p)
	if err == io.EOF {
		b.ended.Store(true)
		if b.out.Trailer != nil {
			maps.Copy(b.out.Trailer, b.in.Trailer) // now they are known
		}
	}
	return n, err
}

// Close leaves the body to net/http's server, which has to read it to its end
// or close the connection.
func (b *requestBody) Close() error { return nil }

// drain lets a client that is still sending come to its end, for a while, so
// that it reads the answer. One that waits for leave to send is not waited for.
func (x *exchange) drain() {
	if x.body.inner == nil || x.body.ended.Load() {
		return
	}
	_ = x.control.Flush()
	// The server sets a deadline of its own before the next request.
	if x.control.SetReadDeadline(time.Now().Add(lingerTime)) != nil || x.interim.unheard() {
		return
	}
	_, _ = io.Copy(io.Discard, x.in.Body) // ends with the body or the deadline
}
