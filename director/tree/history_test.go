package tree

import (
	"fmt"
	"math/rand/v2"

	"github.com/callboard/callboard/director/event"
)

// A history makes events as a runtime would: it keeps the slots and the counts
// itself, and never looks at a snapshot.
type history struct {
	*rand.Rand
	seq, lastID, lastRef uint64
	now                  *Snapshot
	past                 []*Snapshot                 // all before now
	steps                []func(*Snapshot) *Snapshot // from each of past to the next
	check                func()                      // called after each, unless it is nil
	alive                []uint64
	kept                 map[uint64]*kept
	slots                []*keptSlot
}

// kept is what the history knows of a director.
type kept struct {
	name                     string
	leaf, static             bool
	owned, healthy, released bool
	tasks                    int64
	slots                    int64 // that point at it
	lastSlot                 int
}

type keptSlot struct {
	holder event.Holder
	target uint64
}

func newHistory(seed uint64) *history {
	h := &history{Rand: rand.New(rand.NewPCG(seed, 7)), now: New("main", "epoch"), kept: map[uint64]*kept{}}
	h.emit(event.Event{Kind: event.VCLAdded, VCL: "boot", Temperature: &event.Temperature{Temperature: "warm"}})
	h.slots = append(h.slots, h.slot(event.Holder{Kind: event.HolderDefault, Name: "boot"}))
	return h
}

func (h *history) emit(e event.Event) {
	h.seq++
	e.Seq = h.seq
	h.advance(func(s *Snapshot) *Snapshot { return s.Apply(e) })
}

func (h *history) advance(step func(*Snapshot) *Snapshot) {
	h.past, h.steps = append(h.past, h.now), append(h.steps, step)
	h.now = step(h.now)
	if h.check != nil {
		h.check()
	}
}

func (h *history) slot(holder event.Holder) *keptSlot {
	h.lastRef++
	holder.Ref = h.lastRef
	return &keptSlot{holder: holder}
}

func (k *kept) refcount() int64 {
	n := k.tasks
	if k.owned {
		n++
	}
	if !k.static {
		n += k.slots
	}
	return n
}

// step makes something happen, which may be nothing.
func (h *history) step() {
	switch n := h.IntN(20); {
	case n < 4 || len(h.alive) == 0:
		h.add()
	case n < 7:
		h.flip(h.any())
	case n < 11:
		h.addSlot()
	case n < 15:
		h.assign(h.slots[h.IntN(len(h.slots))], h.any())
	case n < 16:
		h.assign(h.slots[h.IntN(len(h.slots))], 0)
	case n < 18:
		h.sample(h.any())
	default:
		h.release(h.any())
	}
}

func (h *history) any() uint64 { return h.alive[h.IntN(len(h.alive))] }

func (h *history) add() {
	// Numbers with holes, some of them far apart, and names that repeat.
	h.lastID += 1 + h.Uint64N(1<<h.UintN(12))
	k := &kept{name: fmt.Sprint("d", h.IntN(10)), leaf: h.IntN(2) == 0, static: h.IntN(8) == 0, owned: true, healthy: h.IntN(3) > 0}
	h.kept[h.lastID] = k
	h.alive = append(h.alive, h.lastID)
	h.emit(event.Event{
		Kind: event.DirectorAdded, VCL: "boot", Director: k.name, ID: h.lastID,
		Added: &event.Added{Type: "any", Leaf: k.leaf, Static: k.static}, Health: &event.Health{Healthy: k.healthy},
	})
}

func (h *history) flip(id uint64) {
	k := h.kept[id]
	k.healthy = h.IntN(2) == 0
	kind := event.DirectorHealth
	if h.IntN(4) == 0 {
		kind = event.DirectorAdminHealth
	}
	h.emit(event.Event{Kind: kind, ID: id, Health: &event.Health{Healthy: k.healthy}})
}

func (h *history) addSlot() {
	holder := event.Holder{Kind: event.HolderPin, Name: "look", ID: h.lastRef + 1}
	if id := h.any(); h.IntN(4) > 0 {
		k := h.kept[id]
		k.lastSlot += 1 + h.IntN(40)
		holder = event.Holder{Kind: event.HolderMember, Name: k.name, ID: id, Slot: k.lastSlot}
	}
	slot := h.slot(holder)
	h.slots = append(h.slots, slot)
	h.assign(slot, h.any())
}

// assign points a slot elsewhere. What points at a director of higher number
// only cannot form a loop.
func (h *history) assign(slot *keptSlot, to uint64) {
	from := slot.target
	if from == 0 && to == 0 || slot.holder.Kind == event.HolderMember && (h.kept[slot.holder.ID] == nil || to != 0 && to <= slot.holder.ID) {
		return
	}
	slot.target = to
	a := &event.Assigned{Holder: slot.holder, FromID: from, ToID: to, Weight: float64(h.IntN(3))}
	if to != 0 {
		h.kept[to].slots++
		a.To = h.kept[to].name
	}
	if from != 0 {
		h.kept[from].slots--
		a.RefcountFrom = h.kept[from].refcount()
	}
	if to != 0 {
		a.RefcountTo = h.kept[to].refcount()
	}
	h.emit(event.Event{Kind: event.RefAssigned, VCL: "boot", Assigned: a})
	if from != 0 {
		h.settle(from)
	}
}

func (h *history) sample(id uint64) {
	k := h.kept[id]
	if k.refcount() == k.tasks && h.IntN(2) == 0 {
		k.tasks = 0
	} else {
		k.tasks = h.Int64N(4)
	}
	gauges := []event.Gauge{{ID: id, Tasks: k.tasks, Refcount: k.refcount()}}
	h.advance(func(s *Snapshot) *Snapshot { return s.ApplyGauges(gauges) })
	h.settle(id)
}

func (h *history) release(id uint64) {
	k := h.kept[id]
	if k.released {
		return
	}
	h.emit(event.Event{Kind: event.DirectorDeleted, ID: id, Life: &event.Life{Refcount: k.refcount()}})
	for _, slot := range h.slots {
		if slot.holder.Kind == event.HolderMember && slot.holder.ID == id {
			h.assign(slot, 0)
		}
	}
	k.released, k.owned = true, false
	h.emit(event.Event{Kind: event.DirectorReleased, ID: id, Life: &event.Life{Refcount: k.refcount()}})
	h.settle(id)
}

// settle destroys a director that nothing holds any more.
func (h *history) settle(id uint64) {
	k := h.kept[id]
	if k == nil || k.refcount() > 0 || !k.released {
		return
	}
	h.emit(event.Event{Kind: event.DirectorDestroyed, ID: id, Life: &event.Life{}})
	for _, slot := range h.slots { // slots of a static director do not keep it
		if slot.target == id {
			h.assignGone(slot)
		}
	}
	delete(h.kept, id)
	h.alive = remove(h.alive, id)
	for i := len(h.slots) - 1; i >= 0; i-- {
		if h.slots[i].holder.Kind == event.HolderMember && h.slots[i].holder.ID == id {
			h.slots = append(h.slots[:i], h.slots[i+1:]...)
		}
	}
}

func (h *history) assignGone(slot *keptSlot) {
	a := &event.Assigned{Holder: slot.holder, FromID: slot.target}
	slot.target = 0
	h.emit(event.Event{Kind: event.RefAssigned, VCL: "boot", Assigned: a})
}

func remove(ids []uint64, id uint64) []uint64 {
	for i := range ids {
		if ids[i] == id {
			return append(ids[:i:i], ids[i+1:]...)
		}
	}
	return ids
}
