package director

import (
	"fmt"
	"reflect"
)

// claimLocked makes the director the only one of its implementation until it is
// destroyed: a second one would share its slots and its state, and the first
// would never hear of them again.
func (rt *Runtime) claimLocked(d *Director) error {
	if !hasIdentity(d.impl) {
		return nil
	}
	if first := rt.claims[d.impl]; first != nil {
		return fmt.Errorf("%w: its implementation is that of director %s; make one for each", ErrExists, first.FullName())
	}
	rt.claims[d.impl] = d
	return nil
}

func (rt *Runtime) unclaimLocked(d *Director) {
	if hasIdentity(d.impl) && rt.claims[d.impl] == d {
		delete(rt.claims, d.impl)
	}
}

// hasIdentity reports whether there can be one such implementation and another:
// values are only equal or not, and pointers to nothing may be equal by chance.
func hasIdentity(impl Implementation) bool {
	v := reflect.ValueOf(impl)
	return v.Kind() == reflect.Pointer && !v.IsNil() && v.Type().Elem().Size() > 0
}
