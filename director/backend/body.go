package backend

import (
	"fmt"
	"io"
	"net/http"
)

// body returns the body of an answer, which ends the exchange when it is closed.
func (x *exchange) body(resp *http.Response) io.ReadCloser {
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if ok && resp.StatusCode == http.StatusSwitchingProtocols {
		return x.upgraded(conn)
	}
	x.answer = timedBody{ReadCloser: resp.Body, exchange: x}
	return &x.answer
}

// A timedBody fails when the backend is silent for too long within a body, and
// ends the request when it is closed. The time that the reader takes between
// two reads does not count.
type timedBody struct {
	io.ReadCloser
	exchange *exchange
	failed   error
}

func (b *timedBody) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	x := b.exchange
	x.watch.enter(stageBody, x.timeouts.BetweenBytes, KindBetweenBytesTimeout)
	n, err := b.ReadCloser.Read(p)
	x.watch.rest()
	if err != nil && err != io.EOF {
		failed := x.failure(err)
		b.failed = fmt.Errorf("backend %s: body: %w", x.backend.self.Name(), failed)
		err = b.failed
	}
	return n, err
}

func (b *timedBody) Close() error {
	b.exchange.watch.rest()
	defer b.exchange.end()
	return b.ReadCloser.Close()
}
