package director

import (
	"strings"

	"github.com/callboard/callboard/director/tree"
)

// Lister is for types that have more to show in a list of directors than
// whether they are healthy (Varnish: list).
type Lister interface {
	// List is called for each row that a list shows, from any goroutine,
	// several at once, and while members and health change. The director is
	// held, so nothing is called after Destroy. Without details the lines,
	// table and fields of the answer are not looked at; they may be costly to
	// make, and most lists do without. List must not block: it tells what is
	// known, and does not go and find out.
	List(details bool) Listing
}

// A Listing is what a [Lister] shows. Package list writes it in the formats of
// Varnish's backend.list.
type Listing struct {
	// Good of Total: healthy members of all, or good pokes of a probe's window.
	Good, Total int
	// Healthy is what the type finds itself. Admin health is shown beside it,
	// and so does not belong in it.
	Healthy bool

	// Table is shown to people below the row: the headings, then a line for
	// each member. Or Lines are, just as they are.
	Table [][]string
	Lines []string
	// Details are the same for programs, nil for none. Beside are facts that
	// are no part of them, like addresses.
	Details, Beside Fields
}

// Fields are the members of a JSON object, in order. Names may repeat, since
// members are listed by name and names do.
type Fields []Field

// A Field is a name and what it stands for: a bool, a string, an int, a uint64,
// a float64 (shown with 6 decimals), a [time.Duration] (seconds with 3), or
// [Fields] for an object within the object.
type Field struct {
	Name  string
	Value any
}

// List asks the director's type what to show of it. It reports false for a type
// that is no [Lister], for one that panics, and for a destroyed director.
func (d *Director) List(details bool) (l Listing, ok bool) {
	lister, ok := d.impl.(Lister)
	if !ok {
		return Listing{}, false
	}
	revision := d.rt.Tree().Revision
	if !d.count.take() {
		return Listing{}, false
	}
	defer d.dropUnseen(revision)
	ok = false
	d.contain("list", func() {
		l = lister.List(details)
		ok = true
	})
	return l, ok
}

// dropUnseen drops a reference that was taken after a revision of the tree. A
// list holds each director for a moment; that must not make the next sample one
// of all directors. Only if somebody has sampled meanwhile, and may have counted
// the reference, it has to be counted again.
func (d *Director) dropUnseen(revision uint64) {
	if none, _ := d.count.drop(); none {
		d.runOut()
		return
	}
	d.rt.mu.Lock()
	unseen := d.rt.Tree().Revision == revision
	d.rt.mu.Unlock()
	if !unseen {
		d.touch()
	}
}

// DecidesHealth reports whether there is anything that decides the director's
// health but the operator: its type, its members or a probe. Without, it is
// healthy until somebody says otherwise (HEALTH-3).
func (d *Director) DecidesHealth() bool {
	if d.methods.health != nil || d.probe.Load() != nil {
		return true
	}
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	return d.follow || d.reason != ""
}

// MatchDirectors returns the directors that the pattern of Varnish's backend.*
// commands means, in the order in which they were added. An empty pattern and
// "*" mean all of the active VCL, one without a dot is matched against the
// names in it, and any other against the full names in all VCLs. In a pattern,
// "*" and "?" also match dots. Deleted directors that others still hold are
// among them. What is returned is not held.
func (rt *Runtime) MatchDirectors(pattern string) []*Director {
	known := rt.Tree()
	matches := matcher(pattern, known.Active)
	var ids []uint64
	for d := range known.Directors() {
		if matches(d) {
			ids = append(ids, d.ID)
		}
	}
	directors := make([]*Director, 0, len(ids))
	rt.mu.Lock()
	defer rt.mu.Unlock()
	for _, id := range ids {
		if d, ok := rt.directors[id]; ok {
			directors = append(directors, d)
		}
	}
	return directors
}

// matcher returns what tells the directors that a pattern means. The name of
// the active VCL is compared and not made part of the pattern, because it may
// have a star in it.
func matcher(pattern, active string) func(*tree.Director) bool {
	switch {
	case pattern == "" || pattern == "*":
		return func(d *tree.Director) bool { return d.VCL == active }
	case strings.Contains(pattern, "."):
		return func(d *tree.Director) bool { return matchName(pattern, d.FullName()) }
	default:
		return func(d *tree.Director) bool { return d.VCL == active && matchName(pattern, d.Name) }
	}
}

// A VCLStatus is what Varnish's vcl.list shows of a VCL.
type VCLStatus struct {
	Name   string
	Active bool
	// Discarded reports that the VCL is gone as soon as it is cold.
	Discarded   bool
	State       State
	Temperature Temperature
	// Busy counts the requests, and the preventions, that keep it from going
	// cold.
	Busy   int64
	Labels []string
}

// ListVCLs returns where all VCLs stand, in the order in which they were added.
func (rt *Runtime) ListVCLs() []VCLStatus {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	listed := make([]VCLStatus, len(rt.vcls))
	for i, v := range rt.vcls {
		listed[i] = VCLStatus{
			Name: v.name, Active: rt.active.Load() == v, Discarded: v.discarding,
			State: v.state, Temperature: v.temperature, Busy: v.requests.Load(),
			Labels: append([]string(nil), v.labels...),
		}
	}
	return listed
}
