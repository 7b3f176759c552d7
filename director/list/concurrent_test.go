package list_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/list"
)

// counted reports a call after destroy.
type counted struct {
	*directortest.Backend
	t         *testing.T
	mu        sync.Mutex
	destroyed bool
}

func (c *counted) List(bool) director.Listing {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.destroyed {
		c.t.Error("VDIRE-5: listed after destroy")
	}
	return director.Listing{Healthy: true}
}

func (c *counted) Destroy() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.destroyed = true
}

func TestListingDuringChanges(t *testing.T) {
	s := newStage(t)
	rr := lb.NewRoundRobin()
	s.add(s.boot, "rr", rr)
	var changers, listers sync.WaitGroup
	for g := range 4 {
		changers.Go(func() {
			for i := range 200 {
				d, err := s.boot.Add(fmt.Sprintf("b%d_%d", g, i%3), &counted{Backend: directortest.NewBackend("b"), t: t})
				if err != nil {
					t.Error(err)
					return
				}
				slot, err := rr.AddMember(d, 0)
				if err != nil {
					t.Error(err)
					return
				}
				list.RunLine(s.rt, "backend.set_health b* sick")
				if err := d.Delete(); err != nil {
					t.Error(err)
				}
				if err := rr.RemoveMember(slot); err != nil {
					t.Error(err)
				}
			}
		})
	}
	done := make(chan struct{})
	for _, line := range []string{"backend.list -p", "backend.list -j -p *.*", "vcl.list"} {
		listers.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				if status, body := list.RunLine(s.rt, line); status != list.StatusOK {
					t.Errorf("%s: got %d %q", line, status, body)
				}
			}
		})
	}
	changers.Wait()
	close(done)
	listers.Wait()
	directortest.Check(t, s.rt)
}
