package director

import (
	"fmt"
	"time"

	"github.com/callboard/callboard/director/event"
)

// AdminHealth is what an operator says of a director's health. It wins over
// what the director says of itself.
type AdminHealth string

// The admin states of Varnish's backend.set_health.
const (
	AdminAuto    AdminHealth = "auto"
	AdminHealthy AdminHealth = "healthy"
	AdminSick    AdminHealth = "sick"
)

// Healthy reports whether the director should be given requests. It takes no
// lock and costs the same for any tree: health is pushed upward when it
// changes, never looked up.
func (d *Director) Healthy() bool { return d.healthy.Load() }

// Changed returns when the health last changed, or was set by hand. It takes no
// lock.
func (d *Director) Changed() time.Time { return time.Unix(0, d.changed.Load()) }

// FollowMembers makes the health of the director that of its members: healthy
// while any of them is. A load-balancing type calls it in Bind.
func (d *Director) FollowMembers() {
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	d.follow = true
}

// ReportHealth tells what the type knows of its own health, usually from a
// probe, and why. Until it is called, a director that does not follow its
// members is healthy. Everything that holds the director knows of a change
// before ReportHealth returns.
func (d *Director) ReportHealth(healthy bool, reason string) {
	var after work
	d.rt.mu.Lock()
	d.founded = true
	d.reportLocked(healthy, reason, &after)
	d.rt.mu.Unlock()
	after.run()
}

func (d *Director) reportLocked(healthy bool, reason string, after *work) {
	if d.gone {
		return
	}
	dropped := d.reported && !healthy
	d.reported, d.reason = healthy, reason
	if d.id == 0 || d.retiring {
		return // nobody holds it yet, or any more
	}
	d.updateHealthLocked(after)
	if dropped {
		d.tellLocked(EventSick, after.by)
		after.told = append(after.told, d)
	}
}

// MembersVersion grows by one at least with each change of a member slot and with
// each flip of the health of what one points at. A type that asks before and
// after it has read its members knows whether it has read one state of them.
func (d *Director) MembersVersion() int {
	d.rt.mu.Lock()
	defer d.rt.mu.Unlock()
	return d.version
}

// Reconsider asks a [Healther] again.
func (d *Director) Reconsider() { d.reconsider(nil) }

func (d *Director) reconsider(by *Command) {
	if d.methods.health == nil {
		return
	}
	d.rt.mu.Lock()
	d.version++ // who has asked before this call and not yet told asks again
	d.rt.mu.Unlock()
	for d.ask(by) {
	}
}

// ask asks the type once, and reports whether it has to be asked again.
func (d *Director) ask(by *Command) (again bool) {
	d.rt.mu.Lock()
	asked := d.version
	d.rt.mu.Unlock()
	healthy := false // also when the type panics
	d.call(by, "healthy", func() { healthy = d.methods.health.Healthy() })
	after := work{by: by}
	d.rt.mu.Lock()
	again = asked != d.version && !d.gone // then what was asked is out of date
	if !again {
		d.reportLocked(healthy, "its type says so", &after)
	}
	d.rt.mu.Unlock()
	after.run()
	return again
}

// check reports what is wrong with a.
func (a AdminHealth) check() error {
	switch a {
	case AdminAuto, AdminHealthy, AdminSick:
		return nil
	}
	return fmt.Errorf("admin health %q: %w: use auto, healthy or sick", a, ErrInvalid)
}

// SetHealth sets the admin health.
func (d *Director) SetHealth(admin AdminHealth) error {
	return d.rt.one(func(c *Command) error { return c.SetHealth(d, admin) })
}

func (d *Director) setHealth(admin AdminHealth, by *Command) error {
	if err := admin.check(); err != nil {
		return err
	}
	after := work{by: by}
	d.rt.mu.Lock()
	gone := d.gone
	d.setAdminLocked(admin, &after)
	d.rt.mu.Unlock()
	after.run()
	if gone {
		return fmt.Errorf("set health of %s: %w", d.FullName(), ErrDestroyed)
	}
	return nil
}

func (d *Director) setAdminLocked(admin AdminHealth, after *work) {
	if d.admin == admin || d.gone {
		return
	}
	d.admin = admin
	d.changed.Store(time.Now().UnixNano())
	before := d.Healthy()
	d.healthy.Store(d.answerLocked())
	e := d.event(event.DirectorAdminHealth)
	e.Health = d.healthLocked()
	d.rt.emitLocked(e, after.by)
	if d.Healthy() != before {
		d.tellHoldersLocked(after)
	}
	// Varnish sends SICK for every change of admin health, to healthy as well:
	// whoever waits has to look again.
	d.tellLocked(EventSick, after.by)
	after.told = append(after.told, d)
}

// initHealthLocked settles the health of a director that is being added.
func (d *Director) initHealthLocked() {
	d.changed.Store(time.Now().UnixNano())
	d.healthy.Store(d.answerLocked())
}

// answerLocked applies the order admin > members or own report.
func (d *Director) answerLocked() bool {
	switch {
	case d.admin == AdminHealthy:
		return true
	case d.admin == AdminSick:
		return false
	case d.follow && d.methods.health == nil:
		return d.healthyMs > 0
	default:
		return d.reported
	}
}

// updateHealthLocked recomputes the health after something that it depends on
// has changed, and tells all that hold the director.
func (d *Director) updateHealthLocked(after *work) {
	healthy := d.answerLocked()
	if healthy == d.Healthy() {
		return
	}
	d.healthy.Store(healthy)
	d.changed.Store(time.Now().UnixNano())
	e := d.event(event.DirectorHealth)
	e.Health = d.healthLocked()
	d.rt.emitLocked(e, after.by)
	d.tellHoldersLocked(after)
}

// tellHoldersLocked carries a flip of d upward. Directors form no loops, so the
// recursion ends.
func (d *Director) tellHoldersLocked(after *work) {
	delta := -1
	if d.Healthy() {
		delta = 1
	}
	// All slots first: a director that holds d twice gives its reason once.
	for _, r := range d.holders {
		if r.owner != nil {
			r.owner.healthyMs += delta
		}
	}
	for _, r := range d.holders {
		if r.owner != nil {
			after.changeLocked(r.owner)
			r.owner.updateHealthLocked(after)
		}
	}
}

func (d *Director) healthLocked() *event.Health {
	h := &event.Health{Healthy: d.Healthy(), Admin: string(d.admin), Reason: d.reason, Changed: d.Changed()}
	switch {
	case d.admin != AdminAuto:
		h.Reason = "set by hand"
	case d.follow && d.methods.health == nil:
		h.Reason = fmt.Sprintf("members: %d of %d healthy", d.healthyMs, d.members)
	}
	return h
}
