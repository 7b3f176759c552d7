// Package await lets a test wait for what something else brings about. It is
// imported by tests only.
//
// No wait has a limit of time: how long something takes is up to the machine,
// and a busy one is not a fault of what is tested. A wait that takes long says
// so on the screen. One that never ends is ended by the time limit of go test,
// which shows where it stands; scripts/test makes that limit so large that only
// a hang meets it. docs/testing.md has the rules.
package await

import (
	"testing"
	"time"
)

// How long a wait sleeps before it looks again: short at first, because most
// waits are short, and never so long that a test is slow for it.
const (
	shortest = time.Millisecond
	longest  = 20 * time.Millisecond
)

// quiet is how long a wait may take before it says that it still waits.
const quiet = 30 * time.Second

// Until waits until ok reports true. what completes the sentence "the test
// waits until …".
func Until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	defer Say(t, func() string { return "until " + what })()
	for pause := shortest; !ok(); pause = min(2*pause, longest) {
		time.Sleep(pause)
	}
}

// Recv returns the next value of the channel, and fails the test if the channel
// is closed. what completes the sentence "the test waits for …".
func Recv[T any](t testing.TB, what string, from <-chan T) T {
	t.Helper()
	defer Say(t, func() string { return "for " + what })()
	v, open := <-from
	if !open {
		t.Fatalf("the channel was closed before %s came", what)
	}
	return v
}

// Done waits until the channel is closed, or has a value that it takes.
func Done[T any](t testing.TB, what string, done <-chan T) {
	t.Helper()
	defer Say(t, func() string { return "for " + what })()
	<-done
}

// Say tells every half minute on the test's log that the test still waits, and
// what for, until stop is called.
func Say(t testing.TB, what func() string) (stop func()) {
	begun := time.Now()
	return every(quiet, func() {
		t.Logf("still waiting after %s %s", time.Since(begun).Round(time.Second), what())
	})
}

// every calls f again and again, until stop is called. stop waits for a call
// that has begun.
func every(pause time.Duration, f func()) (stop func()) {
	ended, over := make(chan struct{}), make(chan struct{})
	timer := time.AfterFunc(pause, func() {
		defer close(over)
		ticker := time.NewTicker(pause)
		defer ticker.Stop()
		for {
			f()
			select {
			case <-ticker.C:
			case <-ended:
				return
			}
		}
	})
	return func() {
		close(ended)
		if !timer.Stop() {
			<-over
		}
	}
}
