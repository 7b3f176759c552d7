package director_test

import (
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

func load(t *testing.T, rt *director.Runtime, name string, state director.State) *director.VCL {
	t.Helper()
	v, err := rt.LoadVCL(name, state, nil)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func temperature(t *testing.T, v *director.VCL) string {
	t.Helper()
	known, ok := v.Runtime().Tree().VCL(v.Name())
	if !ok {
		return "gone"
	}
	return known.Temperature
}

func wantTemperature(t *testing.T, v *director.VCL, want string) {
	t.Helper()
	if got := temperature(t, v); got != want {
		t.Errorf("temperature of %s: got %s, want %s", v.Name(), got, want)
	}
}

func TestActiveAndLabelledVCLsStayWarm(t *testing.T) {
	boot := newVCL(t)
	rt := boot.Runtime()
	other := load(t, rt, "other", director.Auto)
	if err := rt.Label("shop", other); err != nil {
		t.Fatal(err)
	}
	for _, v := range []*director.VCL{boot, other} {
		if err := v.SetState(director.AlwaysCold); !errors.Is(err, director.ErrInUse) {
			t.Errorf("VCL-16/17: make %s cold: got %v, want ErrInUse", v.Name(), err)
		}
		if err := v.Discard(); !errors.Is(err, director.ErrInUse) {
			t.Errorf("VCL-16/17: discard %s: got %v, want ErrInUse", v.Name(), err)
		}
	}
	if err := rt.Label("boot", other); !errors.Is(err, director.ErrExists) {
		t.Errorf("label with the name of a VCL: got %v, want ErrExists", err)
	}
	if v, err := rt.VCL("shop"); err != nil || v != other {
		t.Errorf("VCL by its label: got %v, %v", v, err)
	}
	if err := rt.Label("shop", boot); err != nil {
		t.Fatal(err)
	}
	if err := other.Discard(); err != nil {
		t.Errorf("discard after the label moved: %v", err)
	}
	wantTemperature(t, other, "gone")
}

func TestColdVCL(t *testing.T) {
	rt := newVCL(t).Runtime()
	v := load(t, rt, "v1", director.AlwaysCold)
	wantTemperature(t, v, "cold")
	if _, err := v.Add("a", leaf{}); !errors.Is(err, director.ErrNotWarm) {
		t.Errorf("LIFE-6: add to a cold VCL: got %v, want ErrNotWarm", err)
	}
	if err := v.Activate(); !errors.Is(err, director.ErrNotWarm) {
		t.Errorf("VCL-16: activate a cold VCL: got %v, want ErrNotWarm", err)
	}
	if err := v.SetState(director.Auto); err != nil {
		t.Fatal(err)
	}
	wantTemperature(t, v, "cold") // auto keeps the temperature
	if err := v.Activate(); err != nil {
		t.Errorf("VCL-16: activate a cold VCL in state auto: %v", err)
	}
	wantTemperature(t, v, "warm")
}

func TestPreventedDiscardLeavesTheVCLCooling(t *testing.T) {
	rt := newVCL(t).Runtime()
	v := load(t, rt, "v1", director.Auto)
	p, err := v.PreventDiscard("a resolver")
	if err != nil {
		t.Fatal(err)
	}
	if err := v.SetState(director.AlwaysCold); err != nil {
		t.Fatal(err)
	}
	wantTemperature(t, v, "cooling")
	if err := v.SetState(director.AlwaysWarm); !errors.Is(err, director.ErrInUse) {
		t.Errorf("VCL-6: warm a cooling VCL: got %v, want ErrInUse", err)
	}
	if _, err := v.Add("a", leaf{}); !errors.Is(err, director.ErrNotWarm) {
		t.Errorf("LIFE-5: add to a cooling VCL: got %v, want ErrNotWarm", err)
	}
	p.Allow()
	p.Allow()
	wantTemperature(t, v, "cold")
}

func TestRequestKeepsItsVCLBusy(t *testing.T) {
	rt := newVCL(t).Runtime()
	v := load(t, rt, "v1", director.Auto)
	a := add(t, v, "a", &echo{name: "a"})
	resp, err := get(t, &director.Transport{Director: a})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
	wantTemperature(t, v, "busy")
	if _, ok := rt.Tree().Lookup("v1", "a"); !ok {
		t.Error("VCL-11: a was deleted under a request")
	}
	resp.Body.Close()
	wantTemperature(t, v, "gone")
	if _, err := get(t, &director.Transport{Director: a}); err == nil {
		t.Error("a request to a discarded VCL was answered")
	}
}

func TestUnusedVCLCoolsDownAndWakesForUse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		rt := director.New(director.Options{Cooldown: time.Minute})
		boot := load(t, rt, "boot", director.Auto)
		v := load(t, rt, "v1", director.Auto)
		warm := load(t, rt, "v2", director.AlwaysWarm)
		time.Sleep(59 * time.Second)
		wantTemperature(t, v, "warm")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantTemperature(t, v, "cold")
		wantTemperature(t, warm, "warm")
		wantTemperature(t, boot, "warm")
		if err := v.Activate(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(59 * time.Second)
		wantTemperature(t, boot, "warm")
		time.Sleep(2 * time.Second)
		synctest.Wait()
		wantTemperature(t, v, "warm")
		wantTemperature(t, boot, "cold")
		if err := rt.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}

// EV-4: for one director WARM and COLD strictly alternate.
func TestWarmAndColdAlternate(t *testing.T) {
	rt := newVCL(t).Runtime()
	v := load(t, rt, "v1", director.Auto)
	a := add(t, v, "a", leaf{})
	for _, s := range []director.State{"cold", "cold", "warm", "auto", "cold", "warm"} {
		if err := v.SetState(s); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.Delete(); err != nil {
		t.Fatal(err)
	}
	want := []string{"director.added", "WARM", "COLD", "WARM", "COLD", "WARM", "director.deleted", "director.released", "COLD", "director.destroyed"}
	if got := life(t, rt, a.ID()); !slices.Equal(got, want) {
		t.Errorf("life of a: got %v, want %v", got, want)
	}
}

func TestStaticDirectorIsNotCountedAndEndsWithItsVCL(t *testing.T) {
	rt := newVCL(t).Runtime()
	v := load(t, rt, "v1", director.Auto)
	a, err := v.AddStatic("a", leaf{})
	if err != nil {
		t.Fatal(err)
	}
	p := pool(t, v, "p", a, a)
	if got := refcount(t, a); got != 1 {
		t.Errorf("REF-4: references of a static director with two slots: got %d, want 1", got)
	}
	if err := a.Delete(); !errors.Is(err, director.ErrStatic) {
		t.Errorf("delete a static director: got %v, want ErrStatic", err)
	}
	a.ReportHealth(false, "probe")
	if p.Healthy() {
		t.Error("health of a static director did not reach its holder")
	}
	if _, err := p.Pin("keep"); err != nil {
		t.Fatal(err)
	}
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := p.Resolve(&director.Task{}); err == nil {
		t.Error("a discarded VCL's pool still led somewhere")
	}
	var kinds []event.Kind
	events, _ := rt.Log().After(0, 0)
	for _, e := range events {
		if e.ID == a.ID() && e.Kind == event.DirectorDestroyed || e.Kind == event.VCLDiscarded {
			kinds = append(kinds, e.Kind)
		}
	}
	if want := []event.Kind{event.DirectorDestroyed, event.VCLDiscarded}; !slices.Equal(kinds, want) {
		t.Errorf("end of the static director: got %v, want %v", kinds, want)
	}
}
