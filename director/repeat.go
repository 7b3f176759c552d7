package director

import (
	"errors"
	"net/http"
)

// mayRepeat reports whether a request that a leaf has failed with err may be
// sent to another one: if nothing of it was sent, or if its method is idempotent
// (RFC 9110, section 9.2.2), so that it does no harm when the leaf has carried
// it out and only the answer was lost. Nothing is sent for a client that has
// gone, or whose time is over.
func mayRepeat(req *http.Request, err error) bool {
	return req.Context().Err() == nil && (notSent(err) || idempotent(req.Method))
}

// notSent reports whether a leaf's error says that nothing of the request was
// sent, as [RoundTripper] has it.
func notSent(err error) bool {
	if errors.Is(err, ErrUnhealthy) {
		return true
	}
	e, ok := errors.AsType[interface {
		error
		NotSent() bool
	}](err)
	return ok && e.NotSent()
}

// stale reports whether a leaf's error says that nothing was sent because a
// connection of earlier requests had ended, as [RoundTripper] has it.
func stale(err error) bool {
	e, ok := errors.AsType[interface {
		error
		Stale() bool
	}](err)
	return ok && e.Stale()
}

// A notSentError is an error of this package after which nothing was sent.
type notSentError string

func (e notSentError) Error() string { return string(e) }
func (notSentError) NotSent() bool   { return true }

// idempotent reports whether a method is one of those that RFC 9110 calls so. A
// header Idempotency-Key does not make another one idempotent: it may be known to
// one backend and not to the next.
func idempotent(method string) bool {
	switch method {
	case "", // of a client: GET
		http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace, http.MethodPut, http.MethodDelete:
		return true
	}
	return false
}
