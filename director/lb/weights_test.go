package lb

import (
	"math"
	"math/rand/v2"
	"net/http"
	"testing"

	"github.com/callboard/callboard/director"
)

// shareTable returns a table as picks by weight read it.
func shareTable(weights []float64, healthy []bool) *table {
	t := &table{}
	for i, w := range weights {
		if healthy[i] && w > 0 {
			t.up = append(t.up, int32(i))
			t.weights = append(t.weights, w)
		}
	}
	t.indexWeights()
	return t
}

// plainShare is RND-1 word for word (vdir_pick_by_weight).
func plainShare(u float64, weights []float64, healthy []bool) int {
	total := 0.0
	for i, w := range weights {
		if healthy[i] {
			total += w
		}
	}
	if total <= 0 {
		return -1
	}
	sum := 0.0
	for i, w := range weights {
		if !healthy[i] {
			continue
		}
		if sum += w; u*total < sum {
			return i
		}
	}
	return -1
}

func TestGuidedShareIsThePlainOne(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 2000 {
		n := 1 + random.IntN(40)
		weights, healthy := make([]float64, n), make([]bool, n)
		for i := range weights {
			healthy[i] = random.IntN(3) > 0
			switch random.IntN(4) {
			case 0:
				weights[i] = float64(random.IntN(3))
			case 1:
				weights[i] = math.Ldexp(random.Float64(), random.IntN(60)-30)
			default:
				weights[i] = random.Float64()
			}
		}
		table := shareTable(weights, healthy)
		for k := range 60 {
			u := random.Float64()
			if k < 20 {
				u = float64(random.IntN(64)) / 64 // on the buckets' borders
			}
			if got, want := table.share(u), plainShare(u, weights, healthy); got != want {
				t.Fatalf("RND-1 u %v weights %v healthy %v: got %d, want %d", u, weights, healthy, got, want)
			}
		}
	}
}

func TestRandomDrawsOnceForEachPick(t *testing.T) {
	draws := 0
	s := newStage(t, "a", "b")
	s.group("ra", NewRandom(func() float64 { draws++; return 0.5 }), []string{"a", "b"}, []float64{1, 0})
	s.wantPicks("RND-1 no weight, no picks", "ra", "a", "a")
	s.health("a", director.AdminSick)
	s.wantPicks("RND-1 total weight 0", "ra", "")
	s.health("b", director.AdminSick)
	s.wantPicks("RND-1 none healthy", "ra", "")
	if draws != 4 {
		t.Errorf("RND-1: got %d numbers drawn for 4 picks", draws)
	}
}

func TestRandomSharesByWeight(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	s := newStage(t, "a", "b", "c")
	s.group("ra", NewRandom(random.Float64), []string{"a", "b", "c"}, []float64{1, 3, 6})
	counts := make(map[string]float64)
	for _, name := range s.picks("ra", 10000) {
		counts[name]++
	}
	for name, share := range map[string]float64{"a": 0.1, "b": 0.3, "c": 0.6} {
		if got := counts[name] / 10000; math.Abs(got-share) > 0.02 {
			t.Errorf("RND-1 %s: got %.3f of the picks, want %.1f", name, got, share)
		}
	}
}

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequest("GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestHashResolvesByItsKey(t *testing.T) {
	s := newStage(t, "a", "b", "c", "d", "e")
	members := []string{"a", "b", "c", "d", "e"}
	byURL, byUser := NewHash(""), NewHash("x-user")
	s.group("url", byURL, members, nil)
	s.group("user", byUser, members, nil)
	for _, path := range []string{"/", "/a", "/b?q=1", "/a%2Fb", "/%7Euser/?"} {
		r := request(t, "http://h"+path)
		if got, want := s.pick("url", r), dropped(byURL.Pick(path)); got != want {
			t.Errorf("HASH-2 URL %s: got %s, want %s", path, got, want)
		}
	}
	for _, user := range []string{"", "alice", "bob"} {
		r := request(t, "http://h/")
		if user != "" {
			r.Header.Set("X-User", user)
		}
		if got, want := s.pick("user", r), dropped(byUser.Pick(user)); got != want {
			t.Errorf("HASH-2 user %q: got %s, want %s", user, got, want)
		}
	}
	if got, want := s.pick("url", nil), dropped(byURL.Pick("")); got != want {
		t.Errorf("HASH-2 no request: got %s, want %s", got, want)
	}
	s.onlySick(members)
	s.wantPicks("HASH-3 all sick", "url", "")
}

func TestHashOfStringsIsThatOfTheirBytes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 500 {
		var whole []byte
		var parts []string
		for range random.IntN(4) {
			part := make([]byte, random.IntN(600))
			for i := range part {
				part[i] = byte(random.Uint32())
			}
			whole, parts = append(whole, part...), append(parts, string(part))
		}
		if got, want := hashStrings(parts...), Hash32(whole); got != want {
			t.Fatalf("HASH-1 of %d parts, %d bytes: got %d, want %d", len(parts), len(whole), got, want)
		}
	}
}
