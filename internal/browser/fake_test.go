package browser

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// fakeT is a test that may fail without failing ours.
type fakeT struct {
	testing.TB // for what is not replaced

	mu       sync.Mutex // guards the fields below
	messages []string
	cleanups []func()
}

// try runs f as a test would be run, cleanups included, and returns the
// messages of its failures.
func try(t *testing.T, f func(testing.TB)) string {
	t.Helper()
	fake := &fakeT{TB: t}
	for _, step := range []func(){
		func() { f(fake) },
		func() {
			for _, c := range slices.Backward(fake.cleanups) {
				c()
			}
		},
	} {
		done := make(chan struct{})
		go func() { // Fatalf ends the goroutine
			defer close(done)
			step()
		}()
		<-done
	}
	return strings.Join(fake.messages, "\n")
}

func (f *fakeT) Helper()          {}
func (f *fakeT) Cleanup(c func()) { f.cleanups = append(f.cleanups, c) }

func (f *fakeT) Errorf(format string, args ...any) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.messages = append(f.messages, fmt.Sprintf(format, args...))
}

func (f *fakeT) Fatalf(format string, args ...any) {
	f.Errorf(format, args...)
	runtime.Goexit()
}

func (f *fakeT) Skipf(format string, args ...any) {
	f.Errorf("skip: "+format, args...)
	runtime.Goexit()
}
