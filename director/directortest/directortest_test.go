package directortest_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

// A first leads to the one director that it holds. It lets go of it on release
// only if it is honest.
type first struct {
	honest bool
	slot   *director.Ref
}

func (*first) Type() string { return "first" }
func (f *first) Bind(self *director.Director) {
	f.slot = self.NewRef()
	self.FollowMembers()
}
func (f *first) Resolve(*director.Task) director.Hold { return f.slot.Hold() }
func (f *first) Release() {
	if f.honest {
		_ = f.slot.Assign(nil)
	}
}

// A verdict collects what a test would be failed with.
type verdict struct {
	testing.TB
	failures []string
}

func (v *verdict) Helper() {}
func (v *verdict) Errorf(format string, args ...any) {
	v.failures = append(v.failures, fmt.Sprintf(format, args...))
}

func TestCheckTellsLeakyFromHonest(t *testing.T) {
	for _, honest := range []bool{true, false} {
		rt := director.New(director.Options{})
		vcl, err := rt.AddVCL("boot")
		if err != nil {
			t.Fatal(err)
		}
		events := directortest.Record(rt)
		a, _ := vcl.Add("a", directortest.NewBackend("a"))
		f := &first{honest: honest}
		d, _ := vcl.Add("f", f)
		if err := f.slot.Assign(a); err != nil {
			t.Fatal(err)
		}
		v := &verdict{TB: t}
		directortest.Check(v, rt)
		if got := len(v.failures) == 0; got != honest {
			t.Errorf("honest %t: failures %q", honest, v.failures)
		}
		if !honest && !strings.Contains(v.failures[0], "boot.f left [a]") {
			t.Errorf("failure %q does not name who left what", v.failures[0])
		}
		life := slices.DeleteFunc(events.Life(t, d.ID()), func(s string) bool { return s == "leaked" || s == "health" })
		want := []string{"added", "WARM", "COLD", "DISCARD", "deleted", "released", "destroyed"}
		if !slices.Equal(life, want) {
			t.Errorf("life of f: got %v, want %v", life, want)
		}
	}
}

// An optimist has a member and no source of health.
type optimist struct{ first }

func (*optimist) Type() string                   { return "optimist" }
func (o *optimist) Bind(self *director.Director) { o.slot = self.NewRef() }

// A steady one has the same, and says that it means it.
type steady struct{ optimist }

func (*steady) Type() string  { return "steady" }
func (*steady) Healthy() bool { return true }

func TestCheckTellsATypeWithoutHealth(t *testing.T) {
	rt := director.New(director.Options{})
	vcl, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	reporting := &optimist{}
	for name, impl := range map[string]director.Implementation{
		"f": &first{honest: true}, "s": &steady{}, "b": directortest.NewBackend("b"),
	} {
		if _, err := vcl.Add(name, impl); err != nil {
			t.Fatal(err)
		}
	}
	d, err := vcl.Add("r", reporting)
	if err != nil {
		t.Fatal(err)
	}
	d.ReportHealth(true, "asked")
	gone, err := vcl.Add("gone", &optimist{})
	if err != nil {
		t.Fatal(err)
	}
	if err := gone.Delete(); err != nil { // what ended before the check counts, too
		t.Fatal(err)
	}
	v := &verdict{TB: t}
	directortest.Check(v, rt)
	if len(v.failures) != 1 || !strings.Contains(v.failures[0], "of type optimist is healthy whatever") {
		t.Errorf("got %q, want one about optimist", v.failures)
	}
}
