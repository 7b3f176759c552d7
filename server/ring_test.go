package server

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/callboard/callboard/web/view"
)

// label is a fragment whose text matters to a test.
func label(id, text string) *view.Label { return &view.Label{ID: id, Text: text} }

// state is what changes lead to: the newest text and attributes of each element.
func state(changes ...view.Change) map[string]string {
	s := map[string]string{}
	for _, c := range changes {
		if c.Verb == view.Replace {
			s[c.ID] = fmt.Sprint(c.Fragment)
		}
		for _, a := range c.Attrs {
			s[c.ID+"."+a.Name] = a.Value
		}
	}
	return s
}

func TestMergedChangesDoWhatTheyDidOneByOne(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	var one, merged []view.Change
	for i := range 200 {
		var now []view.Change
		for _, id := range []string{"a", "b", "c", "d"} {
			switch rng.IntN(4) {
			case 0:
				now = append(now, view.Change{Verb: view.Replace, ID: id, Fragment: label(id, fmt.Sprint(i))})
			case 1:
				name := []string{"x", "y"}[rng.IntN(2)]
				now = append(now, view.Change{Verb: view.Attrs, ID: id, Attrs: []view.Attr{{Name: name, Value: fmt.Sprint(i)}}})
			}
		}
		one = append(one, now...)
		merged = merge(merged, now)
		if got, want := fmt.Sprint(state(merged...)), fmt.Sprint(state(one...)); got != want {
			t.Fatalf("after %d: got %s, want %s", i, got, want)
		}
	}
	if len(merged) > 8 {
		t.Errorf("got %d changes of four elements, want them merged", len(merged))
	}
}

func TestRingKnowsWhatItNoLongerHas(t *testing.T) {
	r := ring{since: 10}
	add := func(seq uint64, gauge bool, verb view.Verb) {
		p := &patch{seq: seq, changes: []view.Change{{Verb: verb, ID: "a", Parent: "labels", Fragment: label("a", fmt.Sprint(seq))}}}
		if err := p.print(t.Context()); err != nil {
			t.Fatal(err)
		}
		r.add(p, gauge)
	}
	has := func(seq uint64, want int) {
		t.Helper()
		messages, ok := r.after(t.Context(), seq)
		if !ok {
			messages = make([]*message, 0)
		}
		if ok != (want >= 0) || ok && len(messages) != want {
			t.Errorf("after %d: got %d, %t, want %d", seq, len(messages), ok, want)
		}
	}
	has(9, -1)
	has(10, 0)
	add(11, false, view.Insert)
	has(10, 1)
	has(11, 1)
	has(12, 0)
	for range 5 {
		add(11, true, view.Replace)
	}
	has(11, 2)
	add(11, true, view.Insert)
	add(11, true, view.Replace)
	has(11, 4)
	for seq := uint64(12); seq < 12+maxPatches; seq++ {
		add(seq, false, view.Replace)
	}
	has(10, -1)
	has(11, -1)
	has(12, maxPatches)
}
