package view

import (
	"reflect"
	"slices"
)

// A Verb is what a change does to the page.
type Verb string

// The verbs. Each may be applied twice without harm: what exists is replaced
// instead of inserted, what is gone need not be removed.
const (
	Replace Verb = "replace" // the element with ID becomes Fragment
	Insert  Verb = "insert"  // Fragment comes into Parent, before Before or last
	Prepend Verb = "prepend" // Fragment comes first in Parent
	Remove  Verb = "remove"  // the element with ID goes
	Attrs   Verb = "attrs"   // the element with ID gets attributes
)

// A Change is one step from one page to the next.
type Change struct {
	Verb           Verb
	ID             string
	Parent, Before string
	Attrs          []Attr
	// Fragment is what Replace, Insert and Prepend print.
	Fragment Fragment
}

// Diff returns the changes that turn a page that shows old into one that shows
// now, to be made in order. Both must have the same faces; what a page shows
// outside of its regions is not looked at.
func Diff(old, now *Model) []Change {
	var changes []Change
	before, after := old.Regions(), now.Regions()
	for i := range after {
		if !sameItems(after[i].Items, before[i].Items) {
			changes = appendRegion(changes, before[i], after[i])
		}
	}
	return changes
}

func appendRegion(changes []Change, old, now Region) []Change {
	if sameKeys(old.Items, now.Items) {
		for i, f := range slices.Backward(now.Items) {
			changes = appendFragment(changes, old.Items[i], f)
		}
		return changes
	}
	if n := shifted(old.Items, now.Items); now.Newest && n > 0 {
		return appendShift(changes, old, now, n)
	}
	was := make(map[string]Fragment, len(old.Items))
	for _, f := range old.Items {
		was[f.Key()] = f
	}
	is := make(map[string]bool, len(now.Items))
	for _, f := range now.Items {
		is[f.Key()] = true
	}
	stays := staying(old, now, is)
	for _, f := range old.Items {
		if key := f.Key(); !stays[key] {
			changes = append(changes, Change{Verb: Remove, ID: key})
		}
	}
	// What is new belongs on top, unless there is something older above it.
	top := slices.IndexFunc(now.Items, func(f Fragment) bool { return stays[f.Key()] })
	// Backwards, so that what an item goes before is always there already.
	before := ""
	for i, f := range slices.Backward(now.Items) {
		key := f.Key()
		switch {
		case stays[key]:
			changes = appendFragment(changes, was[key], f)
		case now.Newest && (i < top || top < 0):
			changes = append(changes, Change{Verb: Prepend, ID: key, Parent: now.ID, Fragment: f})
		default:
			changes = append(changes, Change{Verb: Insert, ID: key, Parent: now.ID, Before: before, Fragment: f})
		}
		before = key
	}
	return changes
}

// shifted returns how many items are new above the old ones, of which the last
// may be gone; 0 if that is not all that has changed.
func shifted(old, now []Fragment) int {
	if len(old) == 0 {
		return 0
	}
	n := slices.Index(now, old[0])
	if n <= 0 || len(now)-n > len(old) || !slices.Equal(now[n:], old[:len(now)-n]) {
		return 0
	}
	return n
}

func appendShift(changes []Change, old, now Region, n int) []Change {
	for _, f := range old.Items[len(now.Items)-n:] {
		changes = append(changes, Change{Verb: Remove, ID: f.Key()})
	}
	for _, f := range slices.Backward(now.Items[:n]) {
		changes = append(changes, Change{Verb: Prepend, ID: f.Key(), Parent: now.ID, Fragment: f})
	}
	return changes
}

func sameKeys(old, now []Fragment) bool {
	return slices.EqualFunc(old, now, func(a, b Fragment) bool { return a == b || a.Key() == b.Key() })
}

func appendFragment(changes []Change, old, now Fragment) []Change {
	if old == now || reflect.DeepEqual(old, now) {
		return changes
	}
	if parts, ok := appendParts(changes, old, now); ok {
		return parts
	}
	was, ok1 := old.(Shell)
	is, ok2 := now.(Shell)
	if !ok1 || !ok2 {
		return append(changes, Change{Verb: Replace, ID: now.Key(), Fragment: now})
	}
	var attrs []Attr
	before := was.Attrs()
	for i, a := range is.Attrs() {
		if before[i] != a {
			attrs = append(attrs, a)
		}
	}
	if len(attrs) > 0 {
		changes = append(changes, Change{Verb: Attrs, ID: now.Key(), Attrs: attrs})
	}
	if inner := is.Inner(); inner != nil {
		changes = appendFragment(changes, was.Inner(), inner)
	}
	return changes
}

// appendParts is appendFragment for what differs in its parts alone.
func appendParts(changes []Change, old, now Fragment) (all []Change, ok bool) {
	was, ok1 := old.(Composite)
	is, ok2 := now.(Composite)
	if !ok1 || !ok2 || !reflect.DeepEqual(was.Frame(), is.Frame()) {
		return changes, false
	}
	before := was.Parts()
	for i, part := range is.Parts() {
		changes = appendRegion(changes, before[i], part)
	}
	return changes, true
}

// staying returns the keys of the items that both regions have and that need
// not move: a longest run of them that is in the same order in both.
func staying(old, now Region, is map[string]bool) map[string]bool {
	place := make(map[string]int, len(old.Items))
	for i, f := range old.Items {
		if is[f.Key()] {
			place[f.Key()] = i
		}
	}
	var keys []string
	for _, f := range now.Items {
		if _, ok := place[f.Key()]; ok {
			keys = append(keys, f.Key())
		}
	}
	stays := make(map[string]bool, len(keys))
	for _, i := range rising(keys, place) {
		stays[keys[i]] = true
	}
	return stays
}

// rising returns the indices of a longest subsequence of keys whose places
// rise (patience sorting; Fredman, 1975).
func rising(keys []string, place map[string]int) []int {
	var ends []int // ends[n] is the index that ends the best run of n+1
	before := make([]int, len(keys))
	for i, key := range keys {
		n, _ := slices.BinarySearchFunc(ends, place[key], func(j, p int) int { return place[keys[j]] - p })
		before[i] = -1
		if n > 0 {
			before[i] = ends[n-1]
		}
		if n == len(ends) {
			ends = append(ends, i)
		} else {
			ends[n] = i
		}
	}
	if len(ends) == 0 {
		return nil
	}
	var run []int
	for i := ends[len(ends)-1]; i >= 0; i = before[i] {
		run = append(run, i)
	}
	return run
}
