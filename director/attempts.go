package director

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// maxRetries bounds how often a request goes to another leaf after one has
// failed.
const maxRetries = 2

// A RetryError reports a request that more than one leaf has failed. Its Err is
// the error of the last of them.
type RetryError struct {
	// After are the leaves that had failed before that one, in order. They are
	// not held: they are good for names.
	After []*Director
	Err   error
}

func (e *RetryError) Error() string { return e.Err.Error() + ", after " + nameAll(e.After) }

// Unwrap returns Err.
func (e *RetryError) Unwrap() error { return e.Err }

func nameAll(directors []*Director) string {
	names := make([]string, len(directors))
	for i, d := range directors {
		names[i] = d.name
	}
	return strings.Join(names, ", ")
}

// RetriedAfter returns the leaves that had failed the request before the one
// whose answer resp is, in order: nil if the first one answered, and for a
// response that does not come from a [Transport]. As [AnsweredBy] it is to be
// called before the body is closed. They are not held: they are good for names.
func RetriedAfter(resp *http.Response) []*Director {
	held := heldBy(resp)
	if held == nil || held.task.retry == nil {
		return nil
	}
	return slices.Clone(held.task.retry.failed)
}

// roundTrip sends the request to the leaf that the tree gives it, and to another
// one when that fails and may be followed by another.
func (t *Transport) roundTrip(req *http.Request) (resp *http.Response, err error) {
	if req.URL == nil || req.Header == nil {
		return nil, fmt.Errorf("%w: a request needs a URL and a header", ErrInvalid)
	}
	hint, err := t.hint()
	if err != nil {
		return nil, err
	}
	defer func() { // also when Walked or GetBody panics
		if resp == nil {
			t.end(hint)
		}
	}()
	task := &Task{Request: req}
	leaf, err := t.resolve(hint.d, task)
	if err != nil {
		return nil, err
	}
	out := outgoing{given: req, sent: req}
	if !t.NoRetry {
		out.guard()
	}
	for {
		resp, err := t.ask(task, hint, leaf, &out)
		if err == nil {
			return resp, nil
		}
		var ok bool
		if leaf, ok = t.another(hint.d, task, err, out.again); !ok {
			out.close()
			return nil, task.failure(err)
		}
	}
}

// ask makes the request at a leaf. The answer's body ends the request; when
// there is none, nothing of the attempt is held any more.
func (t *Transport) ask(task *Task, hint, leaf Hold, out *outgoing) (*http.Response, error) {
	task.Leaf = leaf.d
	leaf.d.inFlight.Add(1)
	resp, err := leaf.d.request(task, out.sent)
	if err != nil {
		leaf.d.inFlight.Add(-1)
		leaf.Drop()
		return nil, err
	}
	out.answered(resp)
	held := &heldTask{transport: t, task: task, hint: hint, leaf: leaf}
	resp.Body = held.body(resp.Body)
	held.watch(task.Request.Context())
	return resp, nil
}

// another returns another leaf for a request that task.Leaf, which is not held
// any more, has failed with err; it may be the same one where that was stale.
// ready reports whether the request can be sent once more, and makes it so. ok is
// false if there is no other leaf, or if there must not be another attempt.
func (t *Transport) another(hint *Director, task *Task, err error, ready func() bool) (leaf Hold, ok bool) {
	failed := task.Leaf
	// That a connection was stale says nothing of the leaf, the first time.
	excluded := failed
	if stale(err) && !task.failedBy(failed) {
		excluded = nil
	}
	if t.NoRetry || excluded == hint || !mayRepeat(task.Request, err) {
		return Hold{}, false
	}
	if task.retry != nil && len(task.retry.failed) == maxRetries || !ready() {
		return Hold{}, false
	}
	task.State = nil
	leaf, way := hint.walkAround(task, excluded)
	if leaf.IsZero() {
		return Hold{}, false
	}
	task.retry.failed = append(task.retry.failed, failed)
	failed.retried.Add(1)
	failed.touch()
	if t.Walked != nil {
		t.tell(task, leaf, way, nil)
	}
	return leaf, true
}

// failedBy reports whether d has failed the task before.
func (t *Task) failedBy(d *Director) bool {
	return t.retry != nil && slices.Contains(t.retry.failed, d)
}

// failure returns the error of a request whose last attempt has failed with err.
func (t *Task) failure(err error) error {
	if t.retry == nil || len(t.retry.failed) == 0 {
		return err
	}
	return &RetryError{After: t.retry.failed, Err: err}
}
