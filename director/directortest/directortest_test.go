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

func (*first) Type() string                           { return "first" }
func (f *first) Bind(self *director.Director)         { f.slot = self.NewRef() }
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
		life := slices.DeleteFunc(events.Life(t, d.ID()), func(s string) bool { return s == "leaked" })
		want := []string{"added", "WARM", "COLD", "DISCARD", "deleted", "released", "destroyed"}
		if !slices.Equal(life, want) {
			t.Errorf("life of f: got %v, want %v", life, want)
		}
	}
}
