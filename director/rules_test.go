package director_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Each test below is named by the rule of Varnish that it holds the runtime to;
// docs/rules.md lists all rules, and says why some do not apply.

func TestRulesOfLife(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *director.VCL){
		"LIFE-1 directors are listed in the order of their creation": func(t *testing.T, v *director.VCL) {
			for _, name := range []string{"c", "a", "b"} {
				add(t, v, name, leaf{})
			}
			if got, want := listed(v), []string{"c", "a", "b"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"LIFE-2 names need not be unique": func(t *testing.T, v *director.VCL) {
			first, second := add(t, v, "a", leaf{}), add(t, v, "a", leaf{})
			if first.FullName() != "boot.a" || second.FullName() != "boot.a" || first.ID() == second.ID() {
				t.Errorf("got %s %d and %s %d", first.FullName(), first.ID(), second.FullName(), second.ID())
			}
		},
		"LIFE-3 a fresh director has one reference and no admin health": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			known, _ := v.Runtime().Tree().Director(a.ID())
			if known.Refcount() != 1 || !known.Owned || known.Admin != "auto" || known.Static || known.Changed.IsZero() {
				t.Errorf("got %+v", known)
			}
		},
		"LIFE-8 release comes at once, whatever the count": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			p := pool(t, v, "p", a)
			if _, err := p.Pin("keep"); err != nil {
				t.Fatal(err)
			}
			if err := p.Delete(); err != nil {
				t.Fatal(err)
			}
			if got := refcount(t, a); got != 1 {
				t.Errorf("references of the former member: got %d, want 1", got)
			}
		},
		"LIFE-10 what is released stays callable and leads nowhere": func(t *testing.T, v *director.VCL) {
			p := pool(t, v, "p", add(t, v, "a", leaf{}))
			h := p.Hold()
			defer h.Drop()
			if err := p.Delete(); err != nil {
				t.Fatal(err)
			}
			var none *director.NoBackendError
			if _, err := p.Resolve(&director.Task{}); !errors.As(err, &none) {
				t.Errorf("got %v, want a NoBackendError", err)
			}
		},
		"LIFE-11, LIFE-14 whoever drops the last reference ends the director": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			h := a.Hold()
			if err := a.Delete(); err != nil {
				t.Fatal(err)
			}
			done := make(chan []string)
			go func() { h.Drop(); done <- life(t, v.Runtime(), a.ID()) }()
			if got := <-done; got[len(got)-1] != "director.destroyed" {
				t.Errorf("life after the drop returned: got %v", got)
			}
		},
		"LIFE-15 loops cannot arise": func(t *testing.T, v *director.VCL) {
			p := pool(t, v, "p")
			g, _ := p.Group()
			var loop *director.LoopError
			if _, err := g.AddMember(p, 0); !errors.As(err, &loop) {
				t.Errorf("got %v, want a LoopError", err)
			}
		},
		"REF-2 a reference can only be taken of what is held": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			if err := a.Delete(); err != nil {
				t.Fatal(err)
			}
			if h := a.Hold(); !h.IsZero() {
				t.Error("a destroyed director was held")
			}
		},
		"REF-5 each slot counts, duplicates too": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			pool(t, v, "p", a, a)
			if got := refcount(t, a); got != 3 {
				t.Errorf("got %d, want 3", got)
			}
		},
		"VDIRE-4 a listing under way is not disturbed and disturbs nobody": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			for known := range v.Runtime().Tree().Directors() {
				add(t, v, "new", leaf{})
				if err := a.Delete(); err != nil {
					t.Fatal(err)
				}
				if known.Refcount() == 0 {
					t.Errorf("%s was listed without references", known.Name)
				}
			}
			if got, want := listed(v), []string{"new"}; !slices.Equal(got, want) {
				t.Errorf("afterwards: got %v, want %v", got, want)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, newVCL(t)) })
	}
}

func listed(v *director.VCL) []string {
	var names []string
	for d := range v.Runtime().Tree().Directors() {
		if d.VCL == v.Name() {
			names = append(names, d.Name)
		}
	}
	return names
}

// A stagehand adds another director when it is told WARM.
type stagehand struct {
	vcl  *director.VCL
	name string
}

func (*stagehand) Type() string { return "stagehand" }
func (s *stagehand) Event(e director.Event) {
	if e == director.EventWarm {
		_, _ = s.vcl.Add(s.name, leaf{})
	}
}

// toldIn returns who was told what in a VCL, in order.
func toldIn(t *testing.T, v *director.VCL) []string {
	t.Helper()
	events, err := v.Runtime().Log().After(0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range events {
		if e.Kind == event.DirectorEvent && e.VCL == v.Name() {
			told = append(told, e.Director+" "+e.Life.Event)
		}
	}
	return told
}

func TestRulesOfVCLs(t *testing.T) {
	newLoaded := func(t *testing.T, state director.State, impls map[string]director.Implementation) *director.VCL {
		t.Helper()
		v, err := newVCL(t).Runtime().LoadVCL("v1", state, func(v *director.VCL) error {
			for _, name := range []string{"a", "b"} {
				if impl := impls[name]; impl != nil {
					if s, ok := impl.(*stagehand); ok {
						s.vcl = v
					}
					add(t, v, name, impl)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	two := map[string]director.Implementation{"a": leaf{}, "b": leaf{}}
	for name, test := range map[string]func(*testing.T){
		"LIFE-4, VCL-2, VDIRE-6, VDIRE-7 what was loaded is warmed backwards": func(t *testing.T) {
			v := newLoaded(t, director.Auto, two)
			add(t, v, "c", leaf{})
			if got, want := toldIn(t, v), []string{"b WARM", "a WARM", "c WARM"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"VCL-2 what is loaded cold is told nothing": func(t *testing.T) {
			if got := toldIn(t, newLoaded(t, director.AlwaysCold, two)); len(got) > 0 {
				t.Errorf("got %v, want nothing", got)
			}
		},
		"VCL-3 who is added by a WARM handler is warmed within it": func(t *testing.T) {
			v := newLoaded(t, director.Auto, map[string]director.Implementation{
				"a": leaf{}, "b": &stagehand{name: "new"},
			})
			got := toldIn(t, v)
			if want := []string{"b WARM", "new WARM", "a WARM"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"VCL-4 to cold, backwards, the temperature first": func(t *testing.T) {
			v := newLoaded(t, director.AlwaysWarm, two)
			if err := v.SetState(director.AlwaysCold); err != nil {
				t.Fatal(err)
			}
			wantTemperature(t, v, "cold")
			if got, want := toldIn(t, v)[2:], []string{"b COLD", "a COLD"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"LIFE-12, VCL-14 no COLD in a VCL that is cold": func(t *testing.T) {
			v := newLoaded(t, director.AlwaysCold, two)
			d, err := v.Runtime().Find("v1.a")
			if err != nil {
				t.Fatal(err)
			}
			if err := d.Delete(); err != nil {
				t.Fatal(err)
			}
			want := []string{"director.added", "director.deleted", "director.released", "director.destroyed"}
			if got := life(t, v.Runtime(), d.ID()); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"VCL-5, VCL-6, VCL-8 busy is warm for all purposes, and silently so again": func(t *testing.T) {
			v := newLoaded(t, director.AlwaysWarm, two)
			p, err := v.PreventCold("a test")
			if err != nil {
				t.Fatal(err)
			}
			defer p.Allow()
			if err := v.SetState(director.AlwaysCold); err != nil {
				t.Fatal(err)
			}
			wantTemperature(t, v, "busy")
			add(t, v, "c", leaf{})
			if err := v.SetState(director.AlwaysWarm); err != nil {
				t.Fatal(err)
			}
			wantTemperature(t, v, "warm")
			want := []string{"b WARM", "a WARM", "c WARM"}
			if got := toldIn(t, v); !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
		"VCL-10 COLD cannot fail": func(t *testing.T) {
			v := newLoaded(t, director.AlwaysWarm, map[string]director.Implementation{"a": grenade{}})
			if err := v.SetState(director.AlwaysCold); err != nil {
				t.Errorf("got %v, want the panic contained", err)
			}
			wantTemperature(t, v, "cold")
		},
		"VCL-12, VCL-13 at discard load balancers go before static directors": func(t *testing.T) {
			rt := newVCL(t).Runtime()
			v, err := rt.LoadVCL("v1", director.Auto, func(v *director.VCL) error {
				a, err := v.AddStatic("a", leaf{})
				if err != nil {
					return err
				}
				pool(t, v, "p", a)
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := v.Discard(); err != nil {
				t.Fatal(err)
			}
			var gone []string
			events, _ := rt.Log().After(0, 0)
			for _, e := range events {
				if e.Kind == event.DirectorDestroyed {
					gone = append(gone, e.Director)
				}
			}
			if want := []string{"p", "a"}; !slices.Equal(gone, want) {
				t.Errorf("order of the ends: got %v, want %v", gone, want)
			}
		},
		"VCL-1 a discarded VCL shows all its temperatures": func(t *testing.T) {
			v := newLoaded(t, director.Auto, two)
			if err := v.Discard(); err != nil {
				t.Fatal(err)
			}
			var got []string
			events, _ := v.Runtime().Log().After(0, 0)
			for _, e := range events {
				if e.VCL == "v1" && e.Temperature != nil {
					got = append(got, e.Temperature.Temperature)
				}
			}
			if want := []string{"init", "warm", "cold"}; !slices.Equal(got, want) {
				t.Errorf("got %v, want %v", got, want)
			}
		},
	} {
		t.Run(name, test)
	}
}

func TestRulesOfRequests(t *testing.T) {
	for name, test := range map[string]func(*testing.T, *director.VCL){
		"REQ-1 a request starts at the default director of the active VCL": func(t *testing.T, v *director.VCL) {
			impl := &echo{name: "a"}
			if err := v.SetDefault(add(t, v, "a", impl)); err != nil {
				t.Fatal(err)
			}
			resp, err := get(t, &director.Transport{Runtime: v.Runtime()})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
		},
		"REF-6, REF-7 the leaf goes before the hint": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", &echo{name: "a"})
			p := pool(t, v, "p", a)
			resp, err := get(t, &director.Transport{Director: p})
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range []*director.Director{p, a} {
				if err := d.Delete(); err != nil {
					t.Fatal(err)
				}
			}
			before := v.Runtime().Log().Last()
			resp.Body.Close()
			var gone []string
			events, _ := v.Runtime().Log().After(before, 0)
			for _, e := range events {
				if e.Kind == event.DirectorDestroyed {
					gone = append(gone, e.Director)
				}
			}
			if want := []string{"a", "p"}; !slices.Equal(gone, want) {
				t.Errorf("got %v, want %v", gone, want)
			}
		},
		"REQ-3, REF-8 a request holds its VCL": func(t *testing.T, boot *director.VCL) {
			v := load(t, boot.Runtime(), "v1", director.AlwaysWarm)
			resp, err := get(t, &director.Transport{Director: add(t, v, "a", &echo{name: "a"})})
			if err != nil {
				t.Fatal(err)
			}
			if err := v.SetState(director.AlwaysCold); err != nil {
				t.Fatal(err)
			}
			wantTemperature(t, v, "busy")
			resp.Body.Close()
			wantTemperature(t, v, "cold")
		},
		"REQ-5 a walk that leads nowhere on any level leads nowhere": func(t *testing.T, v *director.VCL) {
			top := pool(t, v, "top", pool(t, v, "middle", pool(t, v, "bottom")))
			setHealth(t, top, director.AdminHealthy)
			if got := picks(t, top, 1); got[0] != "none" {
				t.Errorf("got %v, want none", got)
			}
		},
		"REQ-7, REQ-8 without retries a failure is not tried elsewhere; the next request is resolved afresh": func(t *testing.T, v *director.VCL) {
			bad, good := &echo{err: errors.New("broken")}, &echo{name: "good"}
			p := pool(t, v, "p", add(t, v, "bad", bad), add(t, v, "good", good))
			varnish := &director.Transport{Director: p, NoRetry: true}
			if _, err := get(t, varnish); err == nil || !strings.Contains(err.Error(), "backend bad") {
				t.Errorf("first: got %v, want the failure of bad", err)
			}
			resp, err := get(t, varnish)
			if err != nil {
				t.Fatalf("second: %v", err)
			}
			resp.Body.Close()
		},
		"REQ-9 finish comes once, after success only": func(t *testing.T, v *director.VCL) {
			impl := &echo{name: "a"}
			a := add(t, v, "a", impl)
			resp, err := get(t, &director.Transport{Director: a})
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			resp.Body.Close()
			impl.err = errors.New("broken")
			_, _ = get(t, &director.Transport{Director: a})
			if impl.finished != 1 {
				t.Errorf("got %d, want 1", impl.finished)
			}
		},
		"REQ-12 a failure inside a callback fails the request": func(t *testing.T, v *director.VCL) {
			if _, err := get(t, &director.Transport{Director: add(t, v, "g", grenade{})}); err == nil {
				t.Error("got no error")
			}
		},
		"HEALTH-1, HEALTH-2, HEALTH-3 admin health wins, and without a method a director is healthy": func(t *testing.T, v *director.VCL) {
			a := add(t, v, "a", leaf{})
			healthy := []bool{a.Healthy()}
			for _, admin := range []director.AdminHealth{"sick", "auto", "healthy"} {
				setHealth(t, a, admin)
				healthy = append(healthy, a.Healthy())
			}
			a.ReportHealth(false, "probe")
			healthy = append(healthy, a.Healthy())
			if want := []bool{true, false, true, true, true}; !slices.Equal(healthy, want) {
				t.Errorf("got %v, want %v", healthy, want)
			}
		},
		"HEALTH-9 a sick load balancer that is asked itself still chooses": func(t *testing.T, v *director.VCL) {
			p := pool(t, v, "p", add(t, v, "a", leaf{}))
			setHealth(t, p, director.AdminSick)
			if got := picks(t, p, 1); got[0] != "a" {
				t.Errorf("got %v, want a", got)
			}
		},
		"CLI-15 admin health is the director's, not the name's": func(t *testing.T, v *director.VCL) {
			first := add(t, v, "a", leaf{})
			setHealth(t, first, director.AdminSick)
			if second := add(t, v, "a", leaf{}); !second.Healthy() {
				t.Error("a new director of the name took over the admin health")
			}
			if known, _ := v.Runtime().Tree().Director(first.ID()); known.Phase != tree.Live || known.Healthy {
				t.Errorf("the first: got %+v", known)
			}
		},
	} {
		t.Run(name, func(t *testing.T) { test(t, newVCL(t)) })
	}
}
