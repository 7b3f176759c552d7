package server

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// plantUndo adds what can be made again: the backends x1 and x2, px random(x1
// weight 5, a1), and top fallback(px, x1), which becomes the default.
func (g *rig) plantUndo() {
	g.t.Helper()
	for _, body := range []string{
		`{"name":"x1","backend":{"host":"127.0.0.1","port":1}}`,
		`{"name":"x2","backend":{"host":"127.0.0.1","port":2}}`,
		`{"name":"px","type":"random","members":[{"director":"x1","weight":5},{"director":"a1"}]}`,
		`{"name":"top","type":"fallback","options":{"sticky":true},"members":[{"director":"px"},{"director":"x1"}]}`,
	} {
		g.send("POST", api+"directors", body).is(201)
	}
	g.send("PUT", api+"vcls/boot/default", `{"director":"top"}`).is(200)
}

// delete deletes a director and returns the number of its undo.
func (g *rig) delete(name string) uint64 {
	g.t.Helper()
	begun := time.Now()
	gone := into[deletion](g.send("DELETE", api+"directors/"+name, "").is(202))
	if gone.Undo == nil || time.Until(gone.Undo.Until) > time.Minute || gone.Undo.Until.Before(begun.Add(time.Minute).Truncate(time.Millisecond)) {
		g.t.Fatalf("delete %s: got %+v, want an undo for a minute", name, gone)
	}
	return gone.Undo.ID
}

func (g *rig) undo(id uint64) undoAnswer {
	g.t.Helper()
	return into[undoAnswer](g.send("POST", fmt.Sprintf("%sundo/%d", api, id), "").is(201))
}

// wiring is who holds whom: "px(x1=5 a1=1)".
func (g *rig) wiring(names ...string) string {
	g.t.Helper()
	var all []string
	for _, name := range names {
		var members []string
		for _, m := range into[directorAnswer](g.send("GET", api+"directors/"+name, "").is(200)).Members {
			members = append(members, fmt.Sprintf("%s@%d=%g", m.Director, m.ID, m.Weight))
		}
		all = append(all, name+"("+strings.Join(members, " ")+")")
	}
	return strings.Join(all, " ")
}

func (a undoAnswer) reasons() string {
	var all []string
	for _, l := range a.LeftOut {
		all = append(all, fmt.Sprintf("%s %s %d: %s", l.What, l.Director, l.Slot, l.Reason))
	}
	return strings.Join(all, "; ")
}

func TestUndoOfADeleteMakesANewDirectorWithTheSameWiring(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	g.send("PUT", api+"health", `{"pattern":"x1","admin":"sick"}`).is(200)
	id := g.delete("x1")
	a := g.undo(id)
	made := a.Director
	if made.Name != "x1" || made.ID == id || made.Phase != tree.Live || made.Health.Admin != "sick" || a.Seq != g.rt.Tree().Seq {
		t.Errorf("got %+v, want a live x1 with another number, sick by hand", made)
	}
	want := fmt.Sprintf("px(x1@%d=5 a1@1=1) top(px@8=0 x1@%d=0)", made.ID, made.ID)
	if got := g.wiring("px", "top"); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
	slots := []rewiredJSON{{Kind: "member", Director: "boot.px", ID: 8, Slot: 1}, {Kind: "member", Director: "boot.top", ID: 9, Slot: 2}}
	if !slices.Equal(a.Rewired, slots) || len(a.LeftOut) != 0 {
		t.Errorf("rewired: got %+v, left out %v, want %+v", a.Rewired, a.LeftOut, slots)
	}
	if want := fmt.Sprintf("boot.x1 is a new director (@%d); the old one (@%d) is destroyed", made.ID, id); a.Note != want {
		t.Errorf("note: got %q, want %q", a.Note, want)
	}
}

func TestUndoGivesMembersAndDefaultBack(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	id := g.delete("top")
	pin := into[struct{ ID uint64 }](g.send("POST", fmt.Sprintf("%sdirectors/@%d/pins", api, id), "").is(201)).ID
	a := g.undo(id)
	want := "top(px@8=0 x1@6=0)"
	if got := g.wiring("top"); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
	if !slices.Contains(a.Director.Options, event.Option{Name: "sticky", Value: "true"}) {
		t.Errorf("options: got %v, want sticky", a.Director.Options)
	}
	if v, _ := g.rt.Tree().VCL("boot"); v.Default != a.Director.ID {
		t.Errorf("default: got @%d, want the new one, @%d", v.Default, a.Director.ID)
	}
	if want := []rewiredJSON{{Kind: "default", Director: "boot"}}; !slices.Equal(a.Rewired, want) {
		t.Errorf("rewired: got %+v, want %+v", a.Rewired, want)
	}
	if want := fmt.Sprintf("the old one (@%d) lingers until it is let go of by 1 pin", id); !strings.HasSuffix(a.Note, want) {
		t.Errorf("note: got %q, want %q", a.Note, want)
	}
	g.send("DELETE", fmt.Sprintf("%spins/%d", api, pin), "").is(200)
}

// Whoever emptied a slot after the delete gets it back, at the end; whoever
// pointed it elsewhere keeps that.
func TestUndoHeedsWhatWasRewiredMeanwhile(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	id := g.delete("x1")
	g.send("DELETE", api+"directors/px/members/1", "").is(200)
	g.send("PUT", api+"directors/top/members/2", `{"director":"c1"}`).is(200)
	a := g.undo(id)
	want := fmt.Sprintf("px(a1@1=1 x1@%d=5) top(px@8=0 c1@3=0)", a.Director.ID)
	if got := g.wiring("px", "top"); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
	if want := []rewiredJSON{{"member", "boot.px", 8, 3, 1}}; !slices.Equal(a.Rewired, want) {
		t.Errorf("rewired: got %+v, want %+v", a.Rewired, want)
	}
	if got, want := a.reasons(), "slot boot.top 2: it points at boot.c1 now"; got != want {
		t.Errorf("left out: got %q, want %q", got, want)
	}
}

func TestUndoTellsWhatItCannotPutBack(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	id := g.delete("px")
	g.send("DELETE", api+"directors/a1", "").is(202) // pool still holds it: it lingers
	g.send("DELETE", api+"directors/pool/members/1", "").is(200)
	g.send("PUT", api+"vcls/boot/default", `{"director":""}`).is(200)
	// x1 leads to top now, which still has a slot for px.
	g.send("DELETE", api+"directors/top/members/2", "").is(200)
	g.send("DELETE", api+"directors/x1", "").is(202)
	g.send("POST", api+"directors", `{"name":"x1","type":"fallback","members":[{"director":"top"}]}`).is(201)
	a := g.undo(id)
	want := "member boot.x1 1: it is destroyed by now; member boot.a1 2: it is destroyed by now"
	if got := a.reasons(); got != want {
		t.Errorf("left out: got %q, want %q", got, want)
	}
	if got, want := g.wiring("px", "top"), fmt.Sprintf("px() top(px@%d=0)", a.Director.ID); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
}

// A loop that was closed since then stays out, and everything else comes back.
func TestUndoRefusesALoop(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	id := g.delete("px")
	// x1 is deleted, and a director of its name that leads to top comes back in
	// its place.
	x1 := g.delete("x1")
	hop := into[directorAnswer](g.send("POST", api+"directors", `{"name":"hop","type":"fallback","members":[{"director":"top"}]}`).is(201))
	for _, gone := range g.board.undos.all {
		if gone.id == x1 {
			gone.heir = hop.ID
		}
	}
	a := g.undo(id)
	if got := a.reasons(); !strings.Contains(got, "slot boot.top 1: Assignment would close a loop: top → px → hop → top") {
		t.Errorf("left out: got %q, want the loop", got)
	}
}

// Both ends of a slot can be deleted and come back, in either order.
func TestUndoOfBothEndsOfASlot(t *testing.T) {
	for _, firstBack := range []string{"x1", "px"} {
		t.Run("first "+firstBack, func(t *testing.T) {
			g := newRig(t, nil)
			g.plantUndo()
			ids := map[string]uint64{"x1": g.delete("x1"), "px": g.delete("px")}
			g.send("DELETE", api+"directors/top/members/2", "").is(200) // x1 is destroyed
			first := g.undo(ids[firstBack])
			delete(ids, firstBack)
			var second undoAnswer
			for _, id := range ids {
				second = g.undo(id)
			}
			x1, px := first.Director.ID, second.Director.ID
			if firstBack == "px" {
				x1, px = px, x1
			}
			px1 := g.wiring("px")
			if a := fmt.Sprintf("px(x1@%d=5 a1@1=1)", x1); firstBack == "x1" && px1 != a {
				t.Errorf("got %s, want %s", px1, a)
			}
			if b := fmt.Sprintf("px(a1@1=1 x1@%d=5)", x1); firstBack == "px" && px1 != b {
				t.Errorf("got %s, want %s", px1, b)
			}
			if got, want := g.wiring("top"), fmt.Sprintf("top(px@%d=0 x1@%d=0)", px, x1); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			for _, m := range into[directorAnswer](g.send("GET", api+"directors/px", "").is(200)).Members {
				if m.Phase != tree.Live {
					t.Errorf("member: got %+v, want it live", m)
				}
			}
		})
	}
}

// Who undoes the older of two deletes first gets everything back with the second.
func TestUndoOfAMemberAfterItsHolder(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	g.send("DELETE", api+"directors/top/members/2", "").is(200)
	px, x1 := g.delete("px"), g.delete("x1")
	first := g.undo(px)
	if got, want := first.reasons(), "member boot.x1 1: it is destroyed by now"; got != want {
		t.Errorf("left out: got %q, want %q", got, want)
	}
	second := g.undo(x1)
	want := fmt.Sprintf("px(a1@1=1 x1@%d=5)", second.Director.ID)
	if got := g.wiring("px"); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
	if want := []rewiredJSON{{Kind: "member", Director: "boot.px", ID: first.Director.ID, Slot: 2, Was: 1}}; !slices.Equal(second.Rewired, want) {
		t.Errorf("rewired: got %+v, want %+v", second.Rewired, want)
	}
}

func TestUndoInStepMode(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	g.send("PUT", api+"step", `{"on":true}`).is(200)
	id := g.delete("px")
	a := g.undo(id)
	if got, want := g.wiring("px", "top"), fmt.Sprintf("px(x1@6=5 a1@1=1) top(px@%d=0 x1@6=0)", a.Director.ID); got != want {
		t.Errorf("wiring: got %s, want %s", got, want)
	}
	if !strings.HasSuffix(a.Note, "lingers until it is let go of by its owner") {
		t.Errorf("note: got %q, want that its owner holds it", a.Note)
	}
	g.send("PUT", api+"step", `{"on":false}`).is(200)
}

func TestUndoThatIsRefusedCanBeTriedAgain(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	id := g.delete("x2")
	g.send("POST", api+"directors", `{"name":"x2","type":"random"}`).is(201)
	path := fmt.Sprintf("%sundo/%d", api, id)
	before := g.rt.Tree().Seq
	g.send("POST", path, "").problem(409)
	if seq := g.rt.Tree().Seq; seq != before {
		t.Errorf("events of a refused undo: got %d, want none", seq-before)
	}
	in := g.delete("x2")
	if list := g.undoList(); len(list) != 2 || list[0].ID != in || list[1].ID != id {
		t.Errorf("list: got %+v, want both, the newest first", list)
	}
	done := g.send("POST", path, "").is(201)
	if got, want := done.header.Get("Location"), fmt.Sprintf("../directors/@%d", into[undoAnswer](done).Director.ID); got != want {
		t.Errorf("Location: got %q, want %q", got, want)
	}
	if p := g.send("POST", path, "").problem(410); !strings.Contains(p.Detail, "already") {
		t.Errorf("twice: got %+v", p)
	}
	if list := g.undoList(); len(list) != 1 || list[0].ID != in {
		t.Errorf("list: got %+v, want the other one", list)
	}
}

func (g *rig) undoList() []undoJSON {
	g.t.Helper()
	return into[struct{ Undo []undoJSON }](g.send("GET", api+"undo", "").is(200)).Undo
}

func TestUndoList(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	if list := g.undoList(); list == nil || len(list) != 0 {
		t.Errorf("got %v, want an empty list", list)
	}
	id := g.delete("top")
	list := g.undoList()
	if len(list) != 1 || list[0].ID != id || list[0].Director != "boot.top" || list[0].Type != "fallback" {
		t.Errorf("got %+v, want top", list)
	}
	g.send("GET", "api/v1/instances/nobody/undo", "").problem(404)
}

func TestWhatCannotBeUndone(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	// Nobody knows how to make what Go code has added.
	if gone := into[deletion](g.send("DELETE", api+"directors/c1", "").is(202)); gone.Undo != nil {
		t.Errorf("c1: got %+v, want no undo", gone.Undo)
	}
	for _, id := range []string{"3", "999", "x", "-1", "0"} {
		g.send("POST", api+"undo/"+id, "").problem(404)
	}
	g.send("POST", "api/v1/instances/nobody/undo/1", "").problem(404)

	v, err := g.rt.AddVCL("other")
	if err != nil {
		t.Fatal(err)
	}
	g.send("POST", api+"directors", `{"vcl":"other","name":"o","type":"random"}`).is(201)
	id := g.delete("other.o")
	if err := v.Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := g.rt.AddVCL("other"); err != nil {
		t.Fatal(err)
	}
	if p := g.send("POST", fmt.Sprintf("%sundo/%d", api, id), "").problem(409); !strings.Contains(p.Detail, "discarded") {
		t.Errorf("another VCL of that name: got %+v, want that it was discarded", p)
	}
}

// What happened between the snapshot and the delete belongs to what was deleted.
func TestUndoKnowsTheMomentOfTheDelete(t *testing.T) {
	g := newRig(t, nil)
	g.plantUndo()
	before := g.rt.Tree()
	g.send("PUT", api+"health", `{"pattern":"px","admin":"healthy"}`).is(200)
	g.send("POST", api+"directors/px/members", `{"director":"x2","weight":7}`).is(201)
	px, err := g.rt.Find("px")
	if err != nil {
		t.Fatal(err)
	}
	if err := px.Delete(); err != nil {
		t.Fatal(err)
	}
	if g.board.remember(px, before, func() {}) == nil {
		t.Fatal("got nothing remembered, want the delete")
	}
	gone, err := g.board.undos.claim(px.ID(), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if gone.was.TotalMembers() != 3 || gone.was.Admin != string(director.AdminHealthy) || gone.was.Phase != tree.Live {
		t.Errorf("got %+v, want three members and the health set by hand", gone)
	}
}

func TestUndoMemoryIsBounded(t *testing.T) {
	var u undos
	now := time.Unix(1000, 0)
	for id := range uint64(3 * maxPast) {
		u.keep(&deleted{id: id + 1, name: "boot.x", was: &tree.Director{}, until: now.Add(time.Minute)}, now)
	}
	list := u.list(now.Add(59 * time.Second))
	if len(u.all) != maxPast || len(list) != maxUndo || list[0].ID != 3*maxPast {
		t.Errorf("got %d, %d of them to be undone, want %d and %d, the newest first", len(u.all), len(list), maxPast, maxUndo)
	}
	if _, err := u.claim(3*maxPast-maxUndo, now); !strings.Contains(fmt.Sprint(err), "newest 100") {
		t.Errorf("an older one: got %v, want that only the newest can be undone", err)
	}
	if _, err := u.claim(3*maxPast, now); err != nil {
		t.Errorf("the newest: got %v, want it", err)
	}
	if _, err := u.claim(3*maxPast, now); !strings.Contains(fmt.Sprint(err), "just now") {
		t.Errorf("at the same time: got %v, want that somebody else is at it", err)
	}
	if list := u.list(now.Add(time.Minute)); len(list) != 0 {
		t.Errorf("after the grace: got %d, want none", len(list))
	}
	for _, d := range u.all {
		if d.was != nil && !d.busy {
			t.Fatalf("after the grace: got %+v, want nothing kept to undo it", d)
		}
	}
}
