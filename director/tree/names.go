package tree

import (
	"hash/maphash"
	"iter"
	"strconv"
	"strings"
)

// Lookup returns the director with that name in that VCL. Where several share
// the name a live one wins over one that lingers, and then the newest.
func (s *Snapshot) Lookup(vcl, name string) (*Director, bool) {
	var lingers *Director
	ids, _ := s.names.get(nameKey(vcl, name))
	for id := range ids.down() {
		d, ok := s.directors.get(id)
		switch {
		case !ok || d.VCL != vcl || d.Name != name:
		case d.Phase == Live:
			return d, true
		case lingers == nil:
			lingers = d
		}
	}
	return lingers, lingers != nil
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

// An idSet is a set of IDs that costs nothing more while it has one. The zero
// value is empty; 0 is no ID.
type idSet struct {
	one  uint64 // 0 unless the set has one
	many set
}

func (s idSet) empty() bool { return s.one == 0 && s.many.len() == 0 }

func (s idSet) add(id uint64) idSet {
	if s.empty() {
		return idSet{one: id}
	}
	if s.one != 0 {
		s.many = with(s.many, s.one, true)
	}
	return idSet{many: with(s.many, id, true)}
}

func (s idSet) remove(id uint64) idSet {
	if s.one == id {
		return idSet{}
	}
	return idSet{one: s.one, many: with(s.many, id, false)}
}

// down yields the IDs from the highest to the lowest.
func (s idSet) down() iter.Seq[uint64] {
	if s.one == 0 {
		return s.many.down()
	}
	return func(yield func(uint64) bool) { yield(s.one) }
}

// Two names may share a key: Lookup compares the names themselves.
func nameKey(vcl, name string) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	h.WriteString(vcl)
	h.WriteByte('.')
	h.WriteString(name)
	// 20 bits fill the nodes of a large tree well, which saves memory; some
	// names then share a key, which costs a comparison.
	return h.Sum64() >> 44
}

var seed = maphash.MakeSeed()
