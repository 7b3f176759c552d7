package view

import (
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// maxHeldBy bounds the list of holders of one director in a preview: a backend
// may have thousands of requests in flight.
const maxHeldBy = 64

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

// PreviewDelete finds out what deleting the director would do; ok is false if
// there is none with that ID. For one that is deleted already it says who still
// holds it.
func PreviewDelete(s *tree.Snapshot, id uint64) (p Preview, ok bool) {
	d, ok := s.Director(id)
	if !ok {
		return Preview{}, false
	}
	p = Preview{Releases: []string{}, Destroys: []string{}, Lingers: []Linger{}}
	run := demolition{s: s, dropped: map[uint64]map[uint64]bool{}}
	if d.Owned {
		for m := range d.Members() {
			p.Releases = append(p.Releases, m.Name)
		}
		run.empty(d)
		run.disowned = d.ID
	}
	if run.left(d) == 0 {
		run.gone = append([]string{d.Name}, run.gone...)
	} else {
		p.Lingers = append(p.Lingers, run.linger(d))
	}
	p.Destroys = append(p.Destroys, run.gone...)
	return p, true
}

// A demolition follows references that go. It changes nothing.
type demolition struct {
	s        *tree.Snapshot
	disowned uint64                     // whose owner's reference is gone
	dropped  map[uint64]map[uint64]bool // slots emptied, by the director that they held
	gone     []string
}

// empty drops all members of d, and what dies of it.
func (r *demolition) empty(d *tree.Director) {
	for m := range d.Members() {
		if r.dropped[m.ID] == nil {
			r.dropped[m.ID] = map[uint64]bool{}
		}
		r.dropped[m.ID][m.Ref] = true
		if target, ok := r.s.Director(m.ID); ok && r.left(target) == 0 {
			r.gone = append(r.gone, target.Name)
			r.empty(target)
		}
	}
}

// left is the number of references to d that would remain.
func (r *demolition) left(d *tree.Director) int64 {
	n := d.Refcount() - int64(len(r.dropped[d.ID]))
	if d.Owned && r.disowned == d.ID {
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
		del.Releases = append(del.Releases, b.link(m.ID, m.Name))
	}
	for _, name := range p.Destroys {
		del.Destroys = append(del.Destroys, Part{Text: name, Name: true})
	}
	if del.Lingers {
		del.HeldBy = b.heldBy(d, false)
	}
	return del
}

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
