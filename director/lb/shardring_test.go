package lb

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// bisect is shard_lookup of Varnish, the reference for ring.lookup. On points
// that are equal it finds any of them.
func bisect(points []uint32, key uint32) int {
	n := len(points)
	low, high := 0, n
	for {
		switch i := (low + high) / 2; {
		case points[i] == key:
			return i
		case i == n-1:
			return n - 1
		case points[i] < key && points[i+1] >= key:
			return i + 1
		case points[i] > key && i == 0:
			return 0
		case points[i] > key:
			high = i
		default:
			low = i
		}
	}
}

// ringOf returns a ring whose members have the given points, made at once.
func ringOf(members [][]uint32) *ring {
	added := make(map[int][]uint32)
	for i, points := range members {
		added[i] = points
	}
	return noShard.ring.with(nil, added)
}

func TestLookupIsVarnishsBisection(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for range 1000 {
		// Rings of few points, in few places, show the quirks.
		distinct := make(map[uint32]bool)
		for range 1 + random.IntN(12) {
			p := random.Uint32()
			switch random.IntN(4) {
			case 0:
				p >>= 28
			case 1:
				p |= 0xfffffff0
			}
			distinct[p] = true
		}
		var points []uint32
		for p := range distinct {
			points = append(points, p)
		}
		slices.Sort(points)
		r := ringOf([][]uint32{points})
		keys := []uint32{0, 1, 1<<32 - 1, random.Uint32(), random.Uint32()}
		for _, p := range points {
			keys = append(keys, p-1, p, p+1)
		}
		for _, key := range keys {
			if got, want := r.lookup(key), bisect(points, key); got != want {
				t.Fatalf("SHARD-3 key %d on %v: got %d, want %d", key, points, got, want)
			}
		}
	}
}

func TestLookupInARingOfEqualPoints(t *testing.T) {
	same := make([]uint32, 100)
	for i := range same {
		same[i] = 5
	}
	r := ringOf([][]uint32{same, {7}})
	for key, want := range map[uint32]int{0: 0, 5: 0, 6: 100, 8: 100} {
		if got := r.lookup(key); got != want {
			t.Errorf("SHARD-3 key %d: got point %d, want %d", key, got, want)
		}
	}
}

func TestRingOfAChangeIsThatOfAllMembersAtOnce(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	var members [][]uint32
	r := noShard.ring
	for round := range 200 {
		moved := make([]int, len(members))
		var next [][]uint32
		for i := range members {
			moved[i] = -1
			if random.IntN(5) > 0 {
				moved[i] = len(next)
				next = append(next, members[i])
			}
		}
		added := make(map[int][]uint32)
		for range random.IntN(3) {
			points := pointsOf(fmt.Sprint("m", round, len(next)), 1+random.IntN(20))
			added[len(next)] = points
			next = append(next, points)
		}
		members = next
		r = r.with(moved, added)
		if want := ringOf(members); !slices.Equal(r.points, want.points) || !slices.Equal(r.guide, want.guide) {
			t.Fatalf("SHARD-1 round %d: the ring differs from one made at once", round)
		}
	}
}

// plainPick is SHARD-4 and SHARD-5 word for word, with a set of those seen.
func plainPick(r *ring, key uint32, alt int, mode Healthy, healthy []bool) (last int) {
	at, seen, previous := r.lookup(key), make(map[int]bool), -1
	last = -1
	next := func(skip int, needHealthy bool) bool {
		for len(seen) < len(healthy) {
			m := r.owner(at)
			at = (at + 1) % r.len()
			if seen[m] {
				continue
			}
			seen[m] = true
			if healthy[m] || !needHealthy {
				if skip == 0 {
					if last >= 0 {
						previous = last
					}
					last = m
					return true
				}
				if healthy[m] {
					previous = m
				}
				skip--
			}
		}
		return false
	}
	if alt > 0 && !next(alt-1, mode == All) || !next(0, mode != Ignore) {
		return previous
	}
	return last
}

func TestPickIsThePlainWalk(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for range 300 {
		n := 1 + random.IntN(8)
		if random.IntN(20) == 0 {
			n = 1100 // more than the walk keeps on its stack
		}
		members, table := make([][]uint32, n), &shardTable{members: make([]shardMember, n), healthy: make([]bool, n)}
		for i := range members {
			members[i] = pointsOf(fmt.Sprint("m", i), 1+random.IntN(5))
			if table.healthy[i] = random.IntN(3) > 0; table.healthy[i] {
				table.up++
			}
		}
		table.ring = ringOf(members)
		shard, _ := NewShard(ShardOptions{})
		for range 50 {
			mode := Healthy(random.IntN(3))
			alt, key := random.IntN(n), random.Uint32()
			p := Params{}.Alt(alt).Healthy(mode).or(builtinParams)
			if got, want := shard.choose(table, &p, key), plainPick(table.ring, key, alt, mode, table.healthy); got != want {
				t.Fatalf("SHARD-4 SHARD-5 key %d alt %d %s healthy %v: got %d, want %d", key, alt, mode, table.healthy, got, want)
			}
		}
	}
}

// A change of one member moves only keys of that member: what the ring is for.
func TestAChangeMovesFewKeys(t *testing.T) {
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"}
	s := newStage(t, append(names, "new")...)
	shard, _ := NewShard(ShardOptions{})
	s.group("sh", shard, names, nil)
	before := make([]string, 2000)
	for i := range before {
		before[i] = dropped(shard.Pick(nil, Params{}.Key(uint32(i)*2147483)))
	}
	s.member("sh", "new", 1)
	moved := 0
	for i, was := range before {
		switch is := dropped(shard.Pick(nil, Params{}.Key(uint32(i)*2147483))); {
		case is == was:
		case is == "new":
			moved++
		default:
			t.Fatalf("SHARD-1 key %d went from %s to %s, want it to stay or go to the new member", i, was, is)
		}
	}
	if moved == 0 || moved > 400 {
		t.Errorf("SHARD-1: %d of 2000 keys moved to the eleventh member, want about 180", moved)
	}
}
