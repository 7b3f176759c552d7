package tree

import (
	"hash/maphash"
	"iter"
	"slices"
	"strconv"
	"strings"
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

	vcls      []*VCL // in the order in which they were added
	directors trie[*Director]
	names     trie[[]uint64] // IDs by hash of the full name, ascending
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

// Lookup returns the director with that name in that VCL. Where several share
// the name a live one wins over one that lingers, and then the newest.
func (s *Snapshot) Lookup(vcl, name string) (*Director, bool) {
	var found *Director
	ids, _ := s.names.get(nameKey(vcl, name))
	for _, id := range ids {
		d, ok := s.directors.get(id)
		if !ok || d.VCL != vcl || d.Name != name {
			continue
		}
		if found == nil || d.Phase == Live || found.Phase != Live {
			found = d
		}
	}
	return found, found != nil
}

// Find returns the director that a user means: by number ("@17"), by full name
// ("boot.a1"), or by its name in the active VCL ("a1"). A director's own name
// may have dots, so the active VCL is asked first.
func (s *Snapshot) Find(name string) (*Director, bool) {
	if number, ok := strings.CutPrefix(name, "@"); ok {
		id, err := strconv.ParseUint(number, 10, 64)
		if err != nil {
			return nil, false
		}
		return s.directors.get(id)
	}
	if d, ok := s.Lookup(s.Active, name); ok {
		return d, true
	}
	for i := range len(name) {
		if name[i] != '.' {
			continue
		}
		if d, ok := s.Lookup(name[:i], name[i+1:]); ok {
			return d, true
		}
	}
	return nil, false
}

// Two names may share a key: Lookup compares the names themselves.
func nameKey(vcl, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(vcl)
	h.WriteByte('.')
	h.WriteString(name)
	// 30 bits give a trie of six levels; more would only make paths longer.
	return h.Sum64() >> 34
}

var seed = maphash.MakeSeed()
