package director

import "net/http"

// FindWay returns the directors that a request comes past now, from the one that
// is hinted at to the leaf, and sends nothing. The error is that of RoundTrip
// where there is no way to a leaf; the directors up to where it ended come with
// it. For the directors it is a request like any other: turns are taken, and the
// next request may go elsewhere. Nothing stays held, so that what it returns may
// be destroyed by now: it is good for names.
func (t *Transport) FindWay(req *http.Request) (way []*Director, err error) {
	hint, err := t.hint()
	if err != nil {
		return nil, err
	}
	defer t.end(hint)
	leaf, err := hint.d.walk(&Task{Request: req}, &way)
	leaf.Drop()
	return way, err
}

// resolve finds the leaf, and tells Walked of the way if it is set.
func (t *Transport) resolve(hint *Director, task *Task) (Hold, error) {
	if t.Walked == nil {
		return hint.Resolve(task)
	}
	var way []*Director
	leaf, err := hint.walk(task, &way)
	t.tell(task, leaf, way, err)
	return leaf, err
}

// tell calls Walked. If that panics, the leaf is let go.
func (t *Transport) tell(task *Task, leaf Hold, way []*Director, err error) {
	told := false
	defer func() {
		if !told {
			leaf.Drop()
		}
	}()
	t.Walked(task.Request, way, err)
	told = true
}
