package server

import (
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

type stepState struct {
	On   *bool
	Seq  uint64
	Held []heldJSON
}

func TestStepModeOverTheAPI(t *testing.T) {
	g := newRig(t, nil)
	got := into[stepState](g.send("GET", api+"step", "").is(200))
	if got.On == nil || *got.On || got.Held == nil || len(got.Held) != 0 || got.Seq != g.rt.Tree().Seq {
		t.Errorf("at first: got %+v, want off and an empty list", got)
	}
	on := into[seqAnswer](g.send("PUT", api+"step", `{"on":true}`).is(200))
	if on.Seq != g.rt.Tree().Seq || !g.rt.Tree().Stepping {
		t.Errorf("on: got %+v, want event %d and step mode", on, g.rt.Tree().Seq)
	}

	begun := time.Now()
	deleted := into[deletion](g.send("DELETE", api+"directors/site", "").is(202))
	if deleted.Phase != "live" || deleted.Refcount != 2 || len(deleted.HeldBy) != 2 {
		t.Errorf("delete: got %+v, want it as it was, live with 2 references", deleted)
	}
	g.send("DELETE", api+"directors/site", "").problem(409)
	got = into[stepState](g.send("GET", api+"step", "").is(200))
	if len(got.Held) != 1 || !*got.On {
		t.Fatalf("got %+v, want one held step", got)
	}
	h := got.Held[0]
	if h.Director != "site" || h.VCL != "boot" || h.ID != 5 || h.Before != event.BeforeRelease || h.Last != nil || h.Since.Before(begun.Truncate(time.Millisecond)) {
		t.Errorf("held: got %+v, want site before release", h)
	}

	type nextAnswer struct {
		Seq   uint64
		Taken heldJSON
	}
	next := into[nextAnswer](g.send("POST", api+"step/next", "").is(200))
	if next.Taken.Director != "site" || next.Taken.Before != event.BeforeRelease || next.Seq != g.rt.Tree().Seq {
		t.Errorf("next: got %+v, want site before release", next)
	}
	g.send("POST", api+"step/next", "").problem(409) // the default slot has it
	g.send("PUT", api+"vcls/boot/default", `{"director":""}`).is(200)
	next = into[nextAnswer](g.send("POST", api+"step/next", `{"director":"site"}`).is(200))
	if next.Taken.Before != event.BeforeLastDrop || next.Taken.Last == nil || next.Taken.Last.Kind != event.HolderDefault {
		t.Errorf("next: got %+v, want the last drop, that of the default slot", next.Taken)
	}
	g.send("PUT", api+"step", `{"on":false}`).is(200)
	if _, ok := g.rt.Tree().Find("site"); ok {
		t.Error("site is still there, want it destroyed: step mode is off")
	}
}

func TestNextStepNamesADirector(t *testing.T) {
	g := newRig(t, nil)
	g.send("PUT", api+"step", `{"on":true}`).is(200)
	g.send("DELETE", api+"directors/a1", "").is(202)
	v, err := g.rt.VCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	g.add(v, "a1", lb.NewRoundRobin())
	g.send("POST", api+"step/next", `{"director":"c1"}`).problem(409)
	if p := g.send("POST", api+"step/next", `{"director":"nobody"}`).problem(422); len(p.Errors) != 1 || p.Errors[0].Field != "director" {
		t.Errorf("got %+v, want an error about the director", p)
	}
	g.send("POST", api+"step/next", `{"director":"a1"}`).is(200) // not the new one of that name
	if d, _ := g.rt.Tree().Director(1); d.Phase != "lingering" {
		t.Errorf("a1: got %s, want lingering: it was released and pool holds it", d.Phase)
	}
}

func TestStepCommandsAreCheckedLikeOthers(t *testing.T) {
	g := newRig(t, nil)
	g.send("PUT", api+"step", `{}`).problem(422)
	g.send("PUT", api+"step", `{"on":"perhaps"}`).problem(400)
	g.send("PUT", "api/v1/instances/nobody/step", `{"on":true}`).problem(404)
	g.send("GET", "api/v1/instances/nobody/step", "").problem(404)
	g.send("POST", "api/v1/instances/nobody/step/next", "").problem(404)

	back := g.form(api+"step", "_method=PUT&on=true&_back=?q=a1", "Accept", asPage).is(303)
	if got := back.header.Get("Location"); !strings.HasSuffix(got, "?q=a1") || !g.rt.Tree().Stepping {
		t.Errorf("form: got %q and stepping %t, want to go back with step mode on", got, g.rt.Tree().Stepping)
	}
	g.form(api+"directors/a1", "_method=DELETE").is(202)
	g.form(api+"step/next", "director=a1", "Accept", asPage).is(303)
	g.form(api+"step/next", "director=", "Accept", asPage).is(409)
	g.form(api+"step", "_method=PUT&on=").problem(422)

	locked := newRig(t, func(o *Options) { o.ReadOnly = true })
	locked.send("PUT", api+"step", `{"on":true}`).problem(403)
	locked.send("POST", api+"step/next", "").problem(403)
	locked.send("GET", api+"step", "").is(200)
}
