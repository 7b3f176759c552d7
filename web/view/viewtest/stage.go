// Package viewtest makes trees for tests and pictures: a small stand-in for the
// runtime that emits the events that the runtime would, in the same order.
//
//	st := viewtest.Demo()
//	st.Delete(st.ID("a1"))
//	model := view.Build(st.Snapshot, st.Events, view.Query{}, nil)
//
// # Concurrency
//
// A [Stage] belongs to one goroutine. The snapshots it hands out may go
// anywhere.
package viewtest

import (
	"encoding/json"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// VCL is the configuration that owns all directors of a stage.
const VCL = "boot"

// A Stage holds a tree and all events that made it.
type Stage struct {
	Snapshot *tree.Snapshot
	Events   []event.Event
	// Unrecorded makes Add leave out from what the director could be made again.
	Unrecorded bool

	now       time.Time
	ids, refs uint64
	pins      uint64
	slots     map[uint64]int // the last slot number, by director
}

// New returns a stage with a warm, active VCL and no directors.
func New(instance string) *Stage {
	st := &Stage{
		Snapshot: tree.New(instance, "epoch-1"),
		now:      time.Date(2026, 3, 27, 19, 30, 0, 0, time.UTC),
		slots:    map[uint64]int{},
	}
	st.emit(event.Event{Kind: event.VCLAdded, VCL: VCL, Temperature: &event.Temperature{Temperature: "init"}})
	st.emit(event.Event{Kind: event.VCLTemperature, VCL: VCL, Temperature: &event.Temperature{Temperature: "warm", Previous: "init"}})
	st.emit(event.Event{Kind: event.VCLActive, VCL: VCL})
	return st
}

// emit gives e its number and applies it. Events are 130 ms apart.
func (st *Stage) emit(e event.Event) {
	st.now = st.now.Add(130 * time.Millisecond)
	e.Seq, e.Time = st.Snapshot.Seq+1, st.now
	st.Events = append(st.Events, e)
	st.Snapshot = st.Snapshot.Apply(e)
}

// ID returns the ID of the director with that name, 0 if there is none.
func (st *Stage) ID(name string) uint64 {
	if d, ok := st.Snapshot.Lookup(VCL, name); ok {
		return d.ID
	}
	return 0
}

func (st *Stage) director(id uint64) *tree.Director {
	if d, ok := st.Snapshot.Director(id); ok {
		return d
	}
	return &tree.Director{}
}

// Add makes a director; kind "backend" makes a leaf. Options are pairs of name
// and value.
func (st *Stage) Add(name, kind string, options ...string) uint64 {
	st.ids++
	added := &event.Added{Type: kind, Leaf: kind == "backend", Group: kind != "backend"}
	if !st.Unrecorded {
		added.Config = json.RawMessage(`{"type":"` + kind + `"}`)
	}
	for i := 0; i+1 < len(options); i += 2 {
		added.Options = append(added.Options, event.Option{Name: options[i], Value: options[i+1]})
	}
	st.emit(event.Event{
		Kind: event.DirectorAdded, VCL: VCL, Director: name, ID: st.ids,
		Added:  added,
		Health: &event.Health{Healthy: kind == "backend", Admin: "auto", Changed: st.now},
	})
	return st.ids
}

// Member fills a new slot of the holder and returns its number.
func (st *Stage) Member(holder, target uint64, weight float64) int {
	st.slots[holder]++
	st.refs++
	slot := event.Holder{
		Kind: event.HolderMember, Name: st.director(holder).Name, ID: holder, Slot: st.slots[holder], Ref: st.refs,
	}
	st.assign(slot, 0, target, weight)
	st.update(holder)
	return slot.Slot
}

// Assign points a slot at another director, at none if target is 0.
func (st *Stage) Assign(holder uint64, slot int, target uint64) {
	m, ok := st.director(holder).Member(slot)
	if !ok {
		return
	}
	h := event.Holder{Kind: event.HolderMember, Name: st.director(holder).Name, ID: holder, Slot: slot, Ref: m.Ref}
	st.assign(h, m.ID, target, m.Weight)
	st.update(holder)
	st.reap(m.ID)
}

// assign emits one RefAssigned, with the counts that follow from it.
func (st *Stage) assign(h event.Holder, from, to uint64, weight float64) {
	a := &event.Assigned{Holder: h, FromID: from, ToID: to, Weight: weight}
	if from != 0 {
		a.From, a.RefcountFrom = st.director(from).Name, st.director(from).Refcount()-1
	}
	if to != 0 {
		a.To, a.RefcountTo = st.director(to).Name, st.director(to).Refcount()+1
	}
	if from == to {
		a.RefcountFrom, a.RefcountTo = a.RefcountFrom+1, a.RefcountTo-1
	}
	st.emit(event.Event{Kind: event.RefAssigned, VCL: VCL, Director: h.Name, ID: h.ID, Assigned: a})
}

// Default points the VCL's default slot at the director.
func (st *Stage) Default(target uint64) {
	v, _ := st.Snapshot.VCL(VCL)
	st.assign(event.Holder{Kind: event.HolderDefault, Name: VCL, Ref: 1 << 40}, v.Default, target, 0)
}

// Pin takes a reference by hand and returns the pin's ID.
func (st *Stage) Pin(target uint64, note string) uint64 {
	st.pins++
	st.refs++
	st.assign(event.Holder{Kind: event.HolderPin, Name: note, ID: st.pins, Ref: st.refs}, 0, target, 0)
	return st.pins
}

// Unpin gives that reference back.
func (st *Stage) Unpin(target, pin uint64) {
	for h := range st.director(target).Slots() {
		if h.Kind == event.HolderPin && h.ID == pin {
			st.assign(h, target, 0, 0)
			st.reap(target)
			return
		}
	}
}

// Health changes what a backend's probe found.
func (st *Stage) Health(id uint64, healthy bool, reason string) {
	st.health(event.DirectorHealth, id, event.Health{Healthy: healthy, Admin: st.director(id).Admin, Reason: reason})
}

// Admin sets the health by hand: auto, healthy or sick.
func (st *Stage) Admin(id uint64, admin string) {
	st.health(event.DirectorAdminHealth, id, event.Health{Healthy: admin != "sick", Admin: admin})
}

func (st *Stage) health(kind event.Kind, id uint64, h event.Health) {
	d := st.director(id)
	h.Changed = st.now
	st.emit(event.Event{Kind: kind, VCL: VCL, Director: d.Name, ID: id, Health: &h})
	for holder := range d.Slots() {
		st.update(holder.ID)
	}
}

// update makes a load balancer as healthy as its members are.
func (st *Stage) update(id uint64) {
	d := st.director(id)
	healthy := d.HealthyMembers() > 0
	if d.ID == 0 || d.Leaf || d.Healthy == healthy || d.Admin != "auto" {
		return
	}
	st.health(event.DirectorHealth, id, event.Health{Healthy: healthy, Admin: "auto", Reason: "members"})
}

// Delete deletes the director: release, owner's reference, and destroy unless
// others still hold it.
func (st *Stage) Delete(id uint64) {
	d := st.director(id)
	if d.Phase != tree.Live {
		return
	}
	st.life(event.DirectorDeleted, d, event.Life{Refcount: d.Refcount()})
	var released []string
	var held []uint64
	for m := range d.Members() {
		h := event.Holder{Kind: event.HolderMember, Name: d.Name, ID: d.ID, Slot: m.Slot, Ref: m.Ref}
		st.assign(h, m.ID, 0, 0)
		released, held = append(released, m.Name), append(held, m.ID)
	}
	st.life(event.DirectorReleased, d, event.Life{Refcount: st.director(id).Refcount() - 1, Released: released})
	for _, member := range held {
		st.reap(member)
	}
	st.reap(id)
	st.update(id)
}

// reap destroys a released director that nobody holds.
func (st *Stage) reap(id uint64) {
	d := st.director(id)
	if d.Phase != tree.Lingering || d.Refcount() > 0 {
		return
	}
	st.life(event.DirectorEvent, d, event.Life{Event: "COLD"})
	st.life(event.DirectorDestroyed, d, event.Life{})
}

func (st *Stage) life(kind event.Kind, d *tree.Director, life event.Life) {
	st.emit(event.Event{Kind: kind, VCL: d.VCL, Director: d.Name, ID: d.ID, Life: &life})
}

// Tasks samples how many requests hold the director, and lets one go that
// nobody else holds.
func (st *Stage) Tasks(id uint64, n int64) {
	d := st.director(id)
	if d.ID == 0 {
		return
	}
	st.Snapshot = st.Snapshot.ApplyGauges([]event.Gauge{{
		ID: id, Refcount: d.Refcount() - d.Tasks + n, Tasks: n, Requests: d.Requests + uint64(n), Probe: d.Probe,
	}})
	st.reap(id)
}

// Probe samples a backend's probe.
func (st *Stage) Probe(id, happy uint64, good int) {
	st.ProbeStands(id, event.Probe{
		Happy: event.Bits(happy), Good: good, Window: 8, Threshold: 3,
		Last: .0021, Average: .0018, Response: "HTTP/1.1 200 OK",
	})
}

// ProbeStands samples where a backend's probe stands.
func (st *Stage) ProbeStands(id uint64, p event.Probe) {
	d := st.director(id)
	st.Snapshot = st.Snapshot.ApplyGauges([]event.Gauge{{
		ID: id, Refcount: d.Refcount(), Tasks: d.Tasks, Requests: d.Requests, Probe: &p,
	}})
}
