// Package director runs director trees: the load-balancing directors and
// backends of Varnish Cache as a Go library.
//
// A director is anything that can be resolved to a place to send a request. A
// backend is a leaf, which makes requests; a load-balancing director chooses
// among members, which are directors. A VCL owns directors and has a default
// one. All of it lives in a [Runtime]:
//
//	rt := director.New(director.Options{Name: "shop"})
//	defer rt.Close(ctx)
//	boot, err := rt.AddVCL("boot")
//	…
//	a1, err := boot.Add("a1", b)         // b from package backend
//	pool := lb.NewRoundRobin()
//	site, err := boot.Add("site", pool)
//	slot, err := pool.AddMember(a1, 1)
//	err = boot.SetDefault(site)
//
//	client := &http.Client{Transport: &director.Transport{Runtime: rt}}
//
// # References
//
// A director lives as long as it is held. Long-lived references are held by
// slots ([Ref]), which know whose they are: a member slot of another director,
// the default slot of a VCL, a pin. The VCL holds the owner's reference from
// [VCL.Add] to [Director.Delete]. A request takes its references ([Hold])
// without a lock and without a name. At any time
//
//	refcount = owner + member slots + default slots + pins + requests
//
// # The life of a director
//
//	added → (assigned) → deleted → released → (lingering) → COLD → destroyed
//
// Delete calls the type's Release, which lets go of all that the director
// holds, and drops the owner's reference. While others hold it the director
// lingers: it stays callable and its private state intact. When the last
// reference goes, in whichever goroutine that happens, the director is told
// COLD if its VCL is warm, then its Destroy is called, and it is gone.
//
// In step mode ([Runtime.SetStepping]), for teaching, each director is held before
// its release, before the drop of its last reference and before it is destroyed,
// until [Runtime.Next] lets it go on. Nothing else waits for that.
//
// # Commands
//
// Each call that changes something is a command: the events that it makes at once
// carry its number, and the last of them says so. [Runtime.Command] makes one
// command of many calls:
//
//	err := rt.Command("ann", func(c *director.Command) error {
//		pool, err := c.Add(boot, "pool", lb.NewRoundRobin())
//		if err != nil {
//			return err
//		}
//		members, err := c.Group(pool)
//		if err != nil {
//			return err
//		}
//		_, err = members.AddMember(a1, 1)
//		return err
//	})
//
// What comes by itself, as a flip that a probe has found, has no number, nor has
// what comes later: the end of a director that lingered after its delete. A tree
// shows each event at once; those who subscribe to the log get commands whole, and
// so wait for one that is under way, at most until it has done nothing for five
// seconds: then it ends early, and what it does after that has no number.
// [Runtime.Settled] is the newest tree without a command that is half done.
//
// # Writing a director type
//
// A type implements [Implementation] and those of the optional interfaces that
// it needs. It holds others by slots from [Director.NewRef], and lets go of
// them in Release:
//
//	type first struct{ slot *director.Ref }
//
//	func (*first) Type() string                             { return "first" }
//	func (f *first) Bind(self *director.Director)           { f.slot = self.NewRef() }
//	func (f *first) Resolve(*director.Task) director.Hold   { return f.slot.Hold() }
//	func (f *first) Release()                               { _ = f.slot.Assign(nil) }
//
// One with several members leaves out those that [Task.Excludes] names, so that a
// request that one of them has failed comes to another.
//
// Its slots change for the right command by themselves. A type whose methods are
// called from outside to change them does so in [Director.Change]; one that adds and
// deletes directors uses [Director.Acting].
//
// Package directortest has what its tests need.
//
// # Names in Varnish and here
//
//	VRT_AddDirector          VCL.Add
//	VRT_DelDirector          Director.Delete
//	VRT_Assign_Backend       Ref.Assign
//	VRT_Healthy              Director.Healthy
//	VRT_DirectorResolve      Director.Resolve
//	VDI_GetHdr, VDI_Finish   Transport.RoundTrip, the end of the response's body
//	vdi_resolve_f            Resolver
//	vdi_gethdrs_f            RoundTripper
//	vdi_finish_f             Finisher
//	vdi_event_f              Eventer
//	vdi_release_f            Releaser
//	vdi_destroy_f            Destroyer
//	vdi_panic_f              Dumper
//	vdi_list_f               Lister
//	vdi_http1pipe_f          Piper, Transport.Pipe
//	vdi_getip_f              Addresser, AnsweredBy
//	vdi_healthy_f            Healther, Director.ReportHealth, Director.FollowMembers
//	VCL_EVENT_*, VDI_EVENT_* Event
//	backend.set_health       Runtime.SetHealth
//	backend.list, vcl.list   package list
//	vcl.load, vcl.use        Runtime.LoadVCL, VCL.Activate
//	vcl.state, vcl.discard   VCL.SetState, VCL.Discard
//	vcl.label                Runtime.Label
//	VRT_VCL_Prevent_*        VCL.PreventCold, VCL.PreventDiscard
//	VRT_StaticDirector       VCL.AddStatic
//
// # Differences from Varnish
//
// Where Varnish is wrong, panics, or does something because it is C, this is
// what happens here. More of it, about load balancers, backends and lists, is in
// the documentation of packages lb, backend and list; docs/rules.md names the
// rules that have no meaning here.
//
//	there                                    here
//	a loop of directors overflows the        the assignment that would close it is
//	stack (varnish-cache #3899)              refused with the path: LoopError; the walk
//	                                         has a depth limit for types that hide members
//	a director could vanish between being    Resolve returns it held
//	resolved and being referenced (#3949)
//	listing backends blocked traffic         lists and pages read an immutable tree
//	(#3119)
//	adding to a cold VCL panics the child    ErrNotWarm; also while it is cooling, where
//	                                         there the caller is given nothing
//	deleting twice, and using what is        ErrDeleted, ErrDestroyed; a reference that is
//	destroyed, are assertions                dropped twice is a director.error event
//	a release that leaves references behind  a director.leaked event names them, and they
//	goes unnoticed                           end with the director that held them
//	directors left over at discard run code  what was added after loading is told DISCARD
//	that is unloaded, or stay for ever       and deleted, in Varnish's order
//	static directors are never counted, and  directors are counted; VCL.AddStatic is there
//	each backend in a VCL file is one        for those that want Varnish's way
//	each pick asks its members for health    a flip is pushed to all that hold the
//	                                         director, so a pick never walks the tree
//	last_change moves when somebody lists    Director.Changed moves with each flip
//	the round-robin cursor may point beyond  it counts modulo the present members (RR-2)
//	the end after a removal
//	a native backend that is deleted is      it stays healthy, and is picked until its
//	sick from then on (HEALTH-4)             holders let go; set it sick first to drain it
//	shard leaks the references of adds that  a slot is filled when the add takes effect
//	it skips                                 (SHARD-15)
//	a probe with initial=0 stays healthy     the window is counted anew (PROBE-11)
//	after going cold and warm
//	backend.list prints -nan%                0.00%
//	a panic, in C, ends the process          one in a type's method is contained, and
//	                                         becomes a director.error event
//	bereq.backend holds a reference of its   a request holds the hint and the leaf, so a
//	own besides the hint                     count is one lower than in Varnish
//	a VCL cools down when a poll finds out   a timer does it, at the time that was set
//	a request that a backend fails fails,    it goes to another leaf where that does no
//	unless VCL code retries (REQ-8)          harm: see Transport, and its NoRetry
//
// # Concurrency
//
// Everything may be called from any goroutine. One mutex in the Runtime covers
// topology, long-lived references, health, sequence numbers and the append to
// the log, so that the tree at a sequence number is exact. Resolving, taking
// and dropping a reference, and asking for health use atomics only.
//
// Lock order: locks of director types, then the Runtime's, then the log's. No
// callback is made, nothing is sent and nothing is written under any of them:
// what is locked returns the work, and the caller does it after unlocking. A
// change therefore ends with callbacks in the goroutine that made it.
package director
