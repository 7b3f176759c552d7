package lb

import (
	"errors"
	"testing"

	"github.com/callboard/callboard/director"
)

func TestShardChangesTakeEffectTogether(t *testing.T) {
	s, shard := shardStage(t, "a", "b", "c")
	c := shard.Change()
	s.queue(c, "a", "b")
	s.wantIdents("SHARD-11 queued only", shard)
	if _, err := c.Reconfigure(10); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("SHARD-11 applied", shard, "a", "b")
	s.queue(c, "c")
	s.wantIdents("SHARD-11 queued again", shard, "a", "b")
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("SHARD-11 end of the task", shard, "a", "b", "c")
	if got := shard.current().ring.len(); got != 10+10+67 {
		t.Errorf("SHARD-13 others keep their replicas: got %d points, want 87", got)
	}
}

func TestShardReconfigure(t *testing.T) {
	s, shard := shardStage(t, "a")
	c := shard.Change()
	s.queue(c, "a")
	for _, replicas := range []int{0, -1} {
		if _, err := c.Reconfigure(replicas); !errors.Is(err, director.ErrInvalid) {
			t.Errorf("SHARD-12 %d replicas: got %v, want ErrInvalid", replicas, err)
		}
	}
	if _, err := c.Reconfigure(5); err != nil {
		t.Fatalf("SHARD-12 what was queued stays queued: %v", err)
	}
	if _, err := c.Reconfigure(50); err != nil || shard.current().ring.len() != 5 {
		t.Errorf("SHARD-12 nothing queued: got %d points, %v, want 5 as before", shard.current().ring.len(), err)
	}
}

func TestShardClearVoidsWhatCameBefore(t *testing.T) {
	s, shard := shardStage(t, "a", "b", "c")
	c := shard.Change()
	s.queue(c, "a")
	c.Clear()
	s.queue(c, "b", "c")
	if err := c.End(); err != nil {
		t.Fatal(err)
	}
	s.wantIdents("SHARD-13", shard, "b", "c")
	c.Clear()
	if err := c.End(); !errors.Is(err, ErrNoMembers) {
		t.Errorf("SHARD-14 nobody left: got %v, want ErrNoMembers", err)
	}
	if got := dropped(shard.Pick(nil, Params{}.Key(1))); got != "" {
		t.Errorf("SHARD-14 pick of no members: got %q", got)
	}
	for d := range s.rt.Sample().Directors() {
		if d.Refcount() != 1 {
			t.Errorf("SHARD-15 %s: got %d references, want the owner's", d.Name, d.Refcount())
		}
	}
}

func TestShardSkipsWhatExists(t *testing.T) {
	s, shard := shardStage(t, "a", "b")
	add := func(name, ident string) []string {
		t.Helper()
		c := shard.Change()
		if err := c.Add(s.byID[name], ShardMember{Ident: ident}); err != nil {
			t.Fatal(err)
		}
		skipped, err := c.Reconfigure(10)
		if err != nil {
			t.Fatal(err)
		}
		return skipped
	}
	for _, c := range []struct {
		name, ident string
		skipped     bool
	}{{"a", "", false}, {"a", "", true}, {"a", "x", false}, {"b", "x", true}, {"b", "a", true}, {"b", "", false}, {"a", "b", true}} {
		if got := add(c.name, c.ident); (len(got) > 0) != c.skipped {
			t.Errorf("SHARD-13 add %s as %q: skipped %v, want %t", c.name, c.ident, got, c.skipped)
		}
	}
	s.wantIdents("SHARD-13", shard, "a", "x", "b")
	if _, err := shard.AddMember(s.byID["a"], 1); !errors.Is(err, director.ErrExists) {
		t.Errorf("SHARD-13 from outside: got %v, want ErrExists", err)
	}
	want := map[string]int64{"a": 3, "b": 2, "sh": 1}
	for d := range s.rt.Sample().Directors() {
		if d.Refcount() != want[d.Name] {
			t.Errorf("SHARD-15 skipped adds leak nothing: %s has %d references, want %d", d.Name, d.Refcount(), want[d.Name])
		}
	}
}

func TestShardNamesakesAreDifferentMembers(t *testing.T) {
	s, shard := shardStage(t)
	for range 2 { // a backend and the one that replaces it, under one name
		d := s.add("twin", leaf{})
		if _, err := shard.AddMember(d, 1); err != nil {
			t.Errorf("SHARD-13: %v", err)
		}
	}
	s.wantIdents("SHARD-13 two nameless entries are the same only if the director is", shard, "twin", "twin")
}
