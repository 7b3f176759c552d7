package list_test

import (
	"context"
	"fmt"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/list"
)

func ExampleRunLine() {
	rt := director.New(director.Options{})
	defer rt.Close(context.Background())
	boot, err := rt.AddVCL("boot")
	if err != nil {
		panic(err)
	}
	for _, name := range []string{"a1", "a2"} {
		if _, err := boot.Add(name, directortest.NewBackend(name)); err != nil {
			panic(err)
		}
	}
	for _, line := range []string{"backend.set_health a* sick", "backend.set_health b* sick", "vcl.list"} {
		status, body := list.RunLine(rt, line)
		fmt.Printf("%d %q\n", status, body)
	}
	// Output:
	// 200 ""
	// 106 "No Backends matches"
	// 200 "active   auto   warm   0   boot\n"
}
