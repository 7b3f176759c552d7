package server

import (
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
)

func TestAssignPreview(t *testing.T) {
	g := newRig(t, nil)
	preview := func(director, query string) assignAnswer {
		t.Helper()
		return into[assignAnswer](g.send("GET", api+"directors/"+director+"/assign-preview?"+query, "").is(200))
	}
	for _, query := range []string{"slot=2&director=c1", "slot=2&director=boot.c1", "slot=2&director=@3"} {
		p := preview("pool", query)
		if p.Seq != g.rt.Tree().Seq || p.From.Director != "a2" || p.From.RefcountTo != 1 || p.To.Director != "c1" || p.To.RefcountTo != 3 || p.Refused != "" {
			t.Errorf("%s: got %+v, %+v, %+v, want a2 2 → 1, c1 2 → 3", query, p, p.From, p.To)
		}
	}
	if p := preview("pool", "director=c1"); p.From != nil || p.To.RefcountTo != 3 {
		t.Errorf("a new slot: got %+v, want no old member", p)
	}
	if p := preview("pool", "slot=1&director="); p.To != nil || p.From.RefcountTo != 1 {
		t.Errorf("letting go: got %+v, want no new member", p)
	}
	g.send("DELETE", api+"directors/a1", "").is(202)
	if p := preview("pool", "slot=1&director=c1"); !p.From.Destroyed || !slices.Equal(p.Destroys, []string{"a1"}) {
		t.Errorf("the last reference: got %+v, want a1 destroyed", p)
	}
	for query, status := range map[string]int{
		"slot=9&director=c1": 404, "slot=x&director=c1": 422, "slot=1&director=nobody": 422, "": 422,
		"slot=18446744073709551615&director=c1": 404,
	} {
		g.send("GET", api+"directors/pool/assign-preview?"+query, "").problem(status)
	}
	g.send("GET", api+"directors/nobody/assign-preview?director=c1", "").problem(404)
}

// The preview names the same loop as the refusal.
func TestAssignPreviewOfALoop(t *testing.T) {
	g := newRig(t, nil)
	p := into[assignAnswer](g.send("GET", api+"directors/pool/assign-preview?slot=1&director=site", "").is(200))
	refusal := g.send("PUT", api+"directors/pool/members/1", `{"director":"site"}`).problem(409)
	if want := []string{"pool", "site", "pool"}; !slices.Equal(p.Loop, want) || !slices.Equal(refusal.Path, want) {
		t.Errorf("got %v, and %v from the refusal, want %v", p.Loop, refusal.Path, want)
	}
	if p.Refused == "" || len(p.LoopIDs) != 3 || p.LoopIDs[0] != p.LoopIDs[2] {
		t.Errorf("got %+v, want it refused, with the numbers of the loop", p)
	}
}

// What the preview promises is what the runtime then does.
func TestAssignPreviewComesTrue(t *testing.T) {
	g := newRig(t, nil)
	for i := range 4 {
		kind := []string{"round-robin", "random", "shard", "fallback"}[i]
		g.send("POST", api+"directors", fmt.Sprintf(`{"name":"d%d","type":%q,"members":[{"director":"a%d"},{"director":"c1"}]}`, i, kind, 1+i%2)).is(201)
	}
	names := []string{"a1", "a2", "c1", "pool", "site", "d0", "d1", "d2", "d3"}
	rng := rand.New(rand.NewPCG(1, 7))
	for range 400 {
		holder, target, slot := names[3+rng.IntN(6)], names[rng.IntN(len(names))], 1+rng.IntN(2)
		query := url.Values{"slot": {fmt.Sprint(slot)}, "director": {target}}
		p := into[assignAnswer](g.send("GET", api+"directors/"+holder+"/assign-preview?"+query.Encode(), "").is(200))
		done := g.send("PUT", fmt.Sprintf("%sdirectors/%s/members/%d", api, holder, slot), fmt.Sprintf(`{"director":%q}`, target))
		if (done.status == 200) != (p.Refused == "") {
			t.Fatalf("slot %d of %s at %s: got %d %s, the preview said %q", slot, holder, target, done.status, done.body, p.Refused)
		}
		if p.Refused != "" {
			continue
		}
		for _, effect := range []struct {
			name string
			want int64
		}{{p.From.Director, p.From.RefcountTo}, {p.To.Director, p.To.RefcountTo}} {
			if got := into[directorAnswer](g.send("GET", api+"directors/"+effect.name, "").is(200)).Refcount; got != effect.want {
				t.Fatalf("slot %d of %s at %s: %s has %d references, the preview said %d", slot, holder, target, effect.name, got, effect.want)
			}
		}
	}
}
