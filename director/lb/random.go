package lb

import (
	"math/rand/v2"

	"github.com/callboard/callboard/director"
)

// Random takes a healthy member by chance, each as often as its share of the
// weights says, as vmod_directors_random.c does. A member of weight 0 is never
// taken.
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
	return &Random{members: members{kind: byWeight}, uniform: uniform}
}

func randomType() Type {
	return Type{
		Name: "random", Help: "takes a healthy member by chance, by weight", Weighted: true,
		make: func(options) (director.Implementation, error) { return NewRandom(nil), nil },
	}
}

// Type implements [director.Implementation].
func (*Random) Type() string { return "random" }

// Resolve implements [director.Resolver]. It draws one number for each pick,
// whether or not any member is healthy.
func (r *Random) Resolve(task *director.Task) director.Hold {
	u := r.uniform()
	t := r.current()
	if task.Retrying() {
		return t.againByWeight(task, u)
	}
	i := t.share(u)
	if i < 0 {
		return director.Hold{}
	}
	return t.hold(i)
}
