package backend

import (
	"context"
	"errors"
	"net/http"
	"net/textproto"
)

// maxInformational bounds the informational answers (1xx) to one request.
const maxInformational = 32

// An Informer is told of informational answers (1xx).
type Informer interface {
	// Inform tells of one. The header is its own. It is called by another
	// goroutine than that of the request, perhaps still when RoundTrip has
	// returned because the request was cancelled.
	Inform(status int, header http.Header)
}

type informKey struct{}

// WithInformational returns a context whose requests tell i of each
// informational answer before the final one. 100 is among them; 101 is not, it
// is a final one.
func WithInformational(ctx context.Context, i Informer) context.Context {
	return context.WithValue(ctx, informKey{}, i)
}

func informer(ctx context.Context) Informer {
	i, _ := ctx.Value(informKey{}).(Informer)
	return i
}

// informational hears of the answers before the final one. An error ends the
// exchange.
func (x *exchange) informational(status int, header textproto.MIMEHeader) error {
	if x.informed++; x.informed > maxInformational {
		return &Error{Kind: KindProtocol, Err: errors.New("too many informational answers")}
	}
	if x.inform != nil {
		x.inform.Inform(status, http.Header(header))
	}
	return nil
}
