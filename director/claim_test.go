package director_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
)

// A second director of one implementation would take its slots away from the
// first, which would then say that it has no members.
func TestAnImplementationIsAddedOnce(t *testing.T) {
	v := newVCL(t)
	pool := lb.NewRoundRobin()
	first := add(t, v, "first", pool)
	if _, err := pool.AddMember(add(t, v, "a", directortest.NewBackend("a")), 1); err != nil {
		t.Fatal(err)
	}
	_, err := v.Add("second", pool)
	if !errors.Is(err, director.ErrExists) || !strings.Contains(err.Error(), "boot.first") {
		t.Errorf("got %v, want an error that names boot.first", err)
	}
	if known, ok := v.Runtime().Tree().Find("boot.second"); ok {
		t.Errorf("got %v, want nothing added", known)
	}
	if d, _ := v.Runtime().Tree().Find("first"); d.TotalMembers() != 1 {
		t.Errorf("members of first: got %d, want 1", d.TotalMembers())
	}
	if err := first.Delete(); err != nil {
		t.Fatal(err)
	}
}

// What was not added belongs to no director, and may be added after all.
func TestAnImplementationThatWasRefusedMayBeAdded(t *testing.T) {
	v := newVCL(t)
	cold, err := v.Runtime().AddVCL("cold")
	if err != nil {
		t.Fatal(err)
	}
	if err := cold.SetState(director.AlwaysCold); err != nil {
		t.Fatal(err)
	}
	b := directortest.NewBackend("b")
	if _, err := cold.Add("b", b); !errors.Is(err, director.ErrNotWarm) {
		t.Fatalf("got %v, want ErrNotWarm", err)
	}
	d := add(t, v, "b", b)
	if err := d.Delete(); err != nil {
		t.Fatal(err)
	}
	// It was destroyed: its type decides whether it can live again.
	add(t, v, "again", b)
}

// Values have no identity, nor have pointers to nothing.
func TestImplementationsWithoutIdentityMayBeEqual(t *testing.T) {
	v := newVCL(t)
	for _, impl := range []director.Implementation{leaf{}, leaf{}, &leaf{}, &leaf{}} {
		add(t, v, "same", impl)
	}
}
