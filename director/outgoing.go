package director

import (
	"io"
	"net/http"
	"sync/atomic"
)

// An outgoing is a request as the leaves get it, one after the other. One with a
// body can be sent again if the body can be had again (GetBody), or if no leaf
// has read of it.
type outgoing struct {
	given, sent *http.Request
	body        *guardedBody // of sent, nil if its body is not guarded
}

// guard keeps a body that can be had only once from being closed by a leaf that
// fails without having read it.
func (o *outgoing) guard() {
	body := o.given.Body
	if body == nil || body == http.NoBody || o.given.GetBody != nil {
		return
	}
	o.send(&guardedBody{inner: body})
}

// send makes a body that of the request to be sent. A RoundTripper must not
// change the request that it is given.
func (o *outgoing) send(body io.ReadCloser) {
	o.body, _ = body.(*guardedBody)
	o.sent = new(http.Request)
	*o.sent = *o.given
	o.sent.Body = body
}

// again reports whether the request can be sent once more, after a leaf has
// failed it, and makes it so.
func (o *outgoing) again() bool {
	switch {
	case o.given.Body == nil || o.given.Body == http.NoBody:
	case o.given.GetBody != nil:
		body, err := o.given.GetBody()
		if err != nil {
			return false // the leaf's error says more
		}
		o.send(body)
	case o.body == nil || !o.body.seal():
		return false
	default:
		o.send(&guardedBody{inner: o.body.inner})
	}
	return true
}

// answered lets the body go to the leaf that has answered, and puts the given
// request in place of the one that was sent.
func (o *outgoing) answered(resp *http.Response) {
	if o.body != nil {
		o.body.settle()
	}
	if resp.Request == o.sent {
		resp.Request = o.given
	}
}

// close closes the body of the last attempt, where that is another than that of
// the given request.
func (o *outgoing) close() {
	if o.sent != o.given && o.sent.Body != nil {
		o.sent.Body.Close()
	}
}

// A guardedBody is a request's body in the hands of one leaf. While the leaf has
// neither answered nor read of it, closing it is put off, since another leaf may
// need it. A leaf may read and close it in other goroutines, and after it has
// failed, as net/http does.
type guardedBody struct {
	inner io.ReadCloser
	state atomic.Uint32
}

// The state of a guardedBody: bits that are only ever set.
const (
	bodyRead    = 1 << iota // the leaf has read, or tried to
	bodyClosed              // the leaf has closed it
	bodySealed              // the leaf has failed, and the inner body is another's
	bodySettled             // the leaf has answered: the body is its own
)

func (b *guardedBody) Read(p []byte) (int, error) {
	// The bit is set before the state is looked at: either seal finds it, or it
	// has come too late and is told so here.
	if b.state.Or(bodyRead)&(bodySealed|bodyClosed) != 0 {
		return 0, http.ErrBodyReadAfterClose
	}
	return b.inner.Read(p)
}

func (b *guardedBody) Close() error {
	switch before := b.state.Or(bodyClosed); {
	case before&bodySealed != 0:
		return nil
	case before&(bodyRead|bodySettled) != 0:
		return b.inner.Close()
	}
	return nil // put off: settle closes it, or the leaf that gets the body next
}

// seal takes the body from the leaf, and reports whether it is as it was given.
func (b *guardedBody) seal() bool { return b.state.Or(bodySealed)&bodyRead == 0 }

// settle leaves the body to the leaf, and does what was put off. One that was
// closed at once is closed a second time, as net/http may do itself.
func (b *guardedBody) settle() {
	if b.state.Or(bodySettled)&bodyClosed != 0 {
		_ = b.inner.Close() // as far as the leaf is concerned it was closed before
	}
}
