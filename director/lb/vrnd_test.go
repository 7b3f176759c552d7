package lb

import "testing"

// A varnishRandom is Varnish's seedable generator (lib/libvarnish/vrnd.c, after
// BSD's random(3)): it reproduces what the recordings drew after the command
// debug.srandom. It belongs to one goroutine.
type varnishRandom struct {
	state       [31]uint32
	front, rear int
}

func newVarnishRandom(seed uint32) *varnishRandom {
	r := &varnishRandom{front: 3}
	r.state[0] = seed
	for i := 1; i < len(r.state); i++ {
		r.state[i] = parkMiller(r.state[i-1])
	}
	for range 310 {
		r.next()
	}
	return r
}

func parkMiller(previous uint32) uint32 {
	x := int32(previous%0x7ffffffe) + 1
	x = 16807*(x%127773) - 2836*(x/127773)
	if x < 0 {
		x += 0x7fffffff
	}
	return uint32(x - 1)
}

// next returns 31 random bits.
func (r *varnishRandom) next() uint32 {
	r.state[r.front] += r.state[r.rear]
	bits := r.state[r.front] >> 1
	r.front = (r.front + 1) % len(r.state)
	r.rear = (r.rear + 1) % len(r.state)
	return bits
}

// single is what the random director draws.
func (r *varnishRandom) single() float64 { return float64(r.next()) / (1 << 31) }

// double is what the shard director draws.
func (r *varnishRandom) double() float64 {
	high := float64(r.next())
	return high/(1<<31) + float64(r.next())/(1<<62)
}

func TestSeededGeneratorReproducesTheRecordings(t *testing.T) {
	check := func(t *testing.T, seed uint32, want []uint32) {
		t.Helper()
		r := newVarnishRandom(seed)
		for i, w := range want {
			if got := r.next(); got != w {
				t.Fatalf("RNG-1 seed %d, number %d: got %d, want %d", seed, i, got, w)
			}
		}
		if len(want) == 0 {
			t.Fatal("nothing recorded")
		}
	}
	type seeded struct {
		Seed     uint32
		Random31 []uint32
	}
	for _, c := range recording[struct{ Cases []seeded }](t, "random_director.json").Cases {
		check(t, c.Seed, c.Random31)
	}
	for _, c := range recording[struct{ Cases []seeded }](t, "shard_rampup.json").Cases {
		check(t, c.Seed, c.Random31)
	}
	check(t, 5, recording[seeded](t, "shard_warmup.json").Random31)
}
