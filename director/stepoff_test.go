package director_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
)

func TestSwitchedOffEverythingGoesOnInOrder(t *testing.T) {
	for how, end := range map[string]func(*testing.T, *director.Runtime){
		"off":   func(t *testing.T, rt *director.Runtime) { step(t, rt, false) },
		"close": func(t *testing.T, rt *director.Runtime) { directortest.Check(t, rt) },
	} {
		t.Run(how, func(t *testing.T) {
			v := newStage(t)
			rt := v.Runtime()
			names := []string{"c", "a", "b"}
			directors := map[string]*director.Director{}
			for _, name := range []string{"a", "b", "c"} {
				directors[name] = add(t, v, name, leaf{})
			}
			for _, name := range names {
				deleteIt(t, directors[name])
			}
			next(t, rt, "c before release") // and so c comes last
			record := directortest.Record(rt)
			end(t, rt)
			var got []string
			for _, e := range record.All(t) {
				if e.Kind == event.DirectorDestroyed {
					got = append(got, e.Director)
				}
			}
			if want := []string{"a", "b", "c"}; !slices.Equal(got, want) {
				t.Errorf("destroyed: got %v, want %v", got, want)
			}
			wantHeld(t, rt)
			if rt.Tree().Stepping {
				t.Error("step mode is on, want it off")
			}
		})
	}
}

func TestClosedRuntimeCannotStep(t *testing.T) {
	v := newStage(t)
	directortest.Check(t, v.Runtime())
	if err := v.Runtime().SetStepping(true); !errors.Is(err, director.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

func TestDiscardIsStepped(t *testing.T) {
	v := newStage(t)
	rt := v.Runtime()
	old, err := rt.LoadVCL("old", director.AlwaysWarm, func(v *director.VCL) error {
		pool(t, v, "p", add(t, v, "a", leaf{}))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := old.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, ok := rt.Tree().VCL("old"); ok {
		t.Error("the VCL is still there, want it discarded: nobody waits for steps")
	}
	wantHeld(t, rt, "p before release", "a before release")
	next(t, rt, "p before release")
	wantHeld(t, rt, "a before release", "p before last-drop")
	step(t, rt, false)
	if n := rt.Tree().Len(); n != 0 {
		t.Errorf("directors: got %d, want none", n)
	}
}
