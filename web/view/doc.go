// Package view turns a snapshot of the tree into what one page shows, with
// every word, number and link ready to be printed, and finds the differences
// between two such pages.
//
//	q := view.ParseQuery(r.URL.Query())
//	old := view.Build(before, events, q, nil)
//	now := view.Build(after, events, q, old)
//	for _, c := range view.Diff(old, now) {
//		fmt.Println(c.Verb, c.ID)
//	}
//
// A [Model] is made of regions, a region of fragments. A fragment is what one
// template prints; its key is the id of its element, and is made here and
// nowhere else. So that a page and a patch cannot come to differ, Diff knows
// only regions and fragments, not what they mean.
//
// Pages of one view must come from one chain of models, each built with the one
// before: where cards stand, and how far back a story reaches, depend on it.
//
// # Concurrency
//
// Everything here is a pure function of its arguments. A Model is immutable
// once built and may be read from any goroutine.
package view
