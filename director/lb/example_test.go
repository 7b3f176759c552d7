package lb_test

import (
	"context"
	"fmt"
	"net/http"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// A stub stands for a backend.
type stub struct{}

func (stub) Type() string { return "stub" }

// exampleVCL returns a VCL with the named directors.
func exampleVCL(names ...string) (*director.VCL, map[string]*director.Director) {
	vcl, err := director.New(director.Options{}).AddVCL("boot")
	if err != nil {
		panic(err)
	}
	all := make(map[string]*director.Director)
	for _, name := range names {
		if all[name], err = vcl.Add(name, stub{}); err != nil {
			panic(err)
		}
	}
	return vcl, all
}

// who returns the name of what is held and lets go of it.
func who(h director.Hold) string {
	defer h.Drop()
	if h.IsZero() {
		return "nobody"
	}
	return h.Director().Name()
}

func ExampleNewRoundRobin() {
	vcl, all := exampleVCL("a", "b", "c")
	defer vcl.Runtime().Close(context.Background())
	pool := lb.NewRoundRobin()
	if _, err := vcl.Add("pool", pool); err != nil {
		panic(err)
	}
	for _, name := range []string{"a", "b", "c"} {
		if _, err := pool.AddMember(all[name], 0); err != nil {
			panic(err)
		}
	}
	fmt.Println(who(pool.Resolve(nil)), who(pool.Resolve(nil)))
	all["c"].SetHealth(director.AdminSick)
	fmt.Println(who(pool.Resolve(nil)), who(pool.Resolve(nil)))
	// Output:
	// a b
	// a b
}

func ExampleShardChange() {
	vcl, all := exampleVCL("a", "b", "c")
	defer vcl.Runtime().Close(context.Background())
	shard, err := lb.NewShard(lb.ShardOptions{})
	if err != nil {
		panic(err)
	}
	if _, err := vcl.Add("cache", shard); err != nil {
		panic(err)
	}
	change := shard.Change()
	for _, name := range []string{"a", "b", "c"} {
		if err := change.Add(all[name], lb.ShardMember{Ident: "node-" + name}); err != nil {
			panic(err)
		}
	}
	fmt.Println("queued:", len(shard.Members()))
	if err := change.End(); err != nil {
		panic(err)
	}
	for _, m := range shard.Members() {
		fmt.Println(m.Ident, m.Points)
	}
	// Output:
	// queued: 0
	// node-a 67
	// node-b 67
	// node-c 67
}

func ExampleShard_ForTask() {
	vcl, all := exampleVCL("a", "b")
	defer vcl.Runtime().Close(context.Background())
	shard, err := lb.NewShard(lb.ShardOptions{})
	if err != nil {
		panic(err)
	}
	if _, err := vcl.Add("cache", shard); err != nil {
		panic(err)
	}
	for _, name := range []string{"a", "b"} {
		if _, err := shard.AddMember(all[name], 1); err != nil {
			panic(err)
		}
	}
	r, err := http.NewRequest("GET", "http://example.com/", nil)
	if err != nil {
		panic(err)
	}
	key := lb.Params{}.Key(lb.Hash32([]byte("alice")))
	first := who(shard.Pick(&director.Task{Request: r.WithContext(shard.ForTask(r.Context(), key))}, lb.Params{}))
	second := who(shard.Pick(&director.Task{Request: r}, key.Alt(1)))
	fmt.Println(first != second)
	// Output: true
}

func ExampleNew() {
	impl, err := lb.New("fallback", map[string]string{"sticky": "true"})
	fmt.Println(impl.Type(), err)
	_, err = lb.New("fallback", map[string]string{"sticky": "perhaps"})
	fmt.Println(err)
	// Output:
	// fallback <nil>
	// director type fallback: option "sticky": invalid: strconv.ParseBool: parsing "perhaps": invalid syntax
}
