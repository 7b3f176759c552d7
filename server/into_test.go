package server

import (
	"fmt"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
)

func TestCreateInto(t *testing.T) {
	g := newRig(t, nil)
	d := into[directorAnswer](g.send("POST", api+"directors", `{"name":"a3","into":"pool","backend":{"host":"127.0.0.1","port":1}}`).is(201))
	if d.Holders.Owner != 1 || d.Holders.Members != 1 || d.HeldBy[1].Name != "pool" {
		t.Errorf("got %+v held by %+v, want the owner and pool", d.Holders, d.HeldBy)
	}
	other := directortest.NewBackend("x")
	v, err := g.rt.AddVCL("other")
	if err != nil {
		t.Fatal(err)
	}
	g.add(v, "x", other)
	g.add(v, "r", lb.NewRoundRobin())
	for into, detail := range map[string]string{
		"nobody":  "not found",
		"a1":      "",
		"other.r": "another VCL",
	} {
		p := g.send("POST", api+"directors", fmt.Sprintf(`{"name":"no","type":"random","into":%q}`, into)).problem(422)
		if len(p.Errors) != 1 || p.Errors[0].Field != "into" || !strings.Contains(p.Errors[0].Detail, detail) {
			t.Errorf("into %s: got %+v, want the field into, %s", into, p.Errors, detail)
		}
	}
	p := g.send("POST", api+"directors", `{"name":"no","type":"random","into":"pool","members":[{"director":"site"}]}`).problem(409)
	if p.Errors[0].Field != "into" || len(p.Path) == 0 {
		t.Errorf("loop: got %+v, want the path of the loop", p)
	}
	g.send("DELETE", api+"directors/pool", "").is(202)
	p = g.send("POST", api+"directors", `{"name":"no","type":"random","into":"pool"}`).problem(422)
	if p.Errors[0].Field != "into" {
		t.Errorf("deleted: got %+v, want the field into", p.Errors)
	}
	if _, ok := g.rt.Tree().Find("no"); ok {
		t.Error("got a director that could not become a member, want it to be gone")
	}
}
