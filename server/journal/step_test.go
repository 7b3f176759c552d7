package journal_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/server/journal"
)

// stepping is what step mode holds, as text.
func stepping(s *tree.Snapshot) string {
	var b strings.Builder
	fmt.Fprintf(&b, "on %t\n", s.Stepping)
	for h := range s.Held() {
		fmt.Fprintf(&b, "%d %s before %s, last %+v, since %s\n", h.ID, h.FullName(), h.Before, h.Last, h.Since.UTC())
	}
	return b.String()
}

// A file begins with a state, here one in which directors are held, and goes on
// with events, here of steps.
func TestAFileTellsOfStepMode(t *testing.T) {
	dir := t.TempDir()
	j, err := journal.Open(dir, options())
	must(t, err)
	rt := director.New(director.Options{})
	h := &house{t: t, rt: rt, j: j}
	defer h.close()
	_, err = rt.AddVCL("boot")
	must(t, err, rt.SetStepping(true))
	for _, name := range []string{"a", "b", "c"} {
		must(t, h.add("boot", name, configs[2]).Delete())
	}
	a, b := h.find("a"), h.find("b")
	h.add("boot", "stays", configs[2])
	_, err = a.Next()
	must(t, err)
	must(t, j.Start(rt), j.Close())
	compareFile(t, dir, rt.Tree())

	j, err = journal.Open(dir, options())
	must(t, err, j.Start(rt))
	h.j = j
	_, err = b.Next()
	must(t, err)
	_, err = a.Next()
	must(t, err)
	must(t, j.Close())
	compareFile(t, dir, rt.Tree())
}

func compareFile(t *testing.T, dir string, want *tree.Snapshot) {
	t.Helper()
	j, err := journal.Open(dir, options())
	must(t, err)
	defer j.Close()
	if got, want := full(j.Kept())+stepping(j.Kept()), full(want)+stepping(want); got != want {
		t.Errorf("the file tells\n%swant\n%s", got, want)
	}
}

func TestStepModeDoesNotComeBack(t *testing.T) {
	dir := t.TempDir()
	h, _ := open(t, dir, options(), director.Options{})
	h.add("boot", "gone", configs[0])
	h.add("boot", "pool", configs[2], "gone")
	must(t, h.rt.SetStepping(true), h.find("gone").Delete(), h.j.Close())
	must(t, h.rt.Close(context.Background()))

	h, report := open(t, dir, options(), director.Options{})
	if s := h.rt.Tree(); s.Stepping || s.HeldLen() != 0 || s.Len() != 1 {
		t.Errorf("got %d directors and %s, want pool, and step mode off", s.Len(), stepping(s))
	}
	if want := []string{"slot 1 of boot.pool is empty: gone was deleted"}; !slices.Equal(report.Gone, want) || len(report.Problems) > 0 {
		t.Errorf("gone %q, problems %q, want %q and none", report.Gone, report.Problems, want)
	}
}
