package event

import (
	"math"
	"time"
)

// flowMemory is how long a flow remembers, in seconds: what is that old counts
// for a third.
const flowMemory = 10

// A Flow is how many requests a second go through somewhere, with more weight on
// the newest. What is not added to fades, so that it says nothing without the
// time that it was true at.
type Flow struct {
	Rate float64
	At   time.Time
}

// Add returns the flow with n more requests that had come until now.
func (f Flow) Add(n uint64, now time.Time) Flow {
	return Flow{Rate: f.rateAt(now) + float64(n)/flowMemory, At: now}
}

// rateAt is the rate at a time that is not before f.At.
func (f Flow) rateAt(t time.Time) float64 {
	return f.Rate * math.Exp(-t.Sub(f.At).Seconds()/flowMemory)
}

// Since is about how many requests came after f was what before is.
func (f Flow) Since(before Flow) float64 {
	return (f.Rate - before.rateAt(f.At)) * flowMemory
}

// Share is the part of whole, from 0 to 1, that f is. While nothing comes both
// fade alike, and the share stays.
func (f Flow) Share(whole Flow) float64 {
	if whole.Rate <= 0 || f.Rate <= 0 {
		return 0
	}
	return min(1, f.Rate*math.Exp(f.At.Sub(whole.At).Seconds()/flowMemory)/whole.Rate)
}

// Carried is what went through one member slot.
type Carried struct {
	// Ref is the number of the slot.
	Ref uint64
	Flow
	// Now reports that something did in the last second.
	Now bool
}
