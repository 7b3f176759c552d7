package director

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director/event"
	"github.com/callboard/callboard/director/tree"
)

// Options configure a [Runtime]. The zero value is useful.
type Options struct {
	// Name of the instance; "main" if empty.
	Name string
	// Epoch names this run of it; random if empty.
	Epoch string
	// Cooldown is the time after which a VCL in state auto that is neither
	// active nor labelled goes cold; 600 s if 0, as in Varnish.
	Cooldown time.Duration
	// LogCapacity is the number of events kept; [event.DefaultCapacity] if 0.
	LogCapacity int
}

// defaultCooldown is that of Varnish's parameter vcl_cooldown.
const defaultCooldown = 600 * time.Second

// A Runtime is one instance: VCLs, their directors, and the log of all that
// happens to them. All methods may be called from any goroutine.
type Runtime struct {
	name     string
	cooldown time.Duration
	log      *event.Log
	state    atomic.Pointer[tree.Snapshot] // stored under mu, read by anybody

	secrets *Secrets

	active atomic.Pointer[VCL] // stored under mu
	dirty  dirtyList
	// stepping is step mode; stored under mu. It is asked for only when a
	// reference may have been the last one.
	stepping atomic.Bool
	// idle is closed when a closed runtime has neither directors nor
	// goroutines any more.
	idle chan struct{}
	// flows is whether there is any in flowing; stored under mu.
	flows atomic.Bool

	mu        sync.Mutex // guards the fields below and, of all directors and slots, those that say so
	closed    bool
	seq       uint64
	lastID    uint64 // of directors
	lastRef   uint64 // of slots, and so of pins
	lastWork  uint64
	vcls      []*VCL
	directors map[uint64]*Director
	claims    map[Implementation]*Director // those with an identity, until they are destroyed
	unfounded map[string]bool              // types, see UnfoundedTypes
	pins      map[uint64]*Ref
	labels    map[string]*VCL
	held      map[uint64]heldStep // by the director's number
	running   int                 // goroutines of director types
	destroyed int                 // directors, since the last sample
	flowing   []*Director         // held by slots that carried something, as last sampled
	ended     bool                // idle is closed
	// open is the number of commands that are under way, and opened is since when
	// there are some; settled is the tree before them, and turn is closed when
	// there are none, if not nil.
	lastCommand uint64
	open        int
	opened      time.Time
	settled     *tree.Snapshot
	turn        chan struct{}
}

// New returns an instance without VCLs.
func New(o Options) *Runtime {
	if o.Name == "" {
		o.Name = "main"
	}
	if o.Epoch == "" {
		o.Epoch = strings.ToLower(rand.Text()[:12])
	}
	rt := &Runtime{
		name:      o.Name,
		cooldown:  cmp.Or(o.Cooldown, defaultCooldown),
		labels:    make(map[string]*VCL),
		claims:    make(map[Implementation]*Director),
		unfounded: make(map[string]bool),
		log:       event.NewLog(o.Epoch, o.LogCapacity),
		secrets:   newSecrets(),
		directors: make(map[uint64]*Director),
		pins:      make(map[uint64]*Ref),
		held:      make(map[uint64]heldStep),
		idle:      make(chan struct{}),
	}
	rt.state.Store(tree.New(o.Name, o.Epoch))
	return rt
}

// Name returns the name of the instance.
func (rt *Runtime) Name() string { return rt.name }

// Epoch returns the name of this run.
func (rt *Runtime) Epoch() string { return rt.log.Epoch() }

// Log returns the events of this run.
func (rt *Runtime) Log() *event.Log { return rt.log }

// Tree returns what is true now. It includes everything that any call that has
// returned has done; only the numbers that requests move are as old as the last
// [Runtime.Sample]. It never blocks.
func (rt *Runtime) Tree() *tree.Snapshot { return rt.state.Load() }

// Settled returns the newest tree in which every command is whole: that is Tree,
// unless a command is under way.
func (rt *Runtime) Settled() *tree.Snapshot {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	if rt.settled != nil {
		return rt.settled
	}
	return rt.Tree()
}

// Find returns the director that a user means: by full name ("boot.a1"), by its
// name in the active VCL ("a1") or by number ("@17").
func (rt *Runtime) Find(name string) (*Director, error) {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	known, ok := rt.Tree().Find(name) // under the lock, that what is found is there
	if !ok {
		return nil, fmt.Errorf("director %q: %w", name, ErrNotFound)
	}
	if d, ok := rt.directors[known.ID]; ok {
		return d, nil
	}
	return nil, fmt.Errorf("director %q: %w", name, ErrNotFound)
}

// Unpin drops the reference that [Director.Pin] took. For one by which step
// mode keeps a last reference, it lets that step go on.
func (rt *Runtime) Unpin(id uint64) error {
	return rt.one(func(c *Command) error { return c.Unpin(id) })
}

func (rt *Runtime) unpin(id uint64, by *Command) error {
	rt.mu.Lock()
	r, ok := rt.pins[id]
	delete(rt.pins, id)
	var next func(*Command)
	if !ok {
		next = rt.takeKeeperLocked(id, by)
	}
	rt.mu.Unlock()
	if next != nil {
		next(by)
		return nil
	}
	if !ok {
		return fmt.Errorf("pin %d: %w", id, ErrNotFound)
	}
	r.close(by)
	return nil
}

// Close discards every VCL, which deletes all directors, and waits until those
// that requests still hold are destroyed. When ctx ends first, it returns an
// error that names who holds what; the rest goes on in the goroutines of those
// requests. A closed runtime refuses all further changes, and has left step mode.
func (rt *Runtime) Close(ctx context.Context) error {
	defer rt.log.Close()
	pins := rt.shut()
	rt.goOn(nil)
	for _, r := range pins {
		r.close(nil)
	}
	rt.discardAll()
	select {
	case <-rt.idle:
		return nil
	default:
	}
	select {
	case <-rt.idle:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close instance %s: %w; still held: %s", rt.name, ctx.Err(), rt.heldList())
	}
}

// shut makes the runtime refuse changes and returns the pins, which nobody can
// find any more.
func (rt *Runtime) shut() []*Ref {
	rt.mu.Lock()
	defer rt.mu.Unlock()
	rt.closed = true
	rt.setSteppingLocked(false, nil)
	pins := slices.Collect(maps.Values(rt.pins))
	clear(rt.pins)
	rt.settleLocked()
	return pins
}

// discardAll discards every VCL. Those that requests use follow when they end.
func (rt *Runtime) discardAll() {
	var after work
	rt.mu.Lock()
	for _, v := range rt.vcls {
		if !v.discarding {
			_ = v.discardLocked(&after) // refuses nothing in a closed runtime
		}
	}
	rt.mu.Unlock()
	after.run()
}

// settleLocked tells Close when a closed runtime has nothing left.
func (rt *Runtime) settleLocked() {
	if rt.closed && !rt.ended && len(rt.vcls) == 0 && len(rt.directors) == 0 && rt.running == 0 {
		rt.ended = true
		close(rt.idle)
	}
}

// heldList says what Close waits for.
func (rt *Runtime) heldList() string {
	var held []string
	rt.mu.Lock()
	for _, v := range rt.vcls {
		if len(v.preventions) > 0 {
			held = append(held, fmt.Sprintf("VCL %s by %s", v.name, v.waitsForLocked()))
		}
	}
	rt.mu.Unlock()
	for d := range rt.Sample().Directors() {
		if d.Owned && d.Tasks == 0 {
			continue // only waits for its VCL to be torn down
		}
		var by []string
		for h := range d.Holders() {
			by = append(by, fmt.Sprintf("%s %s", h.Kind, h.Name))
		}
		held = append(held, fmt.Sprintf("%s by %s", d.FullName(), strings.Join(by, ", ")))
	}
	return strings.Join(held, "; ")
}

// emitLocked gives e the next sequence number, and makes it part of the log and
// of the tree in the same critical section as the change that it tells of. That
// is why the tree at a sequence number is exact. The event is one of the command
// by; nil is none.
func (rt *Runtime) emitLocked(e event.Event, by *Command) {
	rt.seq++
	e.Seq = rt.seq
	e.Time = time.Now()
	by.countLocked(&e)
	// A closed log loses the events of requests that outlive Close; the tree
	// keeps telling the truth.
	_ = rt.log.Add(e)
	rt.state.Store(rt.state.Load().Apply(e))
	rt.publishLocked()
}

// SetHealth sets the admin health of all directors whose name matches, as
// Varnish's backend.set_health does, and returns how many did. A pattern without a dot is matched in the active VCL. In a pattern, "*" and
// "?" also match dots. "@17" is the one director with that number.
func (rt *Runtime) SetHealth(pattern string, admin AdminHealth) (matched int, err error) {
	err = rt.one(func(c *Command) error {
		matched, err = c.SetHealthMatching(pattern, admin)
		return err
	})
	return matched, err
}

func (rt *Runtime) setHealth(pattern string, admin AdminHealth, by *Command) (int, error) {
	if err := admin.check(); err != nil {
		return 0, err
	}
	if strings.HasPrefix(pattern, "@") {
		return rt.setHealthOf(pattern, admin, by)
	}
	after := work{by: by}
	matched := 0
	rt.mu.Lock()
	known := rt.Tree()
	matches := matcher(pattern, known.Active)
	for d := range known.Directors() {
		if matches(d) {
			matched++
			rt.directors[d.ID].setAdminLocked(admin, &after)
		}
	}
	rt.mu.Unlock()
	after.run()
	return matched, nil
}

// setHealthOf sets the admin health of one director, and no other of its name.
func (rt *Runtime) setHealthOf(number string, admin AdminHealth, by *Command) (int, error) {
	d, err := rt.Find(number)
	if err != nil {
		return 0, nil // nothing matched
	}
	return 1, d.setHealth(admin, by)
}
