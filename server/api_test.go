package server

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
)

func TestInstances(t *testing.T) {
	g := newRig(t, nil)
	got := into[struct{ Instances []instanceJSON }](g.send("GET", "api/v1/instances", "").is(200)).Instances
	if len(got) != 1 || got[0].Name != "test" || got[0].Epoch != "epoch" || got[0].Active != "boot" || got[0].Seq != g.rt.Tree().Seq {
		t.Fatalf("got %+v, want the one instance", got)
	}
	if v := got[0].VCLs; len(v) != 1 || v[0].Name != "boot" || v[0].Temperature != "warm" || v[0].Default != "boot.site" || v[0].Labels == nil {
		t.Errorf("VCLs: got %+v, want boot, warm", got[0].VCLs)
	}
	g.send("GET", "api/v1/instances/nobody", "").problem(404)
	g.send("GET", "api/v1/instances/nobody/directors", "").problem(404)
}

func TestDirectorIsShownWithItsHolders(t *testing.T) {
	g := newRig(t, nil)
	for _, name := range []string{"a1", "boot.a1", "@1"} {
		d := into[directorAnswer](g.send("GET", api+"directors/"+name, "").is(200))
		if d.Name != "a1" || d.VCL != "boot" || d.FullName != "boot.a1" || d.Phase != "live" || d.Refcount != 2 {
			t.Errorf("%s: got %+v, want a1, live with two references", name, d)
		}
		sum := d.Holders.Owner + d.Holders.Members + d.Holders.Defaults + d.Holders.Pins + d.Holders.Tasks
		if sum != d.Refcount || int64(len(d.HeldBy)) != d.Refcount {
			t.Errorf("%s: refcount %d, holders %+v, held by %v: want the same number", name, d.Refcount, d.Holders, d.HeldBy)
		}
		if h := d.HeldBy[1]; h.Kind != event.HolderMember || h.Name != "pool" || h.Slot != 1 {
			t.Errorf("%s: second holder: got %+v, want slot 1 of pool", name, h)
		}
	}
	d := into[directorAnswer](g.send("GET", api+"directors/pool", "").is(200))
	if len(d.Members) != 2 || d.Members[1].Director != "a2" || d.Members[1].Slot != 2 || !d.Members[1].Healthy {
		t.Errorf("members of pool: got %+v, want a1 and a2", d.Members)
	}
	g.send("GET", api+"directors/nobody", "").problem(404)
	g.send("GET", api+"directors/@x", "").problem(404)
	if dump := g.send("GET", api+"directors/pool/dump", "").is(200); !strings.Contains(dump.body, "member 1 = a1") {
		t.Errorf("dump: got %q, want the members", dump.body)
	}
}

func TestNamesWithEveryCharacterCanBeAddressed(t *testing.T) {
	g := newRig(t, nil)
	for _, name := range []string{"a/b", "x:y", "50%25", "ä?#", "a+b", "c.d.e", "[v]", "a%2Fb"} {
		body := fmt.Sprintf(`{"name":%q,"type":"round-robin"}`, name)
		created := g.send("POST", api+"directors", body).is(201)
		for _, path := range []string{url.PathEscape(name), url.PathEscape("boot." + name), strings.TrimPrefix(created.header.Get("Location"), "directors/")} {
			if got := into[directorAnswer](g.send("GET", api+"directors/"+path, "").is(200)); got.Name != name {
				t.Errorf("%s: got %q, want %q", path, got.Name, name)
			}
		}
		g.send("DELETE", api+"directors/"+url.PathEscape("boot."+name), "").is(202)
	}
}

func TestListIsFilteredAndPaged(t *testing.T) {
	g := newRig(t, nil)
	names := func(query string) (names []string, page directorPage) {
		page = into[directorPage](g.send("GET", api+"directors?"+query, "").is(200))
		for _, d := range page.Directors {
			names = append(names, d.Name)
		}
		return names, page
	}
	for query, want := range map[string]string{
		"":               "a1 a2 c1 pool site",
		"vcl=boot":       "a1 a2 c1 pool site",
		"q=pool":         "pool",
		"q=robin":        "pool",
		"q=healthy+FAKE": "a1 a2 c1",
		"q=nothing":      "",
		"cursor=3":       "c1 pool site",
		"cursor=999":     "",
	} {
		if got, _ := names(query); strings.Join(got, " ") != want {
			t.Errorf("%q: got %v, want %q", query, got, want)
		}
	}
	var all []string
	cursor := ""
	for {
		got, page := names("limit=2&cursor=" + cursor)
		all = append(all, got...)
		if page.Total != 5 {
			t.Errorf("total of a page: got %d, want 5", page.Total)
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	if want := []string{"a1", "a2", "c1", "pool", "site"}; !slices.Equal(all, want) {
		t.Errorf("by pages of two: got %v, want %v", all, want)
	}
	g.send("GET", api+"directors?vcl=nobody", "").problem(404)
	for _, query := range []string{"limit=0", "limit=1001", "limit=x", "limit=-1", "cursor=x"} {
		g.send("GET", api+"directors?"+query, "").problem(422)
	}
}

// A member of another VCL is found, but cannot be assigned: what was added has
// to go again.
func TestMembers(t *testing.T) {
	g := newRig(t, nil)
	added := into[struct{ Seq, Slot uint64 }](g.send("POST", api+"directors/pool/members", `{"director":"c1"}`).is(201))
	if added.Slot != 3 || added.Seq != g.rt.Tree().Seq {
		t.Fatalf("got %+v, want slot 3 at %d", added, g.rt.Tree().Seq)
	}
	g.send("PUT", api+"directors/pool/members/3", `{"director":"a2"}`).is(200)
	d := into[directorAnswer](g.send("GET", api+"directors/pool", "").is(200))
	if len(d.Members) != 3 || d.Members[2].Director != "a2" {
		t.Errorf("members: got %+v, want a2 in slot 3", d.Members)
	}
	g.send("DELETE", api+"directors/pool/members/3", "").is(200)
	g.send("DELETE", api+"directors/pool/members/3", "").problem(404)
	for _, slot := range []string{"9", "0", "-1", "x", "99999999999999999999"} {
		g.send("PUT", api+"directors/pool/members/"+slot, `{"director":"a1"}`).problem(404)
	}
	g.send("POST", api+"directors/pool/members", `{}`).problem(422)
	g.send("PUT", api+"directors/pool/members/1", `{}`).problem(422)
	g.send("POST", api+"directors/a1/members", `{"director":"a2"}`).problem(422)
	if p := g.send("POST", api+"directors/pool/members", `{"director":"nobody"}`).problem(422); p.Errors[0].Field != "director" {
		t.Errorf("errors: got %+v, want one about director", p.Errors)
	}
	p := g.send("POST", api+"directors/pool/members", `{"director":"site"}`).problem(409)
	if want := []string{"pool", "site", "pool"}; !slices.Equal(p.Path, want) {
		t.Errorf("path of the loop: got %v, want %v", p.Path, want)
	}
}

func TestWeightIsKeptWhereItIsLeftOut(t *testing.T) {
	g := newRig(t, nil)
	g.send("POST", api+"directors", `{"name":"r","type":"random","members":[{"director":"a1","weight":4}]}`).is(201)
	g.send("PUT", api+"directors/r/members/1", `{"director":"a2"}`).is(200)
	g.send("PUT", api+"directors/r/members/1", `{"weight":5}`).is(200)
	d := into[directorAnswer](g.send("GET", api+"directors/r", "").is(200))
	if m := d.Members[0]; m.Director != "a2" || m.Weight != 5 {
		t.Errorf("member: got %+v, want a2 at 5", m)
	}
	g.send("PUT", api+"directors/r/members/1", `{"weight":-5}`).problem(422)
}

func TestDeletePreviewAndDelete(t *testing.T) {
	g := newRig(t, nil)
	preview := into[struct {
		Releases, Destroys []string
		Lingers            []struct {
			Director string
			HeldBy   []event.Holder `json:"held_by"`
		}
	}](g.send("GET", api+"directors/pool/delete-preview", "").is(200))
	if !slices.Equal(preview.Releases, []string{"a1", "a2"}) || len(preview.Destroys) != 0 || len(preview.Lingers) != 1 {
		t.Errorf("preview: got %+v, want a1 and a2 released, pool lingering", preview)
	}
	gone := into[deletion](g.send("DELETE", api+"directors/pool", "").is(202))
	if gone.Phase != "lingering" || gone.Refcount != 1 || len(gone.HeldBy) != 1 || gone.HeldBy[0].Name != "site" {
		t.Errorf("delete: got %+v, want lingering, held by site", gone)
	}
	g.send("DELETE", api+"directors/pool", "").problem(409)
	g.send("POST", api+"directors/pool/members", `{"director":"c1"}`).problem(409)
	g.send("DELETE", api+"directors/site/members/1", "").is(200)
	g.send("GET", api+"directors/pool", "").problem(404)
	if gone = into[deletion](g.send("DELETE", api+"directors/a2", "").is(202)); gone.Phase != "destroyed" || gone.Refcount != 0 {
		t.Errorf("delete: got %+v, want destroyed", gone)
	}
}

func TestPins(t *testing.T) {
	g := newRig(t, nil)
	pin := into[struct{ Seq, ID uint64 }](g.send("POST", api+"directors/a1/pins", `{"note":"why"}`).is(201))
	d := into[directorAnswer](g.send("GET", api+"directors/a1", "").is(200))
	if d.Refcount != 3 || d.Holders.Pins != 1 || d.HeldBy[2].Name != "why" {
		t.Errorf("got %+v, want a pin", d)
	}
	g.send("POST", api+"directors/a1/pins", "").is(201)
	g.send("DELETE", fmt.Sprintf("%spins/%d", api, pin.ID), "").is(200)
	g.send("DELETE", fmt.Sprintf("%spins/%d", api, pin.ID), "").problem(404)
	g.send("DELETE", api+"pins/x", "").problem(404)
	g.send("POST", api+"directors/a1/pins", `{"note":"`+strings.Repeat("x", 300)+`"}`).problem(422)
}

func TestHealth(t *testing.T) {
	g := newRig(t, nil)
	set := into[struct {
		Seq     uint64
		Matched int
	}](g.send("PUT", api+"health", `{"pattern":"boot.a*","admin":"sick"}`).is(200))
	if set.Matched != 2 || set.Seq != g.rt.Tree().Seq {
		t.Errorf("got %+v, want two at %d", set, g.rt.Tree().Seq)
	}
	d := into[directorAnswer](g.send("GET", api+"directors/pool", "").is(200))
	if d.Health.Healthy || d.Health.HealthyMembers != 0 || d.Health.TotalMembers != 2 {
		t.Errorf("pool: got %+v, want sick", d.Health)
	}
	g.send("PUT", api+"health", `{"pattern":"boot.z*","admin":"sick"}`).problem(404)
	g.send("PUT", api+"health", `{"admin":"sick"}`).problem(422)
	if p := g.send("PUT", api+"health", `{"pattern":"a1","admin":"poorly"}`).problem(422); p.Errors[0].Field != "admin" {
		t.Errorf("errors: got %+v, want one about admin", p.Errors)
	}
}
