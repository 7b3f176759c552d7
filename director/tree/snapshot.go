package tree

import (
	"iter"
	"slices"
	"time"
)

// A Snapshot is what is true of an instance at one sequence number.
type Snapshot struct {
	Instance string
	Epoch    string
	// Seq is that of the last event applied, Time when it happened.
	Seq  uint64
	Time time.Time
	// Revision grows with each event and each sample of gauges, so that two
	// snapshots of an epoch with the same revision are the same.
	Revision uint64
	// Active is the name of the active VCL, "" if there is none.
	Active string
	// Stepping reports that step mode is on; see [Snapshot.Held].
	Stepping bool

	vcls      []*VCL // in the order in which they were added
	directors trie[*Director]
	names     trie[idSet] // by hash of the full name
	index     index
	held      trie[Held] // by turn, of which lastTurn was the last
	lastTurn  uint64
}

// A VCL is a configuration that owns directors.
type VCL struct {
	Name string
	// Temperature is init, warm, busy, cooling or cold; State is what the
	// operator wants: auto, warm or cold.
	Temperature, State string
	Labels             []string
	// Default is the ID of the director in the default slot, 0 if it is empty.
	Default uint64
}

// New returns the state before the first event.
func New(instance, epoch string) *Snapshot {
	return &Snapshot{Instance: instance, Epoch: epoch}
}

// Len is the number of directors that are not destroyed.
func (s *Snapshot) Len() int { return s.directors.len() }

// VCLs returns the VCLs in the order in which they were added. The slice is
// shared: do not change it.
func (s *Snapshot) VCLs() []*VCL { return s.vcls }

// VCL returns the VCL with that name.
func (s *Snapshot) VCL(name string) (*VCL, bool) {
	if i := s.indexVCL(name); i >= 0 {
		return s.vcls[i], true
	}
	return nil, false
}

func (s *Snapshot) indexVCL(name string) int {
	return slices.IndexFunc(s.vcls, func(v *VCL) bool { return v.Name == name })
}

// Director returns the director with that ID, unless it is destroyed.
func (s *Snapshot) Director(id uint64) (*Director, bool) { return s.directors.get(id) }

// Directors yields all directors of all VCLs in the order in which they were
// added.
func (s *Snapshot) Directors() iter.Seq[*Director] { return s.DirectorsFrom(0) }

// DirectorsFrom yields the directors whose ID is at least id, in the order in
// which they were added.
func (s *Snapshot) DirectorsFrom(id uint64) iter.Seq[*Director] {
	return func(yield func(*Director) bool) {
		for _, d := range s.directors.from(id) {
			if !yield(d) {
				return
			}
		}
	}
}
