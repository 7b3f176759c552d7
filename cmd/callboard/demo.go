package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/callboard/callboard/cmd/callboard/internal/demo"
	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/server"
)

var demoCommand = command{
	name: "demo", args: "[flags]", short: "run a tree to play with: real backends, steady traffic, the board",
	prepare: func(flags *flag.FlagSet) func(context.Context, env, []string) error {
		var board boardFlags
		board.define(flags)
		quiet := flags.Bool("quiet-traffic", false, "send no requests through the tree")
		return func(ctx context.Context, e env, args []string) error {
			if len(args) > 0 {
				return usagef("%q is not expected", args[0])
			}
			return runDemo(ctx, e, board, *quiet)
		}
	},
}

func runDemo(ctx context.Context, e env, board boardFlags, quiet bool) error {
	l, err := board.listen()
	if err != nil {
		return err
	}
	backends, err := demo.NewBackends("a1", "a2", "a3", "b1", "b2", "c1")
	if err != nil {
		l.close()
		return err
	}
	defer backends.Close()
	rt := director.New(director.Options{Name: "demo"})
	if err := demoTree(rt, backends); err != nil {
		l.close()
		return errors.Join(err, rt.Close(ctx))
	}
	var traffic sync.WaitGroup
	defer traffic.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if !quiet {
		traffic.Go(func() {
			client := &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}
			defer client.CloseIdleConnections()
			(&demo.Traffic{URL: url(l.proxy), Client: client}).Run(ctx)
		})
	}
	return board.serve(ctx, e, l, shown{rt: rt, faults: faults{backends}})
}

// faults makes the demo's backends fail from the page.
type faults struct{ backends *demo.Backends }

// CanFail implements [server.FaultInjector].
func (f faults) CanFail(d *tree.Director) bool { return f.behind(d) != "" }

// SetFailing implements [server.FaultInjector].
func (f faults) SetFailing(d *tree.Director, failing bool) error {
	return f.backends.SetFailing(f.behind(d), failing)
}

// behind returns the name of the demo's server that a backend sends its requests
// to, "" for another one's: it is the address that counts, since any director may
// have the name of another.
func (f faults) behind(d *tree.Director) string {
	var made struct {
		Backend struct {
			Host string
			Port int
		}
	}
	if json.Unmarshal(d.Config, &made) != nil {
		return "" // no record of how it was made
	}
	return f.backends.At(net.JoinHostPort(made.Backend.Host, strconv.Itoa(made.Backend.Port)))
}

// A demoPool is a load-balancing director of the demo, and a demoMember one of
// its members.
type (
	demoPool struct {
		name, kind string
		members    []demoMember
	}
	demoMember struct {
		name   string
		weight float64
	}
)

// demoPools are in the order in which they are added: members before those that
// hold them.
var demoPools = []demoPool{
	{"pool_a", "round-robin", []demoMember{{"a1", 1}, {"a2", 1}, {"a3", 1}}},
	{"pool_b", "random", []demoMember{{"b1", 2}, {"b2", 1}}},
	{"cache", "shard", []demoMember{{"a1", 1}, {"a2", 1}, {"a3", 1}}},
	{"site", "fallback", []demoMember{{"pool_a", 1}, {"pool_b", 1}, {"c1", 1}}},
}

// demoTree builds the tree of the demo in a VCL named boot.
func demoTree(rt *director.Runtime, backends *demo.Backends) error {
	boot, err := rt.AddVCL("boot")
	if err != nil {
		return err
	}
	directors := make(map[string]*director.Director)
	for _, name := range backends.Names() {
		if directors[name], err = demoBackend(boot, name, backends.Addr(name)); err != nil {
			return err
		}
	}
	for _, p := range demoPools {
		if directors[p.name], err = p.add(boot, directors); err != nil {
			return fmt.Errorf("demo: %s: %w", p.name, err)
		}
	}
	return boot.SetDefault(directors["site"])
}

// demoBackend adds a backend whose probe is quick enough for a change to be
// seen within a second: two bad ones of four make it sick.
func demoBackend(v *director.VCL, name, address string) (*director.Director, error) {
	host, portText, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	port, err := strconv.Atoi(portText)
	if err != nil {
		return nil, err
	}
	return demoAdd(v, name, "backend", &backend.Config{
		Host: host, Port: port,
		Probe: &backend.ProbeConfig{
			URL:       "/health",
			Interval:  backend.Duration(250 * time.Millisecond),
			Timeout:   backend.Duration(time.Second),
			Window:    4,
			Threshold: 3,
		},
	})
}

// demoAdd adds a director in such a way that its delete can be undone.
func demoAdd(v *director.VCL, name, kind string, b *backend.Config) (*director.Director, error) {
	return server.AddDirector(v, name, kind, b, nil)
}

func (p demoPool) add(v *director.VCL, directors map[string]*director.Director) (*director.Director, error) {
	d, err := demoAdd(v, p.name, p.kind, nil)
	if err != nil {
		return nil, err
	}
	group, err := d.Group()
	if err != nil {
		return nil, err
	}
	for _, m := range p.members {
		if _, err := group.AddMember(directors[m.name], m.weight); err != nil {
			return nil, err
		}
	}
	return d, nil
}
