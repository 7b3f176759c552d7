package view

import (
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// maxHeldBy bounds the list of holders of one director in a preview: a backend
// may have thousands of requests in flight.
const maxHeldBy = 64

// maxPreviewed bounds the names of one kind on the page: the question must stay
// in sight.
const maxPreviewed = 20

// A Preview says what deleting a director would do at this moment. Directors
// are named as in their VCL. It is also the answer of the API.
type Preview struct {
	// Releases are the members that the director would let go of, by slot.
	Releases []string `json:"releases"`
	// Destroys are the directors whose last reference would go, in that order.
	Destroys []string `json:"destroys"`
	// Lingers is the director itself as long as others hold it.
	Lingers []Linger `json:"lingers"`
}

// A Linger is a director that would outlive its deletion, and why.
type Linger struct {
	Director string         `json:"director"`
	HeldBy   []event.Holder `json:"held_by"`
	// More holders than are listed.
	More int `json:"more,omitempty"`
}

// PreviewDelete finds out what deleting the directors would do, one after the
// other; ok is false if there is none with one of the IDs. For one that is
// deleted already it says who still holds it.
func PreviewDelete(s *tree.Snapshot, ids ...uint64) (p Preview, ok bool) {
	p = Preview{Releases: []string{}, Destroys: []string{}, Lingers: []Linger{}}
	run := newDemolition(s)
	for _, id := range ids {
		d, ok := s.Director(id)
		if !ok {
			return Preview{}, false
		}
		if d.Owned && !run.disowned[id] {
			for m := range d.Members() {
				p.Releases = append(p.Releases, m.Name)
			}
		}
		p.Destroys = append(p.Destroys, run.delete(d)...)
	}
	for _, id := range ids {
		if d, _ := s.Director(id); !run.gone[id] {
			run.gone[id] = true // named twice, it lingers once
			p.Lingers = append(p.Lingers, run.linger(d))
		}
	}
	return p, true
}

// A demolition follows references that go. It changes nothing.
type demolition struct {
	s        *tree.Snapshot
	disowned map[uint64]bool            // whose owner's reference is gone
	dropped  map[uint64]map[uint64]bool // slots emptied, by the director that they held
	gone     map[uint64]bool            // what is destroyed
}

func newDemolition(s *tree.Snapshot) demolition {
	return demolition{s: s, disowned: map[uint64]bool{}, dropped: map[uint64]map[uint64]bool{}, gone: map[uint64]bool{}}
}

// delete returns the names of what is destroyed when d is deleted.
func (r *demolition) delete(d *tree.Director) []string {
	var names []string
	if d.Owned && !r.disowned[d.ID] {
		names = r.empty(d)
		r.disowned[d.ID] = true
	}
	if r.gone[d.ID] || r.left(d) > 0 {
		return names
	}
	r.gone[d.ID] = true
	return append([]string{d.Name}, names...)
}

// empty drops all members of d, and returns the names of what dies of it.
func (r *demolition) empty(d *tree.Director) (names []string) {
	for m := range d.Members() {
		if r.dropped[m.ID] == nil {
			r.dropped[m.ID] = map[uint64]bool{}
		}
		r.dropped[m.ID][m.Ref] = true
		if target, ok := r.s.Director(m.ID); ok && !r.gone[m.ID] && r.left(target) == 0 {
			r.gone[m.ID] = true
			names = append(append(names, target.Name), r.empty(target)...)
		}
	}
	return names
}

// left is the number of references to d that would remain.
func (r *demolition) left(d *tree.Director) int64 {
	n := d.Refcount() - int64(len(r.dropped[d.ID]))
	if r.disowned[d.ID] {
		n--
	}
	return n
}

func (r *demolition) linger(d *tree.Director) Linger {
	l := Linger{Director: d.Name, HeldBy: []event.Holder{}}
	for h := range d.Holders() {
		if h.Kind == event.HolderOwner || r.dropped[d.ID][h.Ref] && h.Ref != 0 {
			continue
		}
		if len(l.HeldBy) == maxHeldBy {
			l.More++
			continue
		}
		l.HeldBy = append(l.HeldBy, h)
	}
	return l
}

// A Deletion is the section of the inspector that asks before deleting.
type Deletion struct {
	ID       string
	Name     string
	Releases []Part
	Destroys []Part
	Lingers  bool
	HeldBy   []Part
	Confirm  Form
	Cancel   string
}

func (d *Deletion) Key() string { return d.ID }

func (b *builder) deletion(d *tree.Director) Fragment {
	p, _ := PreviewDelete(b.s, d.ID)
	del := &Deletion{
		ID: sectionID("delete", d.ID), Name: d.Name, Lingers: len(p.Lingers) > 0,
		Confirm: b.form("delete", "DELETE", "/directors/"+atID(d.ID)), Cancel: b.q.WithPanel("").Href(),
	}
	// The story goes on under the ID when the name means nothing any more.
	del.Confirm.Back = b.q.Selecting(atID(d.ID)).Href()
	for m := range d.Members() {
		if len(del.Releases) == maxPreviewed {
			del.Releases = append(del.Releases, moreOf(len(p.Releases)-maxPreviewed))
			break
		}
		del.Releases = append(del.Releases, b.link(m.ID, m.Name))
	}
	for i, name := range p.Destroys {
		if i == maxPreviewed {
			del.Destroys = append(del.Destroys, moreOf(len(p.Destroys)-maxPreviewed))
			break
		}
		del.Destroys = append(del.Destroys, Part{Text: name, Name: true})
	}
	if del.Lingers {
		del.HeldBy = b.heldBy(d, false)
	}
	return del
}

// moreOf is what stands at the end of a list that is not whole.
func moreOf(n int) Part { return Part{Text: number(int64(n)) + " more"} }

// heldBy lists the holders of d in words, requests in flight as one.
func (b *builder) heldBy(d *tree.Director, owner bool) []Part {
	var parts []Part
	if d.Owned && owner {
		parts = append(parts, Part{Text: "the owner"})
	}
	members := map[uint64]int{}
	for h := range d.Slots() {
		if h.Kind == event.HolderMember {
			members[h.ID]++
			if members[h.ID] > 1 {
				continue
			}
		}
		parts = append(parts, b.holderPart(h))
		if len(parts) == maxHeldBy {
			break
		}
	}
	if d.Tasks > 0 {
		parts = append(parts, Part{Text: count(int(d.Tasks), "request") + " in flight"})
	}
	return parts
}
