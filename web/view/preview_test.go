package view_test

import (
	"encoding/json"
	"math/rand/v2"
	"testing"

	"github.com/callboard/callboard/web/view"
	"github.com/callboard/callboard/web/view/viewtest"
)

func TestPreviewDelete(t *testing.T) {
	lingering := viewtest.Demo()
	lingering.Delete(lingering.ID("b1"))
	for _, test := range []struct {
		name, director, want string
		st                   *viewtest.Stage
	}{
		{"a root that nobody holds goes at once", "cache",
			`{"releases":["a1","a2","a3"],"destroys":["cache"],"lingers":[]}`, viewtest.Demo()},
		{"a leaf lingers while others hold it", "a1",
			`{"releases":[],"destroys":[],"lingers":[{"director":"a1","held_by":[` +
				`{"kind":"member","name":"pool_a","id":7,"slot":1,"ref":1},{"kind":"member","name":"cache","id":9,"slot":1,"ref":6}]}]}`,
			viewtest.Demo()},
		{"members that only it still holds go with it", "pool_b",
			`{"releases":["b1","b2"],"destroys":["b1"],"lingers":[{"director":"pool_b","held_by":[{"kind":"member","name":"site","id":10,"slot":2,"ref":10}]}]}`,
			lingering},
		{"one that is deleted already is told by its holders", "b1",
			`{"releases":[],"destroys":[],"lingers":[{"director":"b1","held_by":[{"kind":"member","name":"pool_b","id":8,"slot":1,"ref":4}]}]}`,
			lingering},
	} {
		t.Run(test.name, func(t *testing.T) {
			p, ok := view.PreviewDelete(test.st.Snapshot, test.st.ID(test.director))
			got, err := json.Marshal(p)
			if !ok || err != nil || string(got) != test.want {
				t.Errorf("got %s %v %v\nwant %s", got, ok, err, test.want)
			}
		})
	}
	demo := viewtest.Demo()
	p, ok := view.PreviewDelete(demo.Snapshot, demo.ID("pool_b"), demo.ID("b1"), demo.ID("b2"), demo.ID("site"))
	got, err := json.Marshal(p)
	if want := `{"releases":["b1","b2","pool_a","pool_b","c1"],"destroys":["b1","b2","pool_b"],"lingers":[` +
		`{"director":"site","held_by":[{"kind":"default","name":"boot","ref":1099511627776}]}]}`; !ok || err != nil || string(got) != want {
		t.Errorf("several at once: got %s %v %v\nwant %s", got, ok, err, want)
	}
	if _, ok := view.PreviewDelete(lingering.Snapshot, 99); ok {
		t.Error("there is a preview for a director that there is not")
	}
}

// What the preview promises is what deleting does.
func TestPreviewComesTrue(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 3))
		st := viewtest.New("demo")
		for range 40 {
			st.Step(rng)
		}
		var ids []uint64
		for d := range st.Snapshot.Directors() {
			if d.Owned {
				ids = append(ids, d.ID)
			}
		}
		rng.Shuffle(len(ids), func(i, j int) { ids[i], ids[j] = ids[j], ids[i] })
		ids = ids[:min(len(ids), 1+rng.IntN(4))]
		p, ok := view.PreviewDelete(st.Snapshot, ids...)
		if !ok {
			t.Fatalf("seed %d: there is no preview of %v", seed, ids)
		}
		before, left := st.Snapshot.Len(), 0
		for _, id := range ids {
			st.Delete(id)
		}
		for _, id := range ids {
			if _, lingers := st.Snapshot.Director(id); lingers {
				left++
			}
		}
		if gone := before - st.Snapshot.Len(); gone != len(p.Destroys) {
			t.Fatalf("seed %d: deleting %v destroyed %d, the preview said %q", seed, ids, gone, p.Destroys)
		}
		if left != len(p.Lingers) {
			t.Fatalf("seed %d: of %v %d linger, the preview said %v", seed, ids, left, p.Lingers)
		}
	}
}
