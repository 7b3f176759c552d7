package lb

import (
	"fmt"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

type shardSetup struct {
	Replicas int
	Members  []struct {
		Backend string
		Ident   string
		Weight  float64
	}
}

// addShard makes a shard in one transaction, as VCL's vcl_init does.
func (s *stage) addShard(name string, o ShardOptions, setup shardSetup) *Shard {
	s.t.Helper()
	shard, err := NewShard(o)
	if err != nil {
		s.t.Fatal(err)
	}
	s.add(name, shard)
	c := shard.Change()
	for _, m := range setup.Members {
		if s.byID[m.Backend] == nil {
			s.add(m.Backend, leaf{})
		}
		if err := c.Add(s.byID[m.Backend], ShardMember{Ident: m.Ident, Weight: m.Weight}); err != nil {
			s.t.Fatal(err)
		}
	}
	if _, err := c.Reconfigure(setup.Replicas); err != nil {
		s.t.Fatal(err)
	}
	if err := c.End(); err != nil {
		s.t.Fatal(err)
	}
	return shard
}

func TestRecordedShardRings(t *testing.T) {
	rec := recording[struct {
		Configs map[string]shardSetup
		Rings   map[string][][2]uint64
	}](t, "shard_rings.json")
	for name, want := range rec.Rings {
		t.Run("SHARD-1 SHARD-2 "+name, func(t *testing.T) {
			s := newStage(t)
			shard := s.addShard("sh", ShardOptions{}, rec.Configs[name])
			got := shard.current().ring
			if got.len() != len(want) {
				t.Fatalf("got %d points, want %d", got.len(), len(want))
			}
			for i, w := range want {
				if point := got.points[i] >> 32; point != w[0] || got.owner(i) != int(w[1]) {
					t.Fatalf("point %d: got %d of member %d, want %d of %d", i, point, got.owner(i), w[0], w[1])
				}
			}
		})
	}
}

type shardPicks struct {
	Config  string
	Alt     int
	Healthy string
	Sick    []string
	Picked  []string
}

func TestRecordedShardPicks(t *testing.T) {
	rec := recording[struct {
		Configs     map[string]shardSetup
		KeyStrings  []string `json:"key_strings"`
		KeyOfString []uint32 `json:"key_of_string"`
		KeyInts     []uint32 `json:"key_ints"`
		Cases       []shardPicks
	}](t, "shard_director.json")
	for i, key := range rec.KeyStrings {
		if got := Hash32([]byte(key)); got != rec.KeyOfString[i] {
			t.Errorf("HASH-1 key %q: got %d, want %d", key, got, rec.KeyOfString[i])
		}
	}
	keys := append(slices.Clone(rec.KeyOfString), rec.KeyInts...)
	for name, setup := range rec.Configs {
		t.Run("SHARD-3 SHARD-4 SHARD-5 SHARD-6 SHARD-7 "+name, func(t *testing.T) {
			s := newStage(t)
			shard := s.addShard("sh", ShardOptions{}, setup)
			for _, c := range rec.Cases {
				if c.Config == name {
					s.replayShard(shard, keys, c)
				}
			}
		})
	}
}

func (s *stage) replayShard(shard *Shard, keys []uint32, c shardPicks) {
	s.t.Helper()
	modes := map[string]Healthy{"CHOSEN": Chosen, "ALL": All, "IGNORE": Ignore}
	s.onlySick(c.Sick)
	call := Params{}.Alt(c.Alt).Healthy(modes[c.Healthy]).Warmup(0).Rampup(false)
	for i, want := range c.Picked {
		if got := dropped(shard.Pick(nil, call.Key(keys[i]))); got != want {
			s.t.Fatalf("alt %d %s sick %v key %d: got %q, want %q", c.Alt, c.Healthy, c.Sick, keys[i], got, want)
		}
	}
}

func TestRecordedShardByURL(t *testing.T) {
	rec := recording[struct {
		Members []string
		Rows    []struct {
			URL   string
			ByURL string `json:"by_url_vcl_recv"`
		}
	}](t, "shard_by_url.json")
	s := newStage(t, rec.Members...)
	shard, _ := NewShard(ShardOptions{})
	s.group("sh", shard, rec.Members, nil)
	for _, row := range rec.Rows {
		r, err := http.NewRequest("GET", "http://localhost"+row.URL, nil)
		if err != nil {
			t.Fatal(err)
		}
		if got := dropped(shard.Pick(&director.Task{Request: r}, Params{}.URL())); got != row.ByURL {
			t.Errorf("SHARD-16 by=URL %s: got %s, want %s", row.URL, got, row.ByURL)
		}
	}
}

type warmupCase struct {
	Warmup        float64
	From          string
	Seed          uint32
	Keys          []uint32
	Picked        []string
	WithoutWarmup []string `json:"picked_without_warmup"`
}

func TestRecordedShardWarmup(t *testing.T) {
	rec := recording[struct {
		Members []string
		Cases   []warmupCase
	}](t, "shard_warmup.json")
	for _, c := range rec.Cases {
		t.Run(fmt.Sprintf("SHARD-8 warmup %g by %s", c.Warmup, c.From), func(t *testing.T) {
			replayWarmup(t, rec.Members, c)
		})
	}
}

func replayWarmup(t *testing.T, members []string, c warmupCase) {
	o := ShardOptions{Uniform: newVarnishRandom(c.Seed).double}
	call := Params{}.Rampup(false)
	if c.From == "argument" {
		call = call.Warmup(c.Warmup)
	} else {
		o.Warmup = c.Warmup
	}
	shard, err := NewShard(o)
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, members...)
	s.group("sh", shard, members, nil)
	for i, want := range c.Picked {
		if got := dropped(shard.Pick(nil, call.Key(c.Keys[i]))); got != want {
			t.Fatalf("pick %d of key %d: got %s, want %s", i, c.Keys[i], got, want)
		}
	}
	for i, want := range c.WithoutWarmup {
		if got := dropped(shard.Pick(nil, call.Key(c.Keys[i]).Warmup(0))); got != want {
			t.Fatalf("without warm-up, key %d: got %s, want %s", c.Keys[i], got, want)
		}
	}
}

type rampupCase struct {
	Label      string
	LastChange map[string]float64 `json:"last_change"`
	Seed       uint32
	Picks      []struct {
		Key    uint32
		Now    float64
		Picked string
	}
	WithoutRampup []string `json:"picked_without_rampup"`
}

func TestRecordedShardRampup(t *testing.T) {
	rec := recording[struct {
		Members []string
		Cases   []rampupCase
	}](t, "shard_rampup.json")
	for _, c := range rec.Cases {
		t.Run("SHARD-8 SHARD-9 "+c.Label, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { replayRampup(t, rec.Members, c) })
		})
	}
}

// replayRampup lets the members become healthy, and the picks happen, at the
// recorded distances in time.
func replayRampup(t *testing.T, members []string, c rampupCase) {
	s, shard := rampupStage(t, members, c.Seed)
	byAge := slices.Clone(members)
	slices.SortFunc(byAge, func(a, b string) int {
		return int((c.LastChange["vcl1."+a] - c.LastChange["vcl1."+b]) * 1000)
	})
	start, epoch := time.Now(), c.LastChange["vcl1."+byAge[0]]
	at := func(recorded float64) {
		since := time.Duration((recorded-epoch)*1000+0.5) * time.Millisecond
		time.Sleep(time.Until(start.Add(since)))
	}
	for _, name := range byAge {
		at(c.LastChange["vcl1."+name])
		s.health(name, director.AdminHealthy)
	}
	for i, pick := range c.Picks {
		at(pick.Now)
		if got := dropped(shard.Pick(nil, Params{}.Key(pick.Key).Warmup(0))); got != pick.Picked {
			t.Errorf("pick %d of key %d: got %s, want %s", i, pick.Key, got, pick.Picked)
		}
	}
	for i, want := range c.WithoutRampup {
		call := Params{}.Key(c.Picks[i].Key).Warmup(0).Rampup(false)
		if got := dropped(shard.Pick(nil, call)); got != want {
			t.Errorf("without ramp-up, key %d: got %s, want %s", c.Picks[i].Key, got, want)
		}
	}
}

// rampupStage has a shard with a ramp-up of 30 seconds, none for s2.
func rampupStage(t *testing.T, members []string, seed uint32) (*stage, *Shard) {
	t.Helper()
	s := newStage(t, members...)
	shard, err := NewShard(ShardOptions{Rampup: 30 * time.Second, Uniform: newVarnishRandom(seed).double})
	if err != nil {
		t.Fatal(err)
	}
	s.add("sh", shard)
	change := shard.Change()
	for _, name := range members {
		var m ShardMember
		if name == "s2" {
			m.Rampup = new(time.Duration)
		}
		if err := change.Add(s.byID[name], m); err != nil {
			t.Fatal(err)
		}
	}
	if err := change.End(); err != nil {
		t.Fatal(err)
	}
	return s, shard
}
