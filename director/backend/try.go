package backend

import (
	"context"
	"fmt"
	"time"
)

// A Trial is what came of trying a probe.
type Trial struct {
	// Good reports whether the probe would count it as good.
	Good bool
	// Status is that of the answer, 0 if none came.
	Status int
	// Took is how long it took, until the answer was whole or the poke had failed.
	Took time.Duration
	// Reason is the first line of the answer, or what went wrong.
	Reason string
}

// TryProbe pokes a backend once as its probe would, without adding it. It needs
// c.Probe, and fails with a [FieldError] as [New] does; a poke that goes wrong is
// no error.
func TryProbe(ctx context.Context, c Config) (Trial, error) {
	if c.Probe == nil {
		return Trial{}, &FieldError{"probe", "there is no probe to try"}
	}
	b, err := New(c)
	if err != nil {
		return Trial{}, err
	}
	start := time.Now()
	p := b.poke(ctx)
	t := Trial{Good: p.marks[mapHappy], Took: time.Since(start), Reason: p.words()}
	if p.marks[mapGoodRecv] {
		t.Status, t.Took = statusOf(p.text), p.took
		if !t.Good {
			t.Reason = fmt.Sprintf("%s, where %d is expected", p.text, b.config.Probe.ExpectedResponse)
		}
	}
	return t, nil
}
