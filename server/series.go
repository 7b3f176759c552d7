package server

import "github.com/callboard/callboard/web/view"

// A series is the last minute of one director: a ring by the number of the
// sample. Samples in which nothing changed are filled in when the next comes.
type series struct {
	number uint64 // of the newest sample in it
	cells  [view.PastLength]view.Sample
}

func (s *series) at(number uint64) *view.Sample { return &s.cells[number%view.PastLength] }

func (s *series) put(number uint64, sample view.Sample) {
	s.fill(number)
	*s.at(number) = sample
}

// fill goes on to a sample: where nothing changed, nothing was begun, and what
// was in flight still is.
func (s *series) fill(number uint64) {
	tasks := s.at(s.number).Tasks
	for n := max(s.number+1, number-view.PastLength+1); n <= number; n++ {
		*s.at(n) = view.Sample{Tasks: tasks}
	}
	s.number = number
}

// idle reports whether nothing happened in the minute before a sample.
func (s *series) idle(number uint64) bool {
	s.fill(number)
	return s.cells == [view.PastLength]view.Sample{}
}

// samples returns the minute before a sample, the newest last; nil if nothing
// happened in it.
func (s *series) samples(number uint64) []view.Sample {
	if s.idle(number) {
		return nil
	}
	list := make([]view.Sample, view.PastLength)
	for i := range list {
		list[i] = *s.at(number + 1 + uint64(i))
	}
	return list
}
