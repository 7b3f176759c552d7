package director

import (
	"maps"
	"slices"
)

// UnfoundedTypes returns the names of the types whose directors have chosen among
// members without any source of health until they were destroyed: no [Healther],
// no [Director.FollowMembers], no [Director.ReportHealth]. Such a director is
// healthy also when all its members are sick, which is Varnish's rule for a type
// without the healthy method, and seldom what its author wants. Package
// directortest tells of it.
func (rt *Runtime) UnfoundedTypes() []string {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	return slices.Sorted(maps.Keys(rt.unfounded))
}

// noteHealthLocked remembers the type of a director that ends without ever having
// had a source of health.
func (rt *Runtime) noteHealthLocked(d *Director) {
	if d.methods.resolve != nil && d.methods.health == nil && !d.follow && !d.founded {
		rt.unfounded[d.typeName] = true
	}
}
