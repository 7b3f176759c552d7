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

// resolve finds the leaf, and tells of the way if somebody wants to know.
func (t *Transport) resolve(hint *Director, task *Task) (Hold, error) {
	if t.Walked == nil {
		return hint.Resolve(task)
	}
	var way []*Director
	leaf, err := hint.walk(task, &way)
	t.Walked(task.Request, way, err)
	return leaf, err
}
