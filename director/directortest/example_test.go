package directortest_test

import (
	"fmt"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
)

// A test of a director type adds directors of it, uses them, and checks that
// nothing of them is left.
func Example() {
	t := printed{} // a test has its *testing.T
	rt := director.New(director.Options{})
	vcl, err := rt.AddVCL("boot")
	if err != nil {
		t.Fatal(err)
	}
	events := directortest.Record(rt)
	a, err := vcl.Add("a", directortest.NewBackend("a"))
	if err != nil {
		t.Fatal(err)
	}
	// …
	directortest.Check(t, rt) // nothing held, nothing leaked, nothing running
	fmt.Println(events.Life(t, a.ID()))
	// Output: [added WARM COLD DISCARD deleted released destroyed]
}

// printed prints what a test would be failed with.
type printed struct{ testing.TB }

func (printed) Helper()                           {}
func (printed) Errorf(format string, args ...any) { fmt.Printf(format+"\n", args...) }
func (printed) Fatalf(format string, args ...any) { panic(fmt.Sprintf(format, args...)) }
func (printed) Fatal(args ...any)                 { panic(fmt.Sprint(args...)) }
