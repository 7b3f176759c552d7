package view

import "reflect"

// What is the same in two models is the same pointer in both, so that Diff sees
// at a glance what has changed.

// keep returns old if now says the same.
func keep[T any](old, now *T) *T {
	if old != nil && reflect.DeepEqual(old, now) {
		return old
	}
	return now
}

// keepAll keeps each of a list that says the same as the one at its place in
// the list of the model before.
func keepAll[T any](old, now []*T) []*T {
	for i := range min(len(old), len(now)) {
		now[i] = keep(old[i], now[i])
	}
	return now
}

// keepFragment is keep for a fragment of any kind.
func keepFragment(old, now Fragment) Fragment {
	if old != nil && reflect.DeepEqual(old, now) {
		return old
	}
	return now
}

// region makes a region of the page, the one of the model before if all that is
// in it is the same.
func region[F Fragment](id string, items []F, old *Region) Region {
	if old != nil && sameItems(items, old.Items) {
		return *old
	}
	list := make([]Fragment, len(items))
	for i, item := range items {
		list[i] = item
	}
	return Region{ID: id, Items: list}
}

func sameItems[F Fragment](items []F, old []Fragment) bool {
	if len(items) != len(old) {
		return false
	}
	for i, item := range items {
		if Fragment(item) != old[i] {
			return false
		}
	}
	return true
}
