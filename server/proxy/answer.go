package proxy

import (
	"io"
	"net/http"
)

// answer passes the final answer on.
func (x *exchange) answer(resp *http.Response) {
	x.head(resp)
	announceTrailers(x.w.Header(), resp.Trailer)
	x.w.WriteHeader(resp.StatusCode)
	if err := x.copy(resp); err != nil {
		x.breakOff(err)
	}
	passTrailers(x.w.Header(), resp.Trailer)
}

// copy passes the body on. An error is the backend's. When the client has gone
// there is none: the server notices by itself.
//
// Bytes are flushed where the next may not come for a while. Where the length is
// not known that is after each read; of a body that has one, what came in one
// piece goes out with the header in one write, and the rest is not left lying
// for longer than flushDelay.
func (x *exchange) copy(resp *http.Response) error {
	to := &x.out
	to.w, to.control = x.w, &x.control
	defer to.stop()
	buffer := takeBuffer(resp.ContentLength)
	defer buffer.giveBack()
	stream := resp.ContentLength < 0
	if stream {
		to.soon()
	}
	for {
		n, err := resp.Body.Read(buffer.bytes)
		if n > 0 && to.write(buffer.bytes[:n], stream) != nil {
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if !stream {
			to.soon()
		}
	}
}

// breakOff ends an answer that cannot be completed, so that the client sees it.
func (x *exchange) breakOff(err error) {
	x.handler.log.Debug("proxy: an answer broke off", "method", x.in.Method, "path", x.in.URL.Path, "error", err)
	_ = x.control.Flush() // what there is
	x.abort()
}

// abort closes the client's connection. Outside of a server there is none.
func (x *exchange) abort() {
	if x.in.Context().Value(http.ServerContextKey) != nil {
		panic(http.ErrAbortHandler)
	}
}
