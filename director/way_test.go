package director_test

import (
	"errors"
	"net/http"
	"slices"
	"testing"

	"github.com/callboard/callboard/director"
)

func names(way []*director.Director) []string {
	var list []string
	for _, d := range way {
		list = append(list, d.Name())
	}
	return list
}

func TestFindWayHoldsAndSendsNothing(t *testing.T) {
	v := newVCL(t)
	impl := &echo{name: "a"}
	a := add(t, v, "a", impl)
	site := pool(t, v, "site", pool(t, v, "p", a))
	way, err := (&director.Transport{Director: site}).FindWay(nil)
	if want := []string{"site", "p", "a"}; err != nil || !slices.Equal(names(way), want) {
		t.Errorf("way: got %v, %v, want %v", names(way), err, want)
	}
	if got := refcount(t, a); got != 2 || impl.finished != 0 {
		t.Errorf("got %d references and %d requests, want the owner, one slot and none", got, impl.finished)
	}
	way, err = (&director.Transport{Director: a}).FindWay(nil)
	if want := []string{"a"}; err != nil || !slices.Equal(names(way), want) {
		t.Errorf("way to itself: got %v, %v, want %v", names(way), err, want)
	}
}

func TestFindWayEndsWhereThereIsNone(t *testing.T) {
	v := newVCL(t)
	site := pool(t, v, "site", pool(t, v, "p"))
	way, err := (&director.Transport{Director: site}).FindWay(nil)
	if _, ok := errors.AsType[*director.NoBackendError](err); !ok {
		t.Errorf("error: got %v, want no backend", err)
	}
	if got := names(way); len(got) == 0 || got[0] != "site" {
		t.Errorf("way: got %v, want it to begin at site", got)
	}
}

func TestTransportTellsTheWay(t *testing.T) {
	v := newVCL(t)
	site := pool(t, v, "site", add(t, v, "a", &echo{name: "a"}))
	var told [][]string
	transport := &director.Transport{Director: site, Walked: func(_ *http.Request, way []*director.Director, _ error) {
		told = append(told, names(way))
	}}
	resp, err := get(t, transport)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if want := []string{"site", "a"}; len(told) != 1 || !slices.Equal(told[0], want) {
		t.Errorf("told: got %v, want once %v", told, want)
	}
}
