package lb

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/event"
)

// DefaultReplicas is the number of points that a member of a [Shard] with
// weight 1 has on the ring, as in Varnish.
const DefaultReplicas = 67

// MaxPoints bounds the points of one member, and of a whole ring, in memory
// (8 bytes each) and in the time to make them. Varnish goes up to 2³²-2.
const MaxPoints = 1 << 22

// ErrNoMembers reports a change that left a shard without members.
var ErrNoMembers = errors.New("no members")

// ShardOptions configure a [Shard]. The zero value means Varnish's defaults.
type ShardOptions struct {
	// Replicas is the number of points of a member with weight 1, for members
	// that are added by the methods of [director.Group] or by
	// [ShardChange.End]; DefaultReplicas if 0. Varnish always takes 67 there.
	Replicas int
	// Warmup is the share of requests, 0 ≤ Warmup < 1, that go to the next
	// alternative of the member that they belong to, to keep it warm.
	Warmup float64
	// Rampup is how long after it became healthy a member gets only some of
	// its requests: the longer ago, the more. 0 means at once.
	Rampup time.Duration
	// Params are used where neither call nor set gives them.
	Params Params
	// Uniform returns numbers uniform in [0, 1), for ramp-up and warm-up, and
	// may be called by many goroutines at once; nil means math/rand/v2.
	Uniform func() float64
	// Now is the clock by which members ramp up; nil means time.Now.
	Now func() time.Time
}

// A Shard takes the member that the request's key belongs to by consistent
// hashing, so that a change of members moves few keys: vmod_directors_shard.c
// and its parts. See [Params] for what can be said with each request.
type Shard struct {
	options ShardOptions
	own     Params // options.Params with nothing missing
	self    *director.Director
	set     atomic.Pointer[ParamSet]
	table   atomic.Pointer[shardTable]

	mu       sync.Mutex // guards the fields below, and orders the making of tables
	members  []shardMember
	ring     *ring
	version  uint64                 // of members
	pending  map[*director.Ref]bool // filled, but not of a member yet
	released bool
}

// A shardTable is the state of the members at one moment, for picks. Members
// and ring change only with the configuration, health with each flip.
type shardTable struct {
	members []shardMember
	ring    *ring
	healthy []bool
	up      int // how many are healthy
	// ramps has for each member its ramp-up; nil if all are 0.
	ramps []time.Duration
}

var noShard = &shardTable{ring: &ring{}}

// NewShard returns a director without members. It fails with
// [director.ErrInvalid] for options out of their range.
func NewShard(o ShardOptions) (*Shard, error) {
	switch {
	case o.Replicas < 0 || o.Replicas > MaxPoints:
		return nil, fmt.Errorf("%d replicas: %w: 1 to %d", o.Replicas, director.ErrInvalid, MaxPoints)
	case !(o.Warmup >= 0 && o.Warmup < 1): // NaN too
		return nil, fmt.Errorf("warmup %g: %w: 0 or more and less than 1", o.Warmup, director.ErrInvalid)
	case o.Rampup < 0:
		return nil, fmt.Errorf("rampup %v: %w: 0 or more", o.Rampup, director.ErrInvalid)
	}
	if o.Replicas == 0 {
		o.Replicas = DefaultReplicas
	}
	if o.Uniform == nil {
		o.Uniform = rand.Float64
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Shard{
		options: o, own: o.Params.or(builtinParams),
		ring: noShard.ring, pending: make(map[*director.Ref]bool),
	}, nil
}

// Type implements [director.Implementation].
func (*Shard) Type() string { return "shard" }

// Bind implements [director.Binder].
func (s *Shard) Bind(self *director.Director) {
	s.self = self
	self.FollowMembers()
}

// Describe implements [director.Describer].
func (s *Shard) Describe() []event.Option {
	by := strings.ToLower(s.own.by.String())
	described := []event.Option{
		{Name: "replicas", Value: strconv.Itoa(s.options.Replicas)},
		{Name: "by", Value: by},
		{Name: "warmup", Value: strconv.FormatFloat(s.options.Warmup, 'g', -1, 64)},
		{Name: "rampup", Value: s.options.Rampup.String()},
		{Name: "healthy", Value: strings.ToLower(s.own.healthy.String())},
		{Name: "alt", Value: strconv.Itoa(s.own.alt)},
	}
	if s.own.by == ByHeader {
		described = append(described, event.Option{Name: "header", Value: s.own.header})
	}
	return described
}

// Dump implements [director.Dumper].
func (s *Shard) Dump(w io.Writer) {
	t := s.current()
	fmt.Fprintf(w, "  points %d\n", t.ring.len())
	for i := range t.members {
		m := &t.members[i]
		fmt.Fprintf(w, "  member %d = %s ident %s points %d healthy %t\n",
			m.slot.Slot(), m.target.Name(), m.ident(), len(m.points), t.healthy[i])
	}
}

func (s *Shard) name() string {
	if s.self == nil {
		return "shard"
	}
	return s.self.FullName()
}

// current returns the table, never nil.
func (s *Shard) current() *shardTable {
	if t := s.table.Load(); t != nil {
		return t
	}
	return noShard
}
