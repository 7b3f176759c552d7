package server

import (
	"strings"
	"testing"
)

func TestBackendListIsVarnishs(t *testing.T) {
	g := newRig(t, nil)
	text := string(g.send("GET", api+"backend.list?pattern=boot.a*", "").is(200).body)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) != 3 || !strings.HasPrefix(lines[0], "Backend name") || !strings.HasPrefix(lines[1], "boot.a1") {
		t.Errorf("got\n%s\nwant a header and two rows", text)
	}
	if got := string(g.send("GET", api+"backend.list", "", "Accept", "application/json").is(200).body); !strings.Contains(got, `"boot.pool": {`) {
		t.Errorf("JSON: got %s", got)
	}
	g.send("GET", api+"backend.list?p=maybe", "").problem(422)
}

func TestLabels(t *testing.T) {
	g := newRig(t, nil)
	labels := func() string {
		var all []string
		for _, v := range g.rt.Tree().VCLs() {
			all = append(all, v.Labels...)
		}
		return strings.Join(all, " ")
	}
	g.send("PUT", api+"labels/shop", `{"vcl":"boot"}`).is(200)
	if got := labels(); got != "shop" {
		t.Errorf("labels: got %q, want shop", got)
	}
	g.send("PUT", api+"labels/boot", `{"vcl":"boot"}`).problem(409)
	g.send("PUT", api+"labels/shop", `{"vcl":"nobody"}`).problem(422)
	g.send("DELETE", api+"labels/shop", "").is(200)
	g.send("DELETE", api+"labels/shop", "").problem(404)
	if got := labels(); got != "" {
		t.Errorf("labels: got %q, want none", got)
	}
}

// VCL-17: a label stands for a VCL, never for a label, and is always warm.
func TestLabelsPointToVCLsOnly(t *testing.T) {
	g := newRig(t, nil)
	g.send("PUT", api+"labels/shop", `{"vcl":"boot"}`).is(200)
	if p := g.send("PUT", api+"labels/other", `{"vcl":"shop"}`).problem(422); p.Errors[0].Field != "vcl" {
		t.Errorf("label of a label: got %+v, want vcl to be blamed", p)
	}
	if v, _ := g.rt.Tree().VCL("boot"); len(v.Labels) != 1 {
		t.Errorf("labels: got %q, want shop alone", v.Labels)
	}
	g.send("PUT", api+"vcls/shop/temperature", `{"temperature":"auto"}`).problem(422)
	if p := g.send("PUT", api+"labels/a.b", `{"vcl":"boot"}`).problem(422); len(p.Errors) != 1 || p.Errors[0].Field != "label" {
		t.Errorf("label with a dot: got %+v, want label to be blamed", p)
	}
}

// A name may have what a pattern gives meaning to.
func TestHealthByNumberMeansOneDirector(t *testing.T) {
	g := newRig(t, nil)
	answer := into[struct{ Matched int }](g.send("PUT", api+"health", `{"pattern":"@1","admin":"sick"}`).is(200))
	if answer.Matched != 1 {
		t.Errorf("matched: got %d, want 1", answer.Matched)
	}
	g.send("PUT", api+"health", `{"pattern":"@99","admin":"sick"}`).problem(404)
}
