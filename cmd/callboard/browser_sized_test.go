package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/server"
)

// sizedState is a tree of so many directors: a fallback over pools over
// backends.
func sizedState(n int, query string) func(*testing.T) scene {
	return func(t *testing.T) scene {
		rt := director.New(director.Options{Name: "shop"})
		t.Cleanup(func() {
			if err := rt.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		if err := growTree(rt, n); err != nil {
			t.Fatal(err)
		}
		board, err := server.New(server.Options{Runtime: rt})
		if err != nil {
			t.Fatal(err)
		}
		site := httptest.NewServer(board)
		t.Cleanup(func() {
			if err := board.Close(context.Background()); err != nil {
				t.Error(err)
			}
			site.Close()
		})
		return scene{open: (&running{t: t}).live(site.URL + "/i/shop/" + query)}
	}
}

// growTree adds n directors: site over pools of a like number of backends each,
// and what is left over directly below it. Every seventh backend is sick.
func growTree(rt *director.Runtime, n int) error {
	boot, err := rt.AddVCL("boot")
	if err != nil {
		return err
	}
	if n == 1 {
		d, err := addOrigin(boot, "origin")
		if err != nil {
			return err
		}
		return boot.SetDefault(d)
	}
	pools := 1
	for (pools+1)*(pools+2) < n {
		pools++
	}
	site, err := boot.Add("site", lb.NewFallback(false))
	if err != nil {
		return err
	}
	each := (n-1)/pools - 1
	for p := range pools {
		if err := growPool(boot, site, fmt.Sprintf("pool_%d", p+1), each); err != nil {
			return err
		}
	}
	for i := range n - 1 - pools*(each+1) {
		if err := growBackend(boot, site, fmt.Sprintf("spare_%d", i+1), false); err != nil {
			return err
		}
	}
	return boot.SetDefault(site)
}

func growPool(boot *director.VCL, site *director.Director, name string, backends int) error {
	pool, err := boot.Add(name, lb.NewRoundRobin())
	if err != nil {
		return err
	}
	for i := range backends {
		if err := growBackend(boot, pool, fmt.Sprintf("%s_%d", strings.Replace(name, "pool", "web", 1), i+1), i%7 == 6); err != nil {
			return err
		}
	}
	return join(site, pool)
}

func growBackend(boot *director.VCL, pool *director.Director, name string, sick bool) error {
	d, err := addOrigin(boot, name)
	if err != nil {
		return err
	}
	if sick {
		if err := d.SetHealth(director.AdminSick); err != nil {
			return err
		}
	}
	return join(pool, d)
}

// addOrigin adds a backend that nobody asks.
func addOrigin(boot *director.VCL, name string) (*director.Director, error) {
	origin, err := backend.New(backend.Config{Host: "127.0.0.1", Port: 9001})
	if err != nil {
		return nil, err
	}
	return boot.Add(name, origin)
}

func join(pool, member *director.Director) error {
	group, err := pool.Group()
	if err != nil {
		return err
	}
	_, err = group.AddMember(member, 1)
	return err
}
