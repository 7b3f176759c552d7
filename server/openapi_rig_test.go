package server

import (
	"strconv"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/lb"
)

// An exampleRig is a rig with what the examples of the description speak of.
type exampleRig struct {
	*rig
	pin  string // the number of a pin
	last string // the number of the director that was added last
}

func newExampleRig(t *testing.T, o *operation) exampleRig {
	t.Helper()
	g := exampleRig{rig: newRig(t, func(o *Options) { o.Faults = faultRecorder{} })}
	v := g.rt.Active()
	b1 := g.add(v, "b1", directortest.NewBackend("b1"))
	a1, err := g.rt.Find("a1")
	if err != nil {
		t.Fatal(err)
	}
	g.add(v, "pool_a", lb.NewRoundRobin(), a1)
	id, err := a1.Pin("for the example")
	if err != nil {
		t.Fatal(err)
	}
	g.pin = strconv.FormatUint(id, 10)
	before := map[string][]string{
		"delete-vcls-v":       {"POST vcls {\"name\":\"next\"}"},
		"delete-labels-label": {"PUT labels/shop {\"vcl\":\"boot\"}"},
		"post-undo-id":        {`POST directors {"name":"d1","type":"fallback"}`, "DELETE directors/d1 "},
		"post-step-next":      {"PUT step {\"on\":true}", "DELETE directors/" + b1.Name() + " "},
	}
	for _, line := range before[o.id()] {
		part := strings.SplitN(line, " ", 3)
		if got := g.send(part[0], api+part[1], part[2]); got.status >= 300 {
			t.Fatalf("%s: got %d %s", line, got.status, got.body)
		}
	}
	events, _ := g.rt.Log().After(0, 0)
	for _, e := range events {
		if e.Kind == event.DirectorAdded {
			g.last = strconv.FormatUint(e.ID, 10)
		}
	}
	return g
}
