package lb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/callboard/callboard/director"
)

var (
	_ director.Lister = (*RoundRobin)(nil)
	_ director.Lister = (*Fallback)(nil)
	_ director.Lister = (*Random)(nil)
	_ director.Lister = (*Hash)(nil)
	_ director.Lister = (*LeastConnections)(nil)
	_ director.Lister = (*Shard)(nil)
	_ director.Lister = (*DNS)(nil)
)

// A listing collects what is shown of the members of a load balancer.
type listing struct {
	director.Listing
	wanted   bool // details
	backends director.Fields
}

// newListing begins a listing with a column for each heading.
func newListing(details bool, headings ...string) *listing {
	l := &listing{wanted: details}
	if details {
		// The first column is empty, so that members stand indented.
		l.Table = [][]string{append([]string{""}, headings...)}
		l.backends = director.Fields{}
	}
	return l
}

// count counts a member, and reports whether it is to be shown as well.
func (l *listing) count(healthy bool) bool {
	l.Total++
	if healthy {
		l.Good++
	}
	return l.wanted
}

// show adds a member, with a cell for each heading.
func (l *listing) show(name string, fields director.Fields, cells ...string) {
	l.Table = append(l.Table, append([]string{"", name}, cells...))
	l.backends = append(l.backends, director.Field{Name: name, Value: fields})
}

// end returns the listing. The fields come before those of the members.
func (l *listing) end(fields ...director.Field) director.Listing {
	l.Healthy = l.Good > 0
	if l.wanted {
		l.Details = append(fields, director.Field{Name: "backends", Value: l.backends})
	}
	return l.Listing
}

func healthWord(healthy bool) string {
	if healthy {
		return "healthy"
	}
	return "sick"
}

// List implements [director.Lister] (vmod_directors.c, vdir_list).
func (rr *RoundRobin) List(details bool) director.Listing {
	l := newListing(details, "Backend", "Weight", "Health")
	for _, m := range rr.Members() {
		if l.count(m.Healthy) {
			health := healthWord(m.Healthy)
			l.show(m.Director.Name(), director.Fields{{Name: "health", Value: health}}, "-", health)
		}
	}
	return l.end()
}

// List implements [director.Lister] (vmod_directors_fall_back.c,
// vmod_fallback_list). The current member is the last pick.
func (f *Fallback) List(details bool) director.Listing {
	l := newListing(details, "Backend", "Current", "Health")
	t := f.current()
	current := int(t.cursor.Load())
	for i, slot := range t.slots {
		d := slot.Target()
		if d == nil || !l.count(t.healthy[i]) {
			continue
		}
		mark, health := "", healthWord(t.healthy[i])
		if i == current {
			mark = "*"
		}
		l.show(d.Name(), director.Fields{
			{Name: "current", Value: i == current}, {Name: "health", Value: health},
		}, mark, health)
	}
	return l.end(director.Field{Name: "sticky", Value: f.sticky})
}

// List implements [director.Lister].
func (r *Random) List(details bool) director.Listing { return r.listShares(details) }

// List implements [director.Lister]. Varnish has no list for its hash, because
// that is as good as no director.
func (h *Hash) List(details bool) director.Listing { return h.listShares(details) }

// listShares lists members by their share of the healthy weight (vdir_list).
// When nothing healthy has any, no member has a share; Varnish divides by 0.
func (m *members) listShares(details bool) director.Listing {
	l := newListing(details, "Backend", "Weight", "Health")
	listed := m.Members()
	total := 0.0
	for _, member := range listed {
		if member.Healthy {
			total += member.Weight
		}
	}
	for _, member := range listed {
		if !l.count(member.Healthy) {
			continue
		}
		health, weight, share := healthWord(member.Healthy), 0.0, 0.0
		if member.Healthy && total > 0 {
			weight, share = member.Weight, member.Weight/total
		}
		l.show(member.Director.Name(), director.Fields{
			{Name: "weight", Value: weight}, {Name: "health", Value: health},
		}, fmt.Sprintf("%6.2f%%", 100*share), health)
	}
	return l.end(director.Field{Name: "total_weight", Value: total})
}

// List implements [director.Lister]. Weights are as they were given: the share
// of the requests follows from how long they take.
func (l *LeastConnections) List(details bool) director.Listing {
	list := newListing(details, "Backend", "Weight", "Health", "In flight")
	for _, m := range l.Members() {
		if !list.count(m.Healthy) {
			continue
		}
		health, inFlight := healthWord(m.Healthy), int(loadOf(m.Director).inFlight())
		list.show(m.Director.Name(), director.Fields{
			{Name: "weight", Value: m.Weight}, {Name: "health", Value: health}, {Name: "in_flight", Value: inFlight},
		}, strconv.FormatFloat(m.Weight, 'g', -1, 64), health, strconv.Itoa(inFlight))
	}
	return list.end()
}

// List implements [director.Lister] (vmod_directors_shard.c, vmod_shard_list).
func (s *Shard) List(details bool) director.Listing {
	l := newListing(details, "Backend", "Ident", "Health", "Rampup  Remaining")
	for _, m := range s.Members() {
		if !l.count(m.Healthy) {
			continue
		}
		health := healthWord(m.Healthy)
		l.show(m.Director.Name(), director.Fields{
			{Name: "ident", Value: m.Ident}, {Name: "health", Value: health},
			{Name: "rampup", Value: m.Rampup}, {Name: "rampup_remaining", Value: m.Remaining},
		}, m.Ident, health, fmt.Sprintf("%6.2f%% %8.3fs", 100*m.Rampup, m.Remaining.Seconds()))
	}
	return l.end(
		director.Field{Name: "warmup", Value: s.options.Warmup},
		director.Field{Name: "rampup_duration", Value: s.options.Rampup.Seconds()},
	)
}

// List implements [director.Lister] (vmod_dynamic.c, dom_list). Members that
// are only kept are not listed (DNS-12).
func (d *DNS) List(details bool) director.Listing {
	headings := []string{"Backend", "Health"}
	if d.options.SRV {
		headings = append(headings, "Priority", "Weight")
	}
	l := newListing(details, headings...)
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, m := range d.list {
		healthy := m.director.Healthy()
		if !l.count(healthy) {
			continue
		}
		health := healthWord(healthy)
		fields, cells := director.Fields{{Name: "health", Value: health}}, []string{health}
		if d.options.SRV {
			weight := m.slot.Weight()
			fields = append(fields, director.Field{Name: "priority", Value: int(m.priority)}, director.Field{Name: "weight", Value: weight})
			cells = append(cells, strconv.Itoa(int(m.priority)), strconv.FormatFloat(weight, 'g', -1, 64))
		}
		l.show(m.director.Name(), fields, cells...)
	}
	return l.end(d.listOptions(details)...)
}

// listOptions returns the options under names as those of other fields.
func (d *DNS) listOptions(details bool) []director.Field {
	if !details {
		return nil
	}
	var fields []director.Field
	for _, o := range d.options.describe() {
		fields = append(fields, director.Field{Name: strings.ReplaceAll(o.Name, " ", "_"), Value: o.Value})
	}
	return fields
}
