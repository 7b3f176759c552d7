package view

// PastLength is how many samples there are of what a director did, one a second.
const PastLength = 60

// A Past is what a director did lately.
type Past struct {
	// Samples are PastLength ones, the newest last; nil if nothing happened in
	// any of them.
	Samples []Sample
	// Totals are what a backend counts of itself since it was made, in order.
	Totals []Total
}

// A Sample is one second of a director.
type Sample struct {
	// Requests were begun in it, Failures failed.
	Requests, Failures uint32
	// Tasks were in flight at its end.
	Tasks uint32
}

// A Total is a number that only grows.
type Total struct {
	Name  string
	Count uint64
	Bytes bool // they are counted, not things
}

// Pasts returns what the director with that ID did lately, nil if nobody has
// kept it. The same pointer means that nothing is new.
type Pasts func(id uint64) *Past

// Past is what the model says that the selected director did, nil without one.
func (m *Model) Past() *Past { return m.past }

// Selected is the ID of the selected director, 0 without one.
func (m *Model) Selected() uint64 { return m.selected }
