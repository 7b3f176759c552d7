package tree

import "iter"

// An index is what a snapshot knows of its directors without looking at each.
// It is kept by [Snapshot.put] and nobody else.
type index struct {
	sick, lingering, roots set // of IDs
	inFlight               int64
}

// change replaces what the index knows of a director. Before is nil for one that
// is added, after for one that is destroyed.
func (x *index) change(id uint64, before, after *Director) {
	x.sick = moved(x.sick, id, before.isSick(), after.isSick())
	x.lingering = moved(x.lingering, id, before.lingers(), after.lingers())
	x.roots = moved(x.roots, id, before.isRoot(), after.isRoot())
	x.inFlight += after.answering() - before.answering()
}

// moved returns a set that id was in, or was not, and now is or is not.
func moved(t set, id uint64, was, is bool) set {
	if was == is {
		return t
	}
	return with(t, id, is)
}

// None of these holds for a director that there is not.

func (d *Director) isSick() bool  { return d != nil && !d.Healthy }
func (d *Director) lingers() bool { return d != nil && d.Phase == Lingering }
func (d *Director) isRoot() bool  { return d != nil && d.heldBy.members == 0 }

// answering counts the requests that d answers now, as their leaf.
func (d *Director) answering() int64 {
	if d == nil || !d.Leaf {
		return 0
	}
	return d.Tasks
}

// Sick, Lingering and RootCount count the directors that [Snapshot.SickDirectors],
// [Snapshot.LingeringDirectors] and [Snapshot.Roots] yield.
func (s *Snapshot) Sick() int      { return s.index.sick.len() }
func (s *Snapshot) Lingering() int { return s.index.lingering.len() }
func (s *Snapshot) RootCount() int { return s.index.roots.len() }

// InFlight counts the requests that leaves are answering, as last sampled.
func (s *Snapshot) InFlight() int64 { return s.index.inFlight }

// SickDirectors yields the directors that are not healthy, in the order in which
// they were added. The others cost nothing.
func (s *Snapshot) SickDirectors() iter.Seq[*Director] { return s.those(s.index.sick, 0) }

// LingeringDirectors yields the directors that were released and are still held,
// in the order in which they were added. The others cost nothing.
func (s *Snapshot) LingeringDirectors() iter.Seq[*Director] { return s.those(s.index.lingering, 0) }

// Roots yields the directors that no member slot points at, in the order in
// which they were added. A default slot or a pin may point at a root.
func (s *Snapshot) Roots() iter.Seq[*Director] { return s.those(s.index.roots, 0) }

// RootsFrom yields the roots whose ID is at least id.
func (s *Snapshot) RootsFrom(id uint64) iter.Seq[*Director] { return s.those(s.index.roots, id) }

func (s *Snapshot) those(ids set, from uint64) iter.Seq[*Director] {
	return func(yield func(*Director) bool) {
		for id := range ids.keys(from) {
			if d, _ := s.directors.get(id); !yield(d) {
				return
			}
		}
	}
}

// Changes yields the IDs of the directors that are not the same in s and in old,
// in ascending order: those added, those destroyed and those of which anything
// changed. It skips what the two share, so its cost is that of the changes, and
// it may yield a director that was changed and changed back. If old is nil or of
// another epoch, it yields all directors of s.
func (s *Snapshot) Changes(old *Snapshot) iter.Seq[uint64] {
	if old == nil || old.Epoch != s.Epoch {
		return s.directors.keys(0)
	}
	return differences(old.directors, s.directors)
}
