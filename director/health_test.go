package director_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

func picks(t *testing.T, d *director.Director, n int) []string {
	t.Helper()
	var names []string
	for range n {
		leaf, err := d.Resolve(&director.Task{})
		if err != nil {
			names = append(names, "none")
			continue
		}
		names = append(names, leaf.Director().Name())
		leaf.Drop()
	}
	return names
}

func setHealth(t *testing.T, d *director.Director, admin director.AdminHealth) {
	t.Helper()
	if err := d.SetHealth(admin); err != nil {
		t.Fatal(err)
	}
}

func TestHealthIsPushedUpward(t *testing.T) {
	v := newVCL(t)
	a, b := add(t, v, "a", leaf{}), add(t, v, "b", leaf{})
	p := pool(t, v, "p", a, b)
	top := pool(t, v, "top", p)
	steps := []struct {
		what string
		do   func()
		p    bool
		want []string
	}{
		{"all well", func() {}, true, []string{"a", "b"}},
		{"a reports sick", func() { a.ReportHealth(false, "probe") }, true, []string{"b", "b"}},
		{"b set sick", func() { setHealth(t, b, director.AdminSick) }, false, []string{"none", "none"}},
		{"HEALTH-10: p forced healthy picks nothing", func() { setHealth(t, p, director.AdminHealthy) }, true, []string{"none", "none"}},
		{"p back to its members", func() { setHealth(t, p, director.AdminAuto) }, false, []string{"none", "none"}},
		{"b set healthy", func() { setHealth(t, b, director.AdminHealthy) }, true, []string{"b", "b"}},
		{"a recovers", func() { a.ReportHealth(true, "probe") }, true, []string{"a", "b"}},
	}
	for _, s := range steps {
		s.do()
		if p.Healthy() != s.p || top.Healthy() != s.p {
			t.Errorf("%s: p healthy %t, top healthy %t, want %t", s.what, p.Healthy(), top.Healthy(), s.p)
		}
		got := picks(t, top, 2)
		slices.Sort(got)
		if !slices.Equal(got, s.want) {
			t.Errorf("%s: picks %v, want %v", s.what, got, s.want)
		}
	}
}

func TestDirectorWithoutMembersIsSick(t *testing.T) {
	v := newVCL(t)
	if p := pool(t, v, "p"); p.Healthy() {
		t.Error("HEALTH-8: a director without members is healthy, want sick")
	}
}

func TestSetHealthByPattern(t *testing.T) {
	v := newVCL(t)
	for _, name := range []string{"a1", "a2", "b1"} {
		add(t, v, name, leaf{})
	}
	for _, c := range []struct {
		pattern string
		want    int
	}{
		{"a1", 1}, {"a*", 2}, {"boot.a?", 2}, {"*", 3}, {"", 3}, {"*.*", 3},
		{"other.*", 0}, {"b", 0}, {"boot.[ab]1", 2}, {"boot.[!a]1", 1}, {`boot.\a1`, 1},
	} {
		got, err := v.Runtime().SetHealth(c.pattern, director.AdminSick)
		if err != nil || got != c.want {
			t.Errorf("pattern %q: got %d, %v, want %d", c.pattern, got, err, c.want)
		}
	}
	if got, err := v.Runtime().SetHealth("@1", director.AdminAuto); got != 1 || err != nil {
		t.Errorf("by number: got %d, %v, want 1", got, err)
	}
	if got, err := v.Runtime().SetHealth("@99", director.AdminAuto); got != 0 || err != nil {
		t.Errorf("by a number that nobody has: got %d, %v, want 0", got, err)
	}
	if _, err := v.Runtime().SetHealth("*", "deleted"); !errors.Is(err, director.ErrInvalid) {
		t.Errorf("CLI-13: state deleted: got %v, want ErrInvalid", err)
	}
}

// EV-2: SICK follows every change of admin health, and nothing else of it.
func TestAdminHealthSendsSickOnEachChange(t *testing.T) {
	v := newVCL(t)
	a := add(t, v, "a", leaf{})
	for _, admin := range []director.AdminHealth{"sick", "sick", "healthy", "auto", "auto"} {
		setHealth(t, a, admin)
	}
	sick := 0
	for _, step := range life(t, v.Runtime(), a.ID()) {
		if step == string(director.EventSick) {
			sick++
		}
	}
	if sick != 3 {
		t.Errorf("SICK events: got %d, want 3", sick)
	}
}

func TestTreeCountsHealthyMembersAsTheRuntimeDoes(t *testing.T) {
	v := newVCL(t)
	a, b := add(t, v, "a", leaf{}), add(t, v, "b", leaf{})
	p := pool(t, v, "p", a, a, b)
	a.ReportHealth(false, "probe")
	known, _ := v.Runtime().Tree().Director(p.ID())
	if known.HealthyMembers() != 1 || known.TotalMembers() != 3 {
		t.Errorf("healthy members: got %d of %d, want 1 of 3", known.HealthyMembers(), known.TotalMembers())
	}
	var flips []string
	events, _ := v.Runtime().Log().After(0, 0)
	for _, e := range events {
		if e.Kind == event.DirectorHealth {
			flips = append(flips, e.Director)
		}
	}
	if want := []string{"p", "a"}; !slices.Equal(flips, want) {
		t.Errorf("flips: got %v, want %v (p came up with its first member)", flips, want)
	}
}

// A jury is healthy while most of its members are.
type jury struct {
	lb.RoundRobin
	self *director.Director
}

func (j *jury) Bind(self *director.Director) {
	j.self = self
	j.RoundRobin.Bind(self)
}

func (j *jury) Healthy() bool {
	known, ok := j.self.VCL().Runtime().Tree().Director(j.self.ID())
	return ok && 2*known.HealthyMembers() > known.TotalMembers()
}

func TestTypeMayDecideItsHealthItself(t *testing.T) {
	v := newVCL(t)
	j := add(t, v, "j", &jury{})
	top := pool(t, v, "top", j)
	var members []*director.Director
	for _, name := range []string{"a", "b", "c"} {
		m := add(t, v, name, leaf{})
		members = append(members, m)
		addMember(t, j, m)
	}
	for i, want := range []bool{true, false, false} {
		setHealth(t, members[i], director.AdminSick)
		if j.Healthy() != want || top.Healthy() != want {
			t.Errorf("%d of 3 sick: jury healthy %t, its holder %t, want %t", i+1, j.Healthy(), top.Healthy(), want)
		}
	}
}
