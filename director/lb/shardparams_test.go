package lb

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director"
)

func TestShardKeys(t *testing.T) {
	r := request(t, "http://Example.COM/a/b?q=1")
	r.Header.Set("X-User", "alice")
	digest := sha256.Sum256([]byte("/a/b?q=1\x00example.com\x00"))
	for _, c := range []struct {
		name string
		p    Params
		want uint32
	}{
		{"HASH is the digest of URL and host", Params{}.Hash(), binary.BigEndian.Uint32(digest[:])},
		{"URL", Params{}.URL(), Hash32([]byte("/a/b?q=1"))},
		{"KEY", Params{}.Key(1<<32 - 1), 1<<32 - 1},
		{"BLOB of more than four bytes", Params{}.Blob([]byte{1, 2, 3, 4, 5}), 0x01020304},
		{"BLOB of fewer", Params{}.Blob([]byte{1, 2}), 0x0102},
		{"BLOB of none", Params{}.Blob(nil), 0},
		{"header", Params{}.Header("x-user"), Hash32([]byte("alice"))},
		{"header that is not there", Params{}.Header("x-none"), Hash32(nil)},
		{"Host", Params{}.Header("host"), Hash32([]byte("Example.COM"))},
		{"the default is HASH", Params{}, binary.BigEndian.Uint32(digest[:])},
	} {
		p := c.p.or(builtinParams)
		if got := p.keyOf(r); got != c.want {
			t.Errorf("SHARD-16 %s: got %d, want %d", c.name, got, c.want)
		}
	}
	if got := builtinParams; got.by != ByHash || got.alt != 0 || !got.rampup || got.warmup != directorWarmup || got.healthy != Chosen {
		t.Errorf("SHARD-16 defaults: got %+v", got)
	}
}

// A path that came otherwise than net/url would write it is a key as it came.
func TestKeysAreMadeOfTheBytesThatCame(t *testing.T) {
	r := request(t, "http://shop.test/caf%E9?a;b=100%")
	r.URL.Opaque = "/caf\xe9"
	digest := sha256.Sum256([]byte("/caf\xe9?a;b=100%\x00shop.test\x00"))
	byURL, byHash := Params{}.URL().or(builtinParams), Params{}.Hash().or(builtinParams)
	if got, want := byURL.keyOf(r), Hash32([]byte("/caf\xe9?a;b=100%")); got != want {
		t.Errorf("SHARD-16 by URL: got %d, want %d", got, want)
	}
	if got, want := byHash.keyOf(r), binary.BigEndian.Uint32(digest[:]); got != want {
		t.Errorf("SHARD-16 by hash: got %d, want %d", got, want)
	}
}

func TestKeysOfOddRequests(t *testing.T) {
	for _, r := range []*http.Request{nil, {}, {Host: "h"}} {
		for _, p := range []Params{Params{}.Hash(), Params{}.URL(), Params{}.Header("Host")} {
			p.keyOf(r) // has to return something
		}
	}
}

func TestShardParamsPrecedence(t *testing.T) {
	s := newStage(t, "a", "b")
	shard, err := NewShard(ShardOptions{Params: Params{}.URL().Alt(1).Warmup(0.1)})
	if err != nil {
		t.Fatal(err)
	}
	s.add("sh", shard)
	set := NewParamSet(Params{}.Key(1).Alt(2).Healthy(All))
	shard.Associate(set)
	ctx := set.ForTask(context.Background(), Params{}.Key(3).Healthy(Ignore))
	ctx = shard.ForTask(ctx, Params{}.Rampup(false))
	task := &director.Task{Request: request(t, "http://h/").WithContext(ctx)}

	call := Params{}.Healthy(Chosen)
	got := *shard.params(task, &call)
	want := Params{given: givenAll, by: ByKey, key: 3, alt: 2, warmup: 0.1, rampup: false, healthy: Chosen}
	if got != want {
		t.Errorf("SHARD-17 call > task > set > shard > built-in: got %+v, want %+v", got, want)
	}
	set.Clear()
	if got := shard.params(nil, new(Params)); got.by != ByURL || got.alt != 1 || got.healthy != Chosen {
		t.Errorf("SHARD-17 cleared set: got %+v, want the shard's own", got)
	}
	set.Set(Params{}.Alt(7))
	if got := shard.params(nil, new(Params)); got.by != ByURL || got.alt != 7 {
		t.Errorf("SHARD-17 set again: got %+v, want alt 7 and nothing of before", got)
	}
	shard.Associate(nil)
	if got := shard.params(nil, new(Params)); got.alt != 1 {
		t.Errorf("SHARD-17 no set: got %+v, want the shard's own", got)
	}
}

func TestShardParamsReachAShardWithinATree(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	shard, _ := NewShard(ShardOptions{})
	s.group("sh", shard, []string{"a", "b", "c"}, nil)
	s.group("top", NewFallback(false), []string{"sh"}, nil)
	r := request(t, "http://h/")
	for key := range uint32(20) {
		call := Params{}.Key(key << 27)
		with := r.WithContext(shard.ForTask(r.Context(), call))
		if got, want := s.pick("top", with), dropped(shard.Pick(nil, call)); got != want {
			t.Errorf("SHARD-17 LAZY with arguments, key %d: got %s, want %s", key, got, want)
		}
	}
}

func TestShardAlternativesAreLimited(t *testing.T) {
	s := newStage(t, "a", "b", "c")
	shard, _ := NewShard(ShardOptions{})
	s.group("sh", shard, []string{"a", "b", "c"}, nil)
	pick := func(alt int) string { return dropped(shard.Pick(nil, Params{}.Key(7).Alt(alt))) }
	if pick(-5) != pick(0) || pick(99) != pick(2) {
		t.Errorf("SHARD-5: alt -5 %s, 0 %s, 99 %s, 2 %s", pick(-5), pick(0), pick(99), pick(2))
	}
	seen := map[string]bool{pick(0): true, pick(1): true, pick(2): true}
	if len(seen) != 3 {
		t.Errorf("SHARD-4: got %v, want three different members", seen)
	}
}

func TestShardIsHealthyWhileAMemberIs(t *testing.T) {
	s := newStage(t, "a", "b")
	shard, _ := NewShard(ShardOptions{})
	sh := s.group("sh", shard, []string{"a", "b"}, nil)
	s.health("a", director.AdminSick)
	if !sh.Healthy() {
		t.Error("SHARD-18: sick with one healthy member")
	}
	s.health("b", director.AdminSick)
	if sh.Healthy() {
		t.Error("SHARD-18: healthy without healthy members")
	}
	if got := dropped(shard.Pick(nil, Params{}.Key(1).Healthy(Ignore))); got == "" {
		t.Error("SHARD-7 IGNORE: got none, want a sick member")
	}
}

// The ramp-up of a member is over when its whole time has passed, not after.
func TestRampupEndsOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		drawn := 0
		shard, err := NewShard(ShardOptions{Rampup: 30 * time.Second, Uniform: func() float64 { drawn++; return 0.99 }})
		if err != nil {
			t.Fatal(err)
		}
		s := newStage(t, "a", "b")
		s.group("sh", shard, []string{"a", "b"}, nil)
		pick := func() string { return dropped(shard.Pick(nil, Params{}.Key(1).Warmup(0))) }
		first := dropped(shard.Pick(nil, Params{}.Key(1).Warmup(0).Rampup(false)))
		// Only the member chosen first is to be within its ramp-up.
		time.Sleep(time.Minute)
		s.health(first, director.AdminHealthy)
		time.Sleep(30*time.Second - time.Nanosecond)
		if pick(); drawn != 1 {
			t.Errorf("SHARD-8: a moment before the end: %d numbers drawn, want 1", drawn)
		}
		time.Sleep(time.Nanosecond)
		if got := pick(); got != first || drawn != 1 {
			t.Errorf("SHARD-8: at the end: got %s with %d numbers drawn, want %s with no further one", got, drawn, first)
		}
	})
}
