package view

import (
	"github.com/callboard/callboard/director/tree"
)

// some takes what a page shows of a tree that does not fit: what the reader has
// picked and opened, then what is lingering or sick with what leads to it, then
// a little of every branch from the top down.
func (p *picker) some() {
	if p.c.root != 0 {
		p.takePath(p.c.root, true)
	}
	p.takePath(p.selected, true)
	for _, b := range p.open {
		p.page(b)
	}
	room := p.limit - len(p.has) - p.reserved
	p.urgent(room*2/3, func(uint64) bool { return true })
	p.spread()
}

// page takes a branch that the reader has opened, and a page of its members;
// the sick ones among the others are worth a look in any case.
func (p *picker) page(b branch) {
	if b.token == "" {
		n := 0
		for d := range p.s.RootsFrom(b.from) {
			if n++; n > pageSize || !p.take(d) {
				return
			}
		}
		return
	}
	d, ok := p.s.Find(b.token)
	if !ok || !p.takePath(d.ID, true) {
		return
	}
	n := 0
	for m := range d.MembersFrom(int(min(b.from, 1<<31))) {
		if n++; n > pageSize {
			break
		}
		p.takeMember(m)
	}
	p.sickMembers(d)
}

func (p *picker) sickMembers(d *tree.Director) {
	n := 0
	for m := range d.SickMembers() {
		if n++; n > fan {
			return
		}
		p.takeMember(m)
	}
}

func (p *picker) takeMember(m tree.Member) bool {
	d, ok := p.s.Director(m.ID)
	return ok && p.take(d)
}

// urgent takes what lingers and what is sick, up to so many cards.
func (p *picker) urgent(room int, means func(id uint64) bool) {
	end := len(p.has) + p.reserved + room
	for d := range p.s.LingeringDirectors() {
		if len(p.has)+p.reserved >= end {
			return
		}
		if means(d.ID) {
			p.takePath(d.ID, false)
		}
	}
	for d := range p.s.SickDirectors() {
		if len(p.has)+p.reserved >= end {
			return
		}
		if means(d.ID) {
			p.takePath(d.ID, false)
		}
	}
}

// spread goes down from the top in layers while there is room.
func (p *picker) spread() {
	queue := p.tops()
	queued := map[uint64]bool{}
	for i := 0; i < len(queue); i++ {
		d := queue[i]
		if p.shut[d.ID] {
			continue
		}
		p.sickMembers(d)
		n := 0
		for m := range d.Members() {
			if n++; n > fan {
				break
			}
			if !p.takeMember(m) {
				return
			}
			if member := p.has[m.ID]; member.TotalMembers() > 0 && !queued[m.ID] {
				queued[m.ID] = true
				queue = append(queue, member)
			}
		}
	}
}

// tops are the directors to begin with: the root of the page, or the default
// directors, then those that nobody holds, those that hold others first.
func (p *picker) tops() []*tree.Director {
	if d, ok := p.s.Director(p.c.root); ok {
		return []*tree.Director{d}
	}
	var list, alone []*tree.Director
	add := func(d *tree.Director) {
		if len(list) < tops && p.take(d) {
			list = append(list, d)
		}
	}
	for _, v := range p.s.VCLs() {
		if d, ok := p.s.Director(v.Default); ok {
			p.takePath(d.ID, false)
			add(d)
		}
	}
	seen := 0
	for d := range p.s.Roots() {
		if seen++; seen > 16*farthest || len(list) >= tops {
			break
		}
		if d.TotalMembers() > 0 {
			add(d)
		} else if len(alone) < tops {
			alone = append(alone, d)
		}
	}
	for _, d := range alone {
		add(d)
	}
	return list
}
