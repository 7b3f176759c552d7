package load

import (
	"slices"
	"time"
)

// A Sample is a set of durations, such as the time that each delivery took.
type Sample struct {
	sorted []time.Duration
}

// NewSample returns the sample of these durations, and keeps and sorts them.
func NewSample(durations []time.Duration) Sample {
	slices.Sort(durations)
	return Sample{durations}
}

// Len returns how many durations there are.
func (s Sample) Len() int { return len(s.sorted) }

// Percentile returns the smallest duration of the sample that p percent of it do
// not exceed, p from 0 to 100 (nearest rank: always one that was measured). It
// is 0 for an empty sample.
func (s Sample) Percentile(p float64) time.Duration {
	if len(s.sorted) == 0 {
		return 0
	}
	// Without the small step down, 99 percent of 100 would be a little over 99.
	rank := int(p/100*float64(len(s.sorted)) + 1 - 1e-9)
	return s.sorted[min(max(rank, 1), len(s.sorted))-1]
}

// Add returns a sample of both.
func (s Sample) Add(t Sample) Sample { return NewSample(slices.Concat(s.sorted, t.sorted)) }

// Median returns the middle one of some numbers, or the mean of the two in the
// middle; 0 of none. It sorts them.
func Median(numbers []float64) float64 {
	slices.Sort(numbers)
	n := len(numbers)
	switch {
	case n == 0:
		return 0
	case n%2 == 1:
		return numbers[n/2]
	}
	return (numbers[n/2-1] + numbers[n/2]) / 2
}
