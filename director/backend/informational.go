package backend

import (
	"context"
	"errors"
	"net/http"
	"net/textproto"
)

// maxInformational bounds the informational answers (1xx) to one request.
const maxInformational = 32

type informKey struct{}

// WithInformational returns a context whose requests tell f of each
// informational answer (1xx) before the final one, 100 included, and 101, which
// is a final one, not. F is called by another goroutine than that of the request, perhaps
// still when RoundTrip has returned because the request was cancelled. The
// header is its own.
func WithInformational(ctx context.Context, f func(status int, header http.Header)) context.Context {
	return context.WithValue(ctx, informKey{}, f)
}

func informer(ctx context.Context) func(int, http.Header) {
	f, _ := ctx.Value(informKey{}).(func(int, http.Header))
	return f
}

// informational hears of the answers before the final one. An error ends the
// exchange.
func (x *exchange) informational(status int, header textproto.MIMEHeader) error {
	if x.informed++; x.informed > maxInformational {
		return &Error{Kind: KindProtocol, Err: errors.New("too many informational answers")}
	}
	if x.inform != nil {
		x.inform(status, http.Header(header))
	}
	return nil
}
