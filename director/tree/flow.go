package tree

import "github.com/callboard/callboard/director/event"

// CarriedBy returns what came to d through the slot with that number.
func (d *Director) CarriedBy(ref uint64) (event.Carried, bool) {
	for _, c := range d.Carried {
		if c.Ref == ref {
			return c, true
		}
	}
	return event.Carried{}, false
}

// ShareOf returns the part, from 0 to 1, of what d passes on that goes to member
// through the slot with that number, with more weight on the last seconds.
func (d *Director) ShareOf(member *Director, ref uint64) float64 {
	c, _ := member.CarriedBy(ref)
	return c.Flow.Share(d.Passed)
}
