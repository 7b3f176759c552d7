package journal

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// A Report says what [Journal.Restore] has done.
type Report struct {
	// File is what was read; "" if nothing was kept.
	File                        string
	VCLs, Directors, References int
	// Problems are what was kept and could not be made again, a line each.
	// Start then spares File from ever being deleted.
	Problems []string
	// Gone are references that ended with the run before, because what they
	// pointed at was deleted by then or is made again by nobody, a line each.
	Gone []string
}

func (r *Report) String() string {
	return fmt.Sprintf("restored %s of %s from %s", count(r.Directors, "director"), count(r.VCLs, "VCL"), r.File)
}

// Spared is the name that Start gives to File, beside its own, if there are
// problems.
func (r *Report) Spared() string { return r.File + sparedSuffix }

func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return fmt.Sprintf("%d %s", n, what)
}

// Restore makes in rt what was kept, and all that it can of it: what cannot be
// made again is in the report. It is called before Start, on a runtime that has
// none of these VCLs.
func (j *Journal) Restore(rt *director.Runtime) *Report {
	r := &restorer{j: j, rt: rt, from: j.kept, report: &Report{File: j.keptFile}, made: make(map[uint64]*director.Director)}
	if j.kept == nil {
		return r.report
	}
	byVCL := make(map[string][]*tree.Director)
	for d := range r.from.Directors() {
		byVCL[d.VCL] = append(byVCL[d.VCL], d)
	}
	for _, v := range r.from.VCLs() {
		r.vcl(v, byVCL[v.Name])
	}
	if r.from.Active != "" {
		r.try("make VCL "+r.from.Active+" the active one", func() error {
			v, err := rt.VCL(r.from.Active)
			if err != nil {
				return err
			}
			return v.Activate()
		})
	}
	j.spared = len(r.report.Problems) > 0
	j.kept = nil // it may be large
	return r.report
}

type restorer struct {
	j      *Journal
	rt     *director.Runtime
	from   *tree.Snapshot
	report *Report
	made   map[uint64]*director.Director // by the ID that they had
}

// try reports what fails.
func (r *restorer) try(what string, do func() error) bool {
	err := do()
	if err != nil {
		r.problem("%s: %v", what, err)
	}
	return err == nil
}

func (r *restorer) problem(format string, args ...any) {
	r.report.Problems = append(r.report.Problems, fmt.Sprintf(format, args...))
}

// vcl makes a VCL with all that is in it. It is loaded cold, because a cold one
// becomes active only if it is told to, and is woken when all is there, so that
// no director is told WARM before its members are.
func (r *restorer) vcl(v *tree.VCL, directors []*tree.Director) {
	if why := unfit(v); why != "" {
		r.problem("VCL %s: it was being %s; its %s are left out", v.Name, why, count(len(directors), "director"))
		return
	}
	var loaded *director.VCL
	ok := r.try("VCL "+v.Name, func() (err error) {
		loaded, err = r.rt.LoadVCL(v.Name, director.AlwaysCold, func(made *director.VCL) error {
			r.fill(made, v, directors)
			return nil
		})
		return err
	})
	if !ok {
		return
	}
	r.report.VCLs++
	if director.Temperature(v.Temperature) == director.Warm {
		r.try("warm VCL "+v.Name, func() error { return loaded.SetState(director.AlwaysWarm) })
	}
	r.try("state of VCL "+v.Name, func() error { return loaded.SetState(director.State(v.State)) })
	for _, label := range v.Labels {
		r.try("label of VCL "+v.Name, func() error { return r.rt.Label(label, loaded) })
	}
}

// unfit says what was happening to a VCL that cannot be finished any more. That
// a VCL in another state than warm was to be discarded cannot be seen.
func unfit(v *tree.VCL) string {
	temperature := director.Temperature(v.Temperature)
	switch {
	case temperature == director.Init:
		return "loaded"
	case director.State(v.State) == director.AlwaysWarm && temperature != director.Warm:
		return "discarded"
	}
	return ""
}

func (r *restorer) fill(v *director.VCL, known *tree.VCL, directors []*tree.Director) {
	directors = slices.DeleteFunc(directors, func(d *tree.Director) bool { return !restorable(d) })
	for _, d := range directors {
		r.director(v, d)
	}
	for _, d := range directors {
		if made := r.made[d.ID]; made != nil {
			r.members(made, d)
			r.pins(made, d)
			r.try("admin health of "+d.FullName(), func() error {
				return made.SetHealth(cmp.Or(director.AdminHealth(d.Admin), director.AdminAuto))
			})
		}
	}
	if known.Default != 0 {
		where := "the default of VCL " + v.Name()
		r.refer(where, known.Default, "", v.SetDefault)
	}
}

// restorable reports whether a director should be there again: somebody has
// said how to make it, and nobody has said that it should go.
func restorable(d *tree.Director) bool {
	return d.Config != nil && d.Phase == tree.Live && !d.Steps.Deleted.Taken()
}

func (r *restorer) director(v *director.VCL, d *tree.Director) {
	whole, shown, secrets, err := r.j.secrets.of(d)
	var impl director.Implementation
	if err == nil {
		impl, err = r.j.o.Make(whole)
	}
	if err == nil {
		r.made[d.ID], err = v.AddRecorded(d.Name, impl, shown, secrets...)
	}
	if err != nil {
		delete(r.made, d.ID)
		r.j.secrets.spare(d.Secrets)
		r.problem("director %s, of type %s%s: %v", d.FullName(), d.Type, contents(d), err)
		return
	}
	r.report.Directors++
}

// contents says what is lost with a director.
func contents(d *tree.Director) string {
	var has []string
	for m := range d.Members() {
		has = append(has, fmt.Sprintf("member %s weight %g", m.Name, m.Weight))
	}
	for h := range d.Slots() {
		if h.Kind == event.HolderPin {
			has = append(has, fmt.Sprintf("pin %q", h.Name))
		}
	}
	if len(has) == 0 {
		return ""
	}
	return ", with " + strings.Join(has, ", ")
}

// members fills the slots of a director in their order. A type whose members
// are not for others to change finds them itself.
func (r *restorer) members(made *director.Director, d *tree.Director) {
	group, err := made.Group()
	if err != nil {
		return
	}
	for m := range d.Members() {
		r.refer(fmt.Sprintf("slot %d of %s", m.Slot, d.FullName()), m.ID, m.Name, func(target *director.Director) error {
			_, err := group.AddMember(target, m.Weight)
			return err
		})
	}
}

func (r *restorer) pins(made *director.Director, d *tree.Director) {
	for h := range d.Slots() {
		if h.Kind == event.HolderPin {
			r.refer(fmt.Sprintf("pin %q", h.Name), d.ID, d.Name, func(*director.Director) error {
				_, err := made.Pin(h.Name)
				return err
			})
		}
	}
}

// refer makes a reference to the director that had an ID, or says why there is
// none.
func (r *restorer) refer(where string, id uint64, name string, assign func(*director.Director) error) {
	if target := r.made[id]; target != nil {
		if r.try(where, func() error { return assign(target) }) {
			r.report.References++
		}
		return
	}
	d, ok := r.from.Director(id)
	if ok {
		name = d.Name
	}
	switch {
	case ok && restorable(d):
		r.problem("%s is empty: %s could not be made again", where, name)
	case ok && d.Config == nil:
		r.report.Gone = append(r.report.Gone, fmt.Sprintf("%s is empty: %s is made again by nobody, or under a new name", where, name))
	default:
		r.report.Gone = append(r.report.Gone, fmt.Sprintf("%s is empty: %s was deleted", where, name))
	}
}
