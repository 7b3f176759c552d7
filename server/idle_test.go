package server

import (
	"testing"
	"testing/synctest"
	"time"
)

func idleGroup(weight int64) *group {
	g := &group{}
	g.weight.Store(weight)
	return g
}

func TestIdleGroupsAreBoundedByTheirMemory(t *testing.T) {
	idle := idleGroups{linger: time.Hour}
	var groups []*group
	for range 5 {
		g := idleGroup(maxIdleBytes / 4)
		groups = append(groups, g)
		idle.add(g)
	}
	if gone := idle.overdue(); len(gone) != 1 || gone[0] != groups[0] {
		t.Errorf("got %d groups gone, want the one that was idle longest", len(gone))
	}
	idle.remove(groups[2])
	if idle.bytes != 3*maxIdleBytes/4 || idle.list.Len() != 3 {
		t.Errorf("got %d groups of %d bytes, want three quarters in 3", idle.list.Len(), idle.bytes)
	}
	huge := idleGroup(2 * maxIdleBytes)
	idle.add(huge)
	if gone := idle.overdue(); len(gone) != 3 || huge.idle == nil {
		t.Errorf("got %d groups gone, the newest kept: %v; want all but that one", len(gone), huge.idle != nil)
	}
}

func TestIdleGroupsGoWhenTheirTimeIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		idle := idleGroups{linger: time.Minute}
		sweeps := 0
		idle.add(idleGroup(1))
		idle.wake(func() { sweeps++ })
		time.Sleep(40 * time.Second)
		idle.add(idleGroup(1))
		idle.wake(func() { sweeps++ })
		time.Sleep(20 * time.Second)
		synctest.Wait()
		if gone := len(idle.overdue()); sweeps != 1 || gone != 1 {
			t.Errorf("after a minute: got %d sweeps and %d groups gone, want 1 and 1", sweeps, gone)
		}
		idle.woken()
		idle.wake(func() { sweeps++ })
		idle.rest()
		time.Sleep(time.Hour)
		synctest.Wait()
		if sweeps != 1 {
			t.Errorf("at rest: got %d sweeps, want no more", sweeps)
		}
	})
}
