package journal_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/server"
	"github.com/callboard/callboard/server/journal"
)

// A house is a runtime with its journal.
type house struct {
	t  testing.TB
	rt *director.Runtime
	j  *journal.Journal
	n  int // of what was named
}

func options() journal.Options {
	return journal.Options{Make: server.MakeDirector, Conceal: server.Conceal, Retry: 5 * time.Millisecond}
}

// open makes a runtime of what a folder has kept. Whatever the test does, both
// are closed at its end.
func open(t testing.TB, dir string, o journal.Options, ro director.Options) (*house, *journal.Report) {
	t.Helper()
	j, err := journal.Open(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, rt: director.New(ro), j: j}
	t.Cleanup(h.close)
	report := j.Restore(h.rt)
	if len(h.rt.Tree().VCLs()) == 0 {
		if _, err := h.rt.AddVCL("boot"); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Start(h.rt); err != nil {
		t.Fatal(err)
	}
	return h, report
}

// close ends the house; errors of the journal are for those who close it first.
func (h *house) close() {
	h.t.Helper()
	_ = h.j.Close()
	if err := h.rt.Close(context.Background()); err != nil {
		h.t.Errorf("close: %v", err)
	}
}

func (h *house) vcl(name string) *director.VCL {
	v, err := h.rt.VCL(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return v
}

// add adds a director as the API does.
func (h *house) add(vcl, name, config string, members ...string) *director.Director {
	h.t.Helper()
	impl, err := server.MakeDirector(json.RawMessage(config))
	if err != nil {
		h.t.Fatal(err)
	}
	d, err := h.vcl(vcl).AddRecorded(name, impl, json.RawMessage(config))
	if err != nil {
		h.t.Fatal(err)
	}
	for _, m := range members {
		group, err := d.Group()
		if err == nil {
			_, err = group.AddMember(h.find(vcl+"."+m), 1)
		}
		if err != nil {
			h.t.Fatal(err)
		}
	}
	return d
}

func (h *house) find(name string) *director.Director {
	h.t.Helper()
	d, err := h.rt.Find(name)
	if err != nil {
		h.t.Fatal(err)
	}
	return d
}

// configs are what directors of a history are made of.
var configs = []string{
	`{"type":"backend","backend":{"host":"192.0.2.1","port":80,"first_byte_timeout":"2s"}}`,
	`{"type":"backend","backend":{"path":"/run/a.sock","tls":{"server_name":"a"},"max_connections":3}}`,
	`{"type":"round-robin"}`, `{"type":"random","options":{}}`, `{"type":"fallback","options":{"sticky":"true"}}`,
	`{"type":"hash"}`, `{"type":"shard"}`, `{"type":"least-connections"}`,
}

// step does something that the API could do, or tries to: much is refused.
func (h *house) step(r *rand.Rand) {
	var any *director.Director
	if all := slices.Collect(h.rt.Tree().Directors()); len(all) > 0 {
		any = h.find(fmt.Sprintf("@%d", all[r.IntN(len(all))].ID))
	}
	vcls := h.rt.Tree().VCLs()
	v := h.vcl(vcls[r.IntN(len(vcls))].Name)
	switch what := r.IntN(20); {
	case what == 0 && len(vcls) < 4:
		h.n++
		state := []director.State{director.Auto, director.AlwaysWarm, director.AlwaysCold}[r.IntN(3)]
		_, _ = h.rt.LoadVCL(fmt.Sprint("v", h.n), state, nil)
	case what == 1:
		h.changeVCL(r, v)
	case what < 7 || any == nil:
		h.addAny(r, v)
	case what < 14:
		h.changeMembers(r, any)
	case what == 14:
		_ = any.Delete()
	case what == 15:
		_ = v.SetDefault(any)
	case what == 16:
		_, _ = any.Pin(fmt.Sprintf("note %d \" é", r.IntN(9)))
	case what == 17:
		h.unpin(any)
	default:
		_ = any.SetHealth([]director.AdminHealth{director.AdminAuto, director.AdminHealthy, director.AdminSick}[r.IntN(3)])
	}
}

func (h *house) addAny(r *rand.Rand, v *director.VCL) {
	h.n++
	name := fmt.Sprint("d", h.n)
	if r.IntN(8) == 0 {
		_, _ = v.Add(name, directortest.NewBackend("nobody's"))
		return
	}
	config := json.RawMessage(configs[r.IntN(len(configs))])
	impl, err := server.MakeDirector(config)
	if err != nil {
		h.t.Fatal(err)
	}
	_, _ = v.AddRecorded(name, impl, config)
}

func (h *house) changeVCL(r *rand.Rand, v *director.VCL) {
	switch r.IntN(7) {
	case 0:
		_ = v.Activate()
	case 1:
		_ = v.SetState(director.AlwaysCold)
	case 2:
		_ = v.SetState(director.AlwaysWarm)
	case 3:
		_ = v.SetState(director.Auto)
	case 4:
		_ = h.rt.Label(fmt.Sprint("l", r.IntN(3)), v)
	case 5:
		_ = h.rt.Unlabel(fmt.Sprint("l", r.IntN(3)))
	case 6:
		_ = v.Discard()
	}
}

func (h *house) changeMembers(r *rand.Rand, d *director.Director) {
	group, err := d.Group()
	all := slices.Collect(h.rt.Tree().Directors())
	if err != nil {
		return
	}
	target := h.find(fmt.Sprintf("@%d", all[r.IntN(len(all))].ID))
	known, _ := h.rt.Tree().Director(d.ID())
	members := slices.Collect(known.Members())
	if len(members) == 0 || r.IntN(2) == 0 {
		_, _ = group.AddMember(target, float64(r.IntN(5)))
		return
	}
	slot := members[r.IntN(len(members))].Slot
	if r.IntN(2) == 0 {
		_ = group.RemoveMember(slot)
	} else {
		_ = group.SetMember(slot, target, r.Float64()*3)
	}
}

func (h *house) unpin(d *director.Director) {
	known, _ := h.rt.Tree().Director(d.ID())
	for s := range known.Slots() {
		if s.Kind == event.HolderPin {
			_ = h.rt.Unpin(s.ID)
			return
		}
	}
}

// full is all that a fold has to give, as text.
func full(s *tree.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d active %q\n", s.Seq, s.Active)
	for _, v := range s.VCLs() {
		fmt.Fprintf(&b, "%+v\n", *v)
	}
	for d := range s.Directors() {
		fmt.Fprintf(&b, "%d %s %s %t %t %t %v %s %s owned %t %d refs, healthy %t %q %q %s %d of %d, deleted %t\n", d.ID, d.FullName(), d.Type,
			d.Leaf, d.Group, d.Static, d.Options, d.Config, d.Phase, d.Owned, d.Refcount(), d.Healthy, d.Admin, d.Reason,
			d.Changed.UTC(), d.HealthyMembers(), d.TotalMembers(), d.Steps.Deleted.Taken())
		fmt.Fprintf(&b, "  %+v\n  %+v\n", slices.Collect(d.Members()), slices.Collect(d.Holders()))
	}
	return b.String()
}

// lasting is what is to be there again after a restart, as text.
func lasting(s *tree.Snapshot) string {
	var b strings.Builder
	again := func(d *tree.Director) bool { return d.Config != nil && d.Phase == tree.Live }
	fmt.Fprintf(&b, "active %q\n", s.Active)
	for _, v := range s.VCLs() {
		if v.Temperature == "init" || v.State == "warm" && v.Temperature != "warm" {
			continue // half loaded, or half discarded
		}
		fmt.Fprintf(&b, "%s %s %s %v", v.Name, v.State, v.Temperature, v.Labels)
		if d, ok := s.Director(v.Default); ok && again(d) {
			fmt.Fprintf(&b, " → %s", d.Name)
		}
		fmt.Fprintln(&b)
		for d := range s.Directors() {
			if d.VCL != v.Name || !again(d) {
				continue
			}
			fmt.Fprintf(&b, "  %s %s %s %v %s", d.Name, d.Type, d.Config, d.Options, d.Admin)
			for m := range d.Members() {
				if target, _ := s.Director(m.ID); again(target) {
					fmt.Fprintf(&b, " %s=%g", m.Name, m.Weight)
				}
			}
			for h := range d.Slots() {
				if h.Kind == event.HolderPin {
					fmt.Fprintf(&b, " pin %q", h.Name)
				}
			}
			fmt.Fprintln(&b)
		}
	}
	return b.String()
}
