package lb

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
)

func TestEveryTypeCanBeMadeByItsDefaults(t *testing.T) {
	for _, typ := range Types() {
		settings := make(map[string]string)
		for _, o := range typ.Options {
			if err := o.check(o.Default); o.Default != "" && err != nil {
				t.Errorf("%s, default of %s: %v", typ.Name, o.Name, err)
			}
			if o.Help == "" || (o.Kind == "choice") != (len(o.Choices) > 0) {
				t.Errorf("%s, option %s: help %q, kind %s, choices %v", typ.Name, o.Name, o.Help, o.Kind, o.Choices)
			}
			settings[o.Name] = o.Default
		}
		impl, err := New(typ.Name, settings)
		if err != nil {
			t.Errorf("%s: %v", typ.Name, err)
			continue
		}
		if impl.Type() != typ.Name {
			t.Errorf("%s: made a %s", typ.Name, impl.Type())
		}
		// Those of a dns are what the answers say.
		if _, ok := impl.(director.Group); ok == (typ.Name == "dns") {
			t.Errorf("%s: members can be changed: %t", typ.Name, ok)
		}
	}
}

func TestSettingsAreChecked(t *testing.T) {
	for _, c := range []struct{ typ, name, value string }{
		{"round-robin", "sticky", "true"},
		{"fallback", "sticky", "maybe"},
		{"shard", "replicas", "0"},
		{"shard", "replicas", "many"},
		{"shard", "replicas", "99999999"},
		{"shard", "warmup", "1"},
		{"shard", "warmup", "NaN"},
		{"shard", "rampup", "soon"},
		{"shard", "rampup", "-3s"},
		{"shard", "alt", "-1"},
		{"shard", "by", "key"},
		{"shard", "by", "header"},
		{"shard", "healthy", "some"},
	} {
		if _, err := New(c.typ, map[string]string{c.name: c.value}); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("%s %s=%s: got %v, want ErrInvalid", c.typ, c.name, c.value, err)
		}
	}
	if _, err := New("magic", nil); !errors.Is(err, director.ErrNotFound) {
		t.Errorf("unknown type: got %v, want ErrNotFound", err)
	}
}

func TestSettingsReachTheShard(t *testing.T) {
	impl, err := New("shard", map[string]string{
		"by": "header", "header": "x-user", "replicas": "10", "warmup": "0.25", "rampup": "1m", "alt": "2", "healthy": "all",
	})
	if err != nil {
		t.Fatal(err)
	}
	s := impl.(*Shard)
	if s.options.Replicas != 10 || math.Abs(s.options.Warmup-0.25) > 0 || s.options.Rampup.String() != "1m0s" {
		t.Errorf("got %+v", s.options)
	}
	if s.own.by != ByHeader || s.own.header != "X-User" || s.own.alt != 2 || s.own.healthy != All {
		t.Errorf("got %+v", s.own)
	}
	var described []string
	for _, o := range s.Describe() {
		described = append(described, o.Name+"="+o.Value)
	}
	want := "replicas=10 by=header warmup=0.25 rampup=1m0s healthy=all alt=2 header=X-User"
	if got := strings.Join(described, " "); got != want {
		t.Errorf("description: got %s, want %s", got, want)
	}
}

func TestDumpTellsOfMembers(t *testing.T) {
	eachType(t, []string{"a"}, func(t *testing.T, s *stage, _ director.Group) {
		s.member("pool", "a", 1)
		var out strings.Builder
		s.byID["pool"].Dump(&out)
		if !strings.Contains(out.String(), "member 1 = a") {
			t.Errorf("dump: got %s", out.String())
		}
	})
}
