package director

import (
	"errors"
	"fmt"
	"net"
	"net/http"
)

// A Transport is an [http.RoundTripper] that sends each request through a
// director tree:
//
//	client := &http.Client{Transport: &director.Transport{Runtime: rt}}
//
// As in Varnish, a request holds the director that it was hinted at and the
// leaf that answers until the body of the response has been read to its end or
// closed, or the context of the request has ended; a director that is deleted
// meanwhile lingers until then. Errors are a [NoBackendError] or a [LeafError].
//
// # Retries
//
// When a leaf fails a request, the tree is asked again, without that leaf, and
// the request goes to another one, at most twice. That is done for a request of
// which nothing was sent (no connection, a stale one, no place at the leaf, a
// leaf that went sick) and for one whose method is idempotent and that was not
// answered, whatever the reason: refused, reset, silent for too long, not HTTP.
// It is not done when the leaf has read of a body that cannot be had again, when
// the client has gone or its time is over, or when an answer has begun: its body
// may still fail. A leaf whose connection was stale is left out only the second
// time: the first says nothing of it. Members are chosen as if the leaf that
// failed were sick; no turn is taken and no place moves. The hint stays held,
// each leaf is let go before the next is asked, and each attempt counts as a
// request of its leaf.
// When all have failed, the error is that of the last, in a [RetryError]; where
// there was no other leaf, it is that of the only one, as it is.
type Transport struct {
	// Runtime, whose active VCL's default director is hinted at.
	Runtime *Runtime
	// Director is hinted at instead, if it is set.
	Director *Director
	// Walked, if it is set, is told of each request's way as soon as it is known,
	// with what [Transport.FindWay] returns, and again of the way to another leaf
	// when one has failed it. It is called by the goroutine of the request, which
	// waits for it.
	Walked func(req *http.Request, way []*Director, err error)
	// NoRetry makes a request fail with the first leaf that fails it, as in
	// Varnish, where only VCL code retries.
	NoRetry bool
}

var _ http.RoundTripper = (*Transport)(nil)

// RoundTrip implements [http.RoundTripper].
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := t.roundTrip(req)
	if err != nil && req.Body != nil {
		req.Body.Close()
	}
	return resp, err
}

// hint returns the director that the request is meant for, held, and counts the
// request in at its VCL.
func (t *Transport) hint() (Hold, error) {
	if d := t.Director; d != nil {
		if !d.vcl.enter() {
			return Hold{}, &NoBackendError{Director: d.name, Err: ErrNotWarm}
		}
		if h := d.Hold(); !h.IsZero() {
			return h, nil
		}
		d.vcl.leave()
		return Hold{}, &NoBackendError{Director: d.name, Err: ErrDestroyed}
	}
	if t.Runtime == nil {
		return Hold{}, &NoBackendError{}
	}
	for v := t.Runtime.Active(); v != nil; v = t.Runtime.Active() {
		if !v.enter() {
			if v == t.Runtime.Active() {
				return Hold{}, &NoBackendError{Err: ErrNotWarm}
			}
			continue // another VCL became active in the meantime
		}
		if h := v.Default(); !h.IsZero() {
			return h, nil
		}
		v.leave()
		break
	}
	return Hold{}, &NoBackendError{}
}

// end gives back what hint has taken.
func (t *Transport) end(hint Hold) {
	v := hint.d.vcl
	hint.Drop()
	v.leave()
}

// AnsweredBy returns the director whose answer resp is, and the address that it
// came from, nil if that is not known. It is to be called before the body is
// closed, which ends what it tells. ok is false for a response that does not
// come from a [Transport].
func AnsweredBy(resp *http.Response) (leaf *Director, from net.Addr, ok bool) {
	held := heldBy(resp)
	if held == nil {
		return nil, nil, false
	}
	leaf = held.leaf.d
	if leaf.methods.address != nil && !held.ended.Load() {
		leaf.contain("address", func() { from = leaf.methods.address.Addr(held.task) })
	}
	return leaf, from, true
}

// heldBy returns what the request that resp answers holds, nil for a response
// that does not come from a [Transport].
func heldBy(resp *http.Response) *heldTask {
	switch body := resp.Body.(type) {
	case *heldBody:
		return body.held
	case *heldConn:
		return body.held
	}
	return nil
}

// request lets the leaf make the request, and counts it.
func (d *Director) request(t *Task, req *http.Request) (resp *http.Response, err error) {
	d.requests.Add(1)
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
			d.ReportError("round trip", err)
		}
		if err != nil {
			resp, err = nil, &LeafError{Director: d.name, Err: err}
			d.failures.Add(1)
		}
		d.touch()
	}()
	if d.methods.request == nil {
		return nil, notSentError("a director of type " + d.typeName + " makes no requests")
	}
	if resp, err = d.methods.request.RoundTrip(t, req); err != nil {
		return nil, err
	}
	if err = complete(resp); err != nil {
		d.refuse(t, resp)
	}
	return resp, err
}

// refuse ends a request whose answer is not passed on.
func (d *Director) refuse(t *Task, resp *http.Response) {
	if resp != nil {
		d.contain("close of a body", func() { resp.Body.Close() })
	}
	d.finish(t)
}

// finish tells the leaf that a request that it has answered is done with.
func (d *Director) finish(t *Task) {
	if finish := d.methods.finish; finish != nil {
		d.contain("finish", func() { finish.Finish(t) })
	}
}

// complete fills in what a type has left out of its response, or says why it is
// none.
func complete(resp *http.Response) error {
	if resp == nil {
		return errors.New("its type returned no response and no error")
	}
	if resp.Body == nil {
		resp.Body = http.NoBody
	}
	if resp.Header == nil {
		resp.Header = make(http.Header)
	}
	if resp.StatusCode < 100 || resp.StatusCode > 999 {
		return fmt.Errorf("%w: status %03d is none of HTTP", ErrInvalid, resp.StatusCode)
	}
	return nil
}
