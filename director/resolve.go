package director

import (
	"fmt"
	"net/http"
)

// maxDepth bounds the walk from a director to a leaf. Assignments that would
// close a loop are refused, so only a type that hides its members can come
// here; Varnish overflows its stack (varnish-cache #3899).
const maxDepth = 64

// A Task is one request on its way through a tree, as the directors see it.
type Task struct {
	// Request is what is to be sent; nil when a director is resolved for
	// itself, without a request.
	Request *http.Request
	// Leaf is the director that answers, once it is known.
	Leaf *Director
	// State is the leaf's own, from its RoundTrip to its Finish.
	State any

	retry *retry // nil until a leaf has failed
}

// Resolve walks from d to the leaf that t should go to and returns it, held, so
// that it cannot vanish before it is used (varnish-cache #3949). The caller
// must hold d, or know that somebody does. It fails with a [NoBackendError]
// when a director on the way has nothing to offer. Health of d itself is not
// looked at, as in Varnish: it matters to those that choose among members.
func (d *Director) Resolve(t *Task) (leaf Hold, err error) { return d.walk(t, nil) }

// walk is Resolve. It notes whom it comes past, itself and the leaf included,
// in way, unless that is nil: then it allocates nothing.
func (d *Director) walk(t *Task, way *[]*Director) (leaf Hold, err error) {
	if way != nil {
		*way = append(*way, d)
	}
	if d.methods.resolve == nil {
		if leaf = d.hold(); leaf.IsZero() {
			return Hold{}, &NoBackendError{Director: d.name, Err: ErrDestroyed}
		}
		return leaf, nil
	}
	current := Hold{}
	at := d
	defer func() {
		// Contained here, not for each level, to keep the walk cheap.
		if r := recover(); r != nil {
			current.Drop()
			cause := fmt.Errorf("resolve of %s: panic: %v", at.name, r)
			at.ReportError("resolve", cause)
			leaf, err = Hold{}, &NoBackendError{Director: d.name, Err: cause}
		}
	}()
	for range maxDepth {
		next := at.methods.resolve.Resolve(t)
		current.Drop()
		if next.IsZero() {
			return Hold{}, &NoBackendError{Director: d.name}
		}
		current, at = next, next.d
		if way != nil {
			*way = append(*way, at)
		}
		if at.methods.resolve == nil {
			return current, nil
		}
	}
	current.Drop()
	cause := fmt.Errorf("no leaf within %d levels", maxDepth)
	d.ReportError("resolve", cause)
	return Hold{}, &NoBackendError{Director: d.name, Err: cause}
}
