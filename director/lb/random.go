package lb

import (
	"math/rand/v2"
	"sort"

	"github.com/callboard/callboard/director"
)

// Random takes a healthy member by chance, each as often as its share of the
// weights says, as vmod_directors_random.c does.
type Random struct {
	members
	uniform func() float64
}

// NewRandom returns a director without members. The source returns numbers that
// are uniform in [0, 1) and may be called by many goroutines at once; nil means
// that of math/rand/v2.
func NewRandom(uniform func() float64) *Random {
	if uniform == nil {
		uniform = rand.Float64
	}
	return &Random{members: members{weighted: true}, uniform: uniform}
}

// Type implements [director.Implementation].
func (*Random) Type() string { return "random" }

// Resolve implements [director.Resolver]. It draws one number for each pick,
// whether or not any member is healthy.
func (r *Random) Resolve(*director.Task) director.Hold {
	u := r.uniform()
	for range attempts {
		t := r.current()
		i := t.byWeight(u)
		if i < 0 {
			break
		}
		if h := t.slots[i].Hold(); !h.IsZero() {
			return h
		}
	}
	return director.Hold{}
}

// byWeight returns the position of the first healthy member whose cumulative
// weight exceeds the share u of the total, -1 if the total is not positive.
func (t *table) byWeight(u float64) int {
	n := len(t.cumulative)
	if n == 0 || t.cumulative[n-1] <= 0 {
		return -1
	}
	want := u * t.cumulative[n-1]
	return sort.Search(n-1, func(i int) bool { return t.cumulative[i] > want })
}
