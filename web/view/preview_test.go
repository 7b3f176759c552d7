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
		for d := range st.Snapshot.Directors() {
			if !d.Owned {
				continue
			}
			p, _ := view.PreviewDelete(st.Snapshot, d.ID)
			before := st.Snapshot.Len()
			st.Delete(d.ID)
			if gone := before - st.Snapshot.Len(); gone != len(p.Destroys) {
				t.Fatalf("seed %d: deleting %s destroyed %d, the preview said %q", seed, d.Name, gone, p.Destroys)
			}
			if _, lingers := st.Snapshot.Director(d.ID); lingers != (len(p.Lingers) == 1) {
				t.Fatalf("seed %d: %s lingers: %v, the preview said %v", seed, d.Name, lingers, p.Lingers)
			}
			break
		}
	}
}
