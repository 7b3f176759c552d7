package director_test

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
)

// A modelDirector is what one director ought to be, in the plainest terms.
type modelDirector struct {
	real     *director.Director
	pool     bool
	owned    bool
	members  map[int]int // slot to number of the member
	pins     []uint64
	holds    []director.Hold
	admin    director.AdminHealth
	reported bool
}

// A model is a naive, sequential runtime beside the real one.
type model struct {
	vcl       *director.VCL
	directors map[int]*modelDirector // that are not destroyed
	fallback  int                    // 0: none
	cold      bool
	last      int
}

func (m *model) count(n int) int64 {
	d := m.directors[n]
	count := int64(len(d.pins) + len(d.holds))
	if d.owned {
		count++
	}
	if m.fallback == n {
		count++
	}
	for _, other := range m.directors {
		for _, member := range other.members {
			if member == n {
				count++
			}
		}
	}
	return count
}

func (m *model) healthy(n int) bool {
	d := m.directors[n]
	switch d.admin {
	case director.AdminHealthy:
		return true
	case director.AdminSick:
		return false
	}
	if !d.pool {
		return d.reported
	}
	for _, member := range d.members {
		if m.healthy(member) {
			return true
		}
	}
	return false
}

func (m *model) reaches(from, to int) bool {
	if from == to {
		return true
	}
	for _, member := range m.directors[from].members {
		if m.reaches(member, to) {
			return true
		}
	}
	return false
}

// settle destroys what nobody holds, until all that is left is held.
func (m *model) settle() {
	for again := true; again; {
		again = false
		for n := range m.directors {
			if m.count(n) == 0 {
				delete(m.directors, n)
				again = true
			}
		}
	}
}

// draw chooses a director that the model has.
func (m *model) draw(t *rapid.T, what string, ok func(*modelDirector) bool) (int, *modelDirector) {
	var numbers []int
	for n, d := range m.directors {
		if ok(d) {
			numbers = append(numbers, n)
		}
	}
	if len(numbers) == 0 {
		t.Skip("no director to " + what)
	}
	slices.Sort(numbers)
	n := rapid.SampledFrom(numbers).Draw(t, what)
	return n, m.directors[n]
}

func anyDirector(*modelDirector) bool { return true }
func isPool(d *modelDirector) bool    { return d.pool }

func (m *model) add(t *rapid.T) {
	pool := rapid.Bool().Draw(t, "pool")
	var impl director.Implementation = leaf{}
	if pool {
		impl = lb.NewRoundRobin()
	}
	d, err := m.vcl.Add(fmt.Sprintf("d%d", rapid.IntRange(1, 5).Draw(t, "name")), impl)
	if (err != nil) != m.cold {
		t.Fatalf("add in a VCL that is cold %t: %v", m.cold, err)
	}
	if err != nil {
		return
	}
	m.last++
	m.directors[m.last] = &modelDirector{
		real: d, pool: pool, owned: true, members: map[int]int{}, admin: director.AdminAuto, reported: true,
	}
}

func (m *model) assign(t *rapid.T) {
	holder, h := m.draw(t, "holder", isPool)
	target, d := m.draw(t, "target", anyDirector)
	g, _ := h.real.Group()
	slots := slices.Sorted(maps.Keys(h.members))
	slot, err := 0, error(nil)
	if len(slots) > 0 && rapid.Bool().Draw(t, "rewire") {
		slot = rapid.SampledFrom(slots).Draw(t, "slot")
		err = g.SetMember(slot, d.real, 1)
	} else {
		slot, err = g.AddMember(d.real, 1)
	}
	var loop *director.LoopError
	switch {
	case h.members[slot] == target && err == nil:
	case !h.owned:
		if !errors.Is(err, director.ErrReleased) {
			t.Fatalf("assign to a deleted director: %v", err)
		}
	case m.reaches(target, holder):
		if !errors.As(err, &loop) {
			t.Fatalf("assign that closes a loop: %v", err)
		}
	case err != nil:
		t.Fatalf("assign: %v", err)
	default:
		h.members[slot] = target
	}
}

func (m *model) remove(t *rapid.T) {
	_, h := m.draw(t, "holder", func(d *modelDirector) bool { return len(d.members) > 0 })
	slot := rapid.SampledFrom(slices.Sorted(maps.Keys(h.members))).Draw(t, "slot")
	g, _ := h.real.Group()
	if err := g.RemoveMember(slot); err != nil {
		t.Fatal(err)
	}
	delete(h.members, slot)
}

func (m *model) delete(t *rapid.T) {
	_, d := m.draw(t, "victim", anyDirector)
	err := d.real.Delete()
	if errors.Is(err, director.ErrDeleted) == d.owned {
		t.Fatalf("delete of one that is owned %t: %v", d.owned, err)
	}
	d.owned = false
	clear(d.members)
}

func (m *model) hold(t *rapid.T) {
	_, d := m.draw(t, "held", anyDirector)
	if len(d.holds) > 0 && rapid.Bool().Draw(t, "drop") {
		d.holds[0].Drop()
		d.holds = d.holds[1:]
		return
	}
	h := d.real.Hold()
	if h.IsZero() {
		t.Fatal("a director that is held cannot be held")
	}
	d.holds = append(d.holds, h)
}

func (m *model) pin(t *rapid.T) {
	_, d := m.draw(t, "pinned", anyDirector)
	if len(d.pins) > 0 && rapid.Bool().Draw(t, "unpin") {
		if err := m.vcl.Runtime().Unpin(d.pins[0]); err != nil {
			t.Fatal(err)
		}
		d.pins = d.pins[1:]
		return
	}
	id, err := d.real.Pin("model")
	if err != nil {
		t.Fatal(err)
	}
	d.pins = append(d.pins, id)
}

func (m *model) setHealth(t *rapid.T) {
	_, d := m.draw(t, "patient", anyDirector)
	d.admin = rapid.SampledFrom([]director.AdminHealth{"auto", "healthy", "sick"}).Draw(t, "admin")
	if err := d.real.SetHealth(d.admin); err != nil {
		t.Fatal(err)
	}
	if !d.pool {
		d.reported = rapid.Bool().Draw(t, "reported")
		d.real.ReportHealth(d.reported, "model")
	}
}

func (m *model) setDefault(t *rapid.T) {
	if m.fallback != 0 && rapid.Bool().Draw(t, "clear") {
		m.fallback = 0
		if err := m.vcl.SetDefault(nil); err != nil {
			t.Fatal(err)
		}
		return
	}
	n, d := m.draw(t, "default", anyDirector)
	m.fallback = n
	if err := m.vcl.SetDefault(d.real); err != nil {
		t.Fatal(err)
	}
}

func (m *model) setTemperature(t *rapid.T) {
	m.cold = !m.cold
	state := director.AlwaysWarm
	if m.cold {
		state = director.AlwaysCold
	}
	if err := m.vcl.SetState(state); err != nil {
		t.Fatal(err)
	}
}

// resolve walks from a pool and looks whether it should have led anywhere.
func (m *model) resolve(t *rapid.T) {
	_, d := m.draw(t, "asked", isPool)
	leaf, err := d.real.Resolve(&director.Task{})
	if err != nil {
		return // check compares health, from which the table of a pool is made
	}
	defer leaf.Drop()
	for _, known := range m.directors {
		if known.real == leaf.Director() {
			return
		}
	}
	t.Fatalf("resolved to %s, which is destroyed", leaf.Director().Name())
}

// check holds the tree against the model: which is iterating, too.
func (m *model) check(t *rapid.T) {
	m.settle()
	snapshot := m.vcl.Runtime().Sample()
	if snapshot.Len() != len(m.directors) {
		t.Fatalf("directors: got %d, want %d", snapshot.Len(), len(m.directors))
	}
	for n, d := range m.directors {
		known, ok := snapshot.Director(d.real.ID())
		if !ok {
			t.Fatalf("director %d is gone, want it held %d times", d.real.ID(), m.count(n))
		}
		c := known.CountHolders()
		sum := c.Owner + c.Members + c.Defaults + c.Pins + c.Tasks
		if want := m.count(n); known.Refcount() != want || sum != want {
			t.Fatalf("director %d: refcount %d, holders %+v, want %d", known.ID, known.Refcount(), c, want)
		}
		if (known.Phase == tree.Live) != d.owned {
			t.Fatalf("director %d: phase %s, want owned %t", known.ID, known.Phase, d.owned)
		}
		if want := m.healthy(n); d.real.Healthy() != want || known.Healthy != want {
			t.Fatalf("director %d: healthy %t, in the tree %t, want %t", known.ID, d.real.Healthy(), known.Healthy, want)
		}
		if known.TotalMembers() != len(d.members) {
			t.Fatalf("director %d: %d members, want %d", known.ID, known.TotalMembers(), len(d.members))
		}
	}
}

func TestRuntimeFollowsTheModel(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rt := director.New(director.Options{LogCapacity: 1 << 12})
		if _, err := rt.AddVCL("boot"); err != nil {
			t.Fatal(err)
		}
		v, err := rt.LoadVCL("model", director.AlwaysWarm, nil)
		if err != nil {
			t.Fatal(err)
		}
		m := &model{vcl: v, directors: map[int]*modelDirector{}}
		t.Repeat(map[string]func(*rapid.T){
			"": m.check, "add": m.add, "assign": m.assign, "remove": m.remove, "delete": m.delete,
			"hold": m.hold, "pin": m.pin, "health": m.setHealth, "default": m.setDefault,
			"temperature": m.setTemperature, "resolve": m.resolve,
		})
		for _, d := range m.directors {
			for _, h := range d.holds {
				h.Drop()
			}
		}
		if err := rt.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
}
