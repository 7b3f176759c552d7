package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/callboard/callboard/director"
)

// ErrBusy reports that a backend has as many requests as it may have. All
// errors of [KindBusy] are ErrBusy.
var ErrBusy = errors.New("busy")

// A Kind says at which step a request to a backend failed.
type Kind uint8

// The kinds of failure, in the order in which a request can meet them.
const (
	// KindOther is a failure that is none of the others.
	KindOther Kind = iota
	// KindUnhealthy: the backend is sick and was not asked.
	KindUnhealthy
	// KindBusy: no place became free.
	KindBusy
	// KindHeldDown: no connection was tried, since one failed a moment ago.
	KindHeldDown
	// KindConnect: no connection, TLS and PROXY header included.
	KindConnect
	// KindFirstByteTimeout: no answer within the first byte timeout.
	KindFirstByteTimeout
	// KindBetweenBytesTimeout: the backend fell silent within its answer.
	KindBetweenBytesTimeout
	// KindEOF: the backend closed the connection within its answer or before.
	KindEOF
	// KindReset: the connection broke.
	KindReset
	// KindProtocol: what the backend sent is not HTTP.
	KindProtocol
	// KindCanceled: whoever asked does not want the answer any more.
	KindCanceled
	// KindRequestBody: the body of the request could not be read, which is not
	// the backend's fault.
	KindRequestBody
)

var kindNames = [...]string{
	"other", "unhealthy", "busy", "held down", "connect", "first byte timeout",
	"between bytes timeout", "eof", "reset", "protocol", "canceled", "request body",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("Kind(%d)", k)
}

// An Error says why a backend has not answered. Its text is Varnish's FetchError
// where there is one; the name of the backend stands before it.
type Error struct {
	Kind Kind
	// Errno is the system's reason for KindConnect and KindReset; 0 if it gave
	// none, as when a name has no address.
	Errno syscall.Errno
	// Err is what is known beyond that; it may be nil.
	Err error

	unsent bool // the connection was not written to
}

func (e *Error) Error() string {
	switch e.Kind {
	case KindUnhealthy, KindBusy, KindFirstByteTimeout, KindBetweenBytesTimeout:
		return e.Kind.String()
	case KindHeldDown:
		return fmt.Sprintf("fail errno 0 (Success): held down after %v", e.Err)
	case KindConnect:
		if e.Errno != 0 {
			return fmt.Sprintf("fail errno %d (%s)", int(e.Errno), errnoText(e.Errno))
		}
		return fmt.Sprintf("fail: %v", e.Err)
	case KindEOF:
		return "HTC eof (Unexpected end of input)"
	case KindRequestBody:
		return fmt.Sprintf("the body of the request: %v", e.Err)
	case KindOther, KindReset, KindProtocol, KindCanceled:
	}
	if e.Err == nil {
		return e.Kind.String()
	}
	return e.Err.Error()
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// Is makes errors of a kind the sentinels that callers test for.
func (e *Error) Is(target error) bool {
	switch target {
	case ErrBusy:
		return e.Kind == KindBusy
	case director.ErrUnhealthy:
		return e.Kind == KindUnhealthy
	case context.DeadlineExceeded:
		return e.Timeout()
	}
	return false
}

// Timeout reports whether one of the backend's timeouts has passed; waiting for
// a place is none of them.
func (e *Error) Timeout() bool {
	return e.Kind == KindFirstByteTimeout || e.Kind == KindBetweenBytesTimeout ||
		e.Kind == KindConnect && e.Errno == syscall.ETIMEDOUT
}

// NotSent reports whether nothing of the request was sent, so that it does no
// harm to send it to another backend: it had no place, or no connection, or one
// that turned out to be stale before anything was written to it.
func (e *Error) NotSent() bool {
	switch e.Kind {
	case KindUnhealthy, KindBusy, KindHeldDown, KindConnect:
		return true
	case KindOther, KindFirstByteTimeout, KindBetweenBytesTimeout, KindEOF, KindReset, KindProtocol, KindCanceled, KindRequestBody:
	}
	return e.unsent
}

// Stale reports whether the connection ended before anything was written to it,
// which says nothing of the backend: it may be asked again on another one.
func (e *Error) Stale() bool { return e.unsent }

// classify finds the kind of what net/http says of an exchange.
func classify(err error) *Error {
	if known, ok := errors.AsType[*Error](err); ok {
		return known
	}
	errno := errnoOf(err)
	switch {
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return &Error{Kind: KindCanceled, Err: err}
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || isClosedUnder(err):
		return &Error{Kind: KindEOF, Err: err}
	case errno == syscall.ECONNRESET || errno == syscall.EPIPE || errno == syscall.ECONNABORTED:
		return &Error{Kind: KindReset, Errno: errno, Err: err}
	case isProtocol(err.Error()):
		return &Error{Kind: KindProtocol, Err: err}
	}
	return &Error{Kind: KindOther, Errno: errno, Err: err}
}

// isProtocol reports whether net/http says that the head of an answer is not
// HTTP. Its errors for that have no types: these are parts of their words.
func isProtocol(words string) bool {
	for _, part := range []string{
		"malformed ",
		"Content-Length",       // two that differ, none in the field, or no number
		"transfer encoding",    // one that it does not know, or several
		"bad trailer key",      // a Trailer that names Content-Length
		"server response head", // longer than the transport reads
	} {
		if strings.Contains(words, part) {
			return true
		}
	}
	return false
}

// isClosedUnder reports whether the pool has found the connection ended while the
// request was being written. net/http's errServerClosedIdle, for a request of
// which nothing was written and that cannot be repeated, has no other name.
func isClosedUnder(err error) bool {
	return errors.Is(err, net.ErrClosed) || errors.Is(err, io.ErrClosedPipe) ||
		strings.Contains(err.Error(), "server closed idle connection")
}

// errnoOf returns the system's reason, ETIMEDOUT for a deadline of ours.
func errnoOf(err error) syscall.Errno {
	if errno, ok := errors.AsType[syscall.Errno](err); ok {
		return errno
	}
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		return syscall.ETIMEDOUT
	}
	return 0
}

// errnoText returns the words of strerror(3), which Go has in lower case.
func errnoText(errno syscall.Errno) string {
	if errno == 0 {
		return "Success"
	}
	text := errno.Error()
	return strings.ToUpper(text[:1]) + text[1:]
}

// errSickInLine is Varnish's "busy" for who waited at a backend that went sick.
var errSickInLine = &Error{Kind: KindBusy, Err: director.ErrUnhealthy}
