// Package lb has the load-balancing directors of Varnish's vmod_directors, and
// least-connections. Each chooses among members, which are other directors.
//
//	pool := lb.NewRoundRobin()
//	d, err := vcl.Add("pool", pool)
//	if err != nil {
//		return err
//	}
//	slot, err := pool.AddMember(a1, 0)
//
// What the types share is in members.go, the table that their picks read in
// table.go. A shard is spread over several files: shardring.go (the ring) and
// shardwalk.go (the way round it) are pure, shardconfig.go plans changes,
// shardapply.go carries them out, shardparams.go and shardset.go say what a
// request may ask for, shardpick.go picks.
//
// # Concurrency
//
// All methods may be called from any goroutine; a [ShardChange] belongs to one.
// A pick (Resolve) takes no lock and allocates nothing: it reads a table that
// is made anew, by whoever changes a member or its health, and is never changed
// afterwards. Lock order: the mutex of a load balancer comes before nothing. It
// is held while a table is made, which calls only [director.Ref] and
// [director.Director] accessors that take no lock, and never while a slot is
// assigned.
//
// # Words
//
//	Varnish                               here
//	x.add_backend(b, weight)              AddMember, [ShardChange.Add]
//	x.remove_backend(b)                   RemoveMember, Remove, [ShardChange.Remove]
//	fallback(sticky)                      [NewFallback]
//	hash.backend(key)                     [Hash.Pick]
//	shard.set_warmup, .set_rampup         [ShardOptions]
//	shard.clear, .reconfigure             [ShardChange.Clear], [ShardChange.Reconfigure]
//	shard.backend(resolve=NOW, …)         [Shard.Pick]
//	shard.backend(resolve=LAZY, …)        [Shard.ForTask]
//	shard.backend(param=set)              Shard.Pick with [ParamSet.Params]
//	shard.associate(set)                  [Shard.Associate]
//	shard.key(s)                          [Hash32]
//	shard_param                           [ParamSet]
//	shard_param.set in vcl_backend_*      [ParamSet.ForTask]
//
// # Differences from Varnish
//
// What is recorded of a real Varnish is answered the same, with these
// exceptions:
//
//   - Round robin after a removal. Varnish keeps its cursor, which may then be
//     one past the end, and reads the slot of a member that is gone. Here the
//     cursor is taken modulo the number of members. (RR-2)
//   - Hash is a director. In Varnish hash.backend(key) picks at once and returns
//     the member, and the hash itself always shows as healthy 0/0. Here it picks
//     when a request comes, by URL or by a header of it, can be a member of
//     others, and is as healthy as its members. (HASH-3)
//   - Health of a member is told to those that hold it when it changes, not
//     asked for at each pick. A pick that begins after a change has returned
//     heeds it. (HEALTH-6, GRP-6)
//   - A pick that meets a slot just being emptied takes the next healthy member
//     instead of none.
//   - Weights are checked: below 0, infinite or not a number is an error, where
//     Varnish takes any real. Weight 0 is no share, and for a shard 1. (RND-1)
//   - The share of a random member is never "-nan%" when all are sick: there is
//     none to show.
//   - Skipped additions to a shard, and those before a clear, let go of the
//     director that they held. Varnish leaks the reference. (SHARD-15)
//   - A shard's members that are changed one by one, by the methods of
//     [director.Group], change at once: each is a transaction of its own, with
//     the shard's own number of replicas where Varnish takes 67 at the end of a
//     task. An addition of what exists is an error there. (SHARD-11, SHARD-13)
//   - A change that leaves a shard without members is applied as in Varnish, and
//     the error is one of [ErrNoMembers]. Removing the last member from outside
//     is no error. (SHARD-14)
//   - A ring has at most [MaxPoints] points, where Varnish takes 2³²-2 and as
//     much memory as that needs. (SHARD-2)
//   - Two points that are equal belong to members in the order in which these
//     came to the ring; Varnish leaves it open. (SHARD-1)
//   - by=HASH is the digest that Varnish's built-in vcl_hash makes: URL and host.
//     There is no vcl_hash to change it. As there is no client side to pick on,
//     it is never that of the URL alone. (SHARD-16)
//   - Errors that Varnish only logs, because a task cannot fail by them, are
//     returned where something is configured, and cannot be written where
//     something is picked: parameters clamp what is out of range, and a key is
//     given together with the way to use it. (SHARD-5, SHARD-10, SHARD-16)
//   - A request that a leaf has failed is picked for again, as if that leaf were
//     sick, without a turn and without moving anything: see again.go. Varnish
//     does not retry by itself.
//
// The quirks of a shard's lookup and walk are kept, because keys would go
// elsewhere without them: a key after the last point belongs to the last point,
// a ring of two points has only the second, and with alt=1 there may be no
// answer though the member that was skipped is healthy. (SHARD-3, SHARD-7)
package lb
