package director

import "slices"

// Bounds of the search for another leaf: how many directors that have nothing
// else to offer it goes round, and how often it asks when it is given what the
// task excludes.
const (
	maxDetours = 64
	maxAsked   = 8
)

// A retry is what a task knows once a leaf has failed it.
type retry struct {
	// failed are the leaves that were followed by another attempt, in order.
	failed []*Director
	// excluded are the leaves that have failed, and the directors through which
	// there is no other. They are compared, not used, and so are not held.
	excluded []*Director
}

// Retrying reports whether the tree is asked again for the task, because a leaf
// has failed it. A [Resolver] then leaves out what Excludes says.
func (t *Task) Retrying() bool { return t != nil && t.retry != nil }

// Excludes reports whether d has failed the task, or has no other leaf for it. A
// [Resolver] treats such a member as sick for this one pick: it returns another
// healthy member, and the zero Hold if there is none. What it keeps from one
// pick to the next, a turn or a place, it leaves as it is, so that the requests
// of others go where they would have gone.
func (t *Task) Excludes(d *Director) bool {
	return t.Retrying() && slices.Contains(t.retry.excluded, d)
}

// walkAround finds another leaf than failed, or any if that is nil, and returns
// it, held, with the way to it. Where the way ends before such a leaf, the
// director at its end is excluded as well, and the search begins anew: so any
// branch of the tree is found, whatever the types on the way. A type that does
// not ask Excludes is asked a few times, which helps if it takes turns.
func (d *Director) walkAround(t *Task, failed *Director) (leaf Hold, way []*Director) {
	if t.retry == nil {
		t.retry = new(retry)
	}
	if failed != nil {
		t.retry.excluded = append(t.retry.excluded, failed)
	}
	asked := 0
	for range maxDetours {
		way = way[:0]
		leaf, err := d.walk(t, &way)
		if err == nil && !t.Excludes(leaf.d) {
			return leaf, way
		}
		leaf.Drop()
		if asked++; err == nil && asked < maxAsked {
			continue
		}
		if !t.excludeLast(way) {
			break
		}
	}
	return Hold{}, nil
}

// excludeLast excludes the last director of a way that is not excluded yet. It
// reports false if only the first is left, through which there is no other leaf
// then.
func (t *Task) excludeLast(way []*Director) bool {
	for i := len(way) - 1; i > 0; i-- {
		if !t.Excludes(way[i]) {
			t.retry.excluded = append(t.retry.excluded, way[i])
			return true
		}
	}
	return false
}
