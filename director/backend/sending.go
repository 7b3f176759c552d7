package backend

import (
	"errors"
	"io"
	"net/http"
	"net/textproto"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// continueTimeout is how long a request that asks whether to go on ("Expect:
// 100-continue") waits for an answer before it sends its body unasked, as RFC
// 9110, section 10.1.1, wants it.
const continueTimeout = time.Second

// errUnwanted ends the body of a request that was answered without it.
var errUnwanted = errors.New("the request was answered without its body")

// sending is the body of a request on its way to the backend.
type sending struct {
	conn     *backendConn // that it is sent on; set before it is read
	answered atomic.Bool  // the final answer's header is here
	failed   atomic.Pointer[error]

	body  sentBody // the first: it may be sent again
	asks  bool
	yes   chan struct{} // closed when the backend says to go on
	over  chan struct{} // closed when the exchange has ended
	ended sync.Once
	heard sync.Once
}

// wrap makes the request's body, if it has one, that of s.
func (s *sending) wrap(out *http.Request) {
	if out.Body == nil || out.Body == http.NoBody {
		return
	}
	if s.asks = expects(out.Header); s.asks {
		s.yes, s.over = make(chan struct{}), make(chan struct{})
	}
	s.body = sentBody{ReadCloser: out.Body, s: s, asks: s.asks}
	out.Body = &s.body
	if again := out.GetBody; again != nil {
		out.GetBody = func() (io.ReadCloser, error) {
			body, err := again()
			if err != nil {
				return nil, err
			}
			return &sentBody{ReadCloser: body, s: s, asks: s.asks}, nil
		}
	}
}

// expects reports whether a request with that header asks before it sends its
// body.
func expects(h http.Header) bool {
	for _, value := range h["Expect"] {
		if strings.EqualFold(textproto.TrimString(value), "100-continue") {
			return true
		}
	}
	return false
}

// goOn tells that the backend wants the body.
func (s *sending) goOn() {
	if s.asks {
		s.heard.Do(func() { close(s.yes) })
	}
}

func (s *sending) end() {
	if s.asks {
		s.ended.Do(func() { close(s.over) })
	}
}

// wait returns when the body is to be sent: when the backend has said so or
// says nothing. After a final answer it never is.
func (s *sending) wait() error {
	timer := time.NewTimer(continueTimeout)
	defer timer.Stop()
	select {
	case <-s.yes:
		return nil
	case <-s.conn.over:
		return errUnwanted
	case <-s.over:
		return errUnwanted
	case <-timer.C:
	}
	if !s.answered.Load() {
		return nil
	}
	// An error ends the connection, and the answer is not read yet.
	select {
	case <-s.conn.over:
	case <-s.over:
	}
	return errUnwanted
}

// A sentBody is read by the goroutine of the pool that writes the request.
type sentBody struct {
	io.ReadCloser
	s    *sending
	asks bool
}

func (b *sentBody) Read(p []byte) (int, error) {
	if b.asks {
		b.asks = false
		if err := b.s.wait(); err != nil {
			return 0, err
		}
	}
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		b.s.failed.CompareAndSwap(nil, &err)
	}
	return n, err
}
