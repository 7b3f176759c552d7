package lb

import (
	"context"
	"sync/atomic"

	"github.com/callboard/callboard/director"
)

// A ParamSet holds [Params] that several shards can share: Varnish's
// shard_param object. All methods may be called from any goroutine.
type ParamSet struct {
	params atomic.Pointer[Params]
}

// NewParamSet returns a set that gives p.
func NewParamSet(p Params) *ParamSet {
	s := new(ParamSet)
	s.Set(p)
	return s
}

// Set makes the set give p, and nothing that it gave before.
func (s *ParamSet) Set(p Params) { s.params.Store(&p) }

// Clear makes the set give nothing.
func (s *ParamSet) Clear() { s.Set(Params{}) }

// Params returns what the set gives.
func (s *ParamSet) Params() Params {
	if p := s.params.Load(); p != nil {
		return *p
	}
	return Params{}
}

// ForTask returns a context under which a request finds p before what the set
// gives, in every shard that is associated with the set: shard_param.set in
// Varnish's backend context.
func (s *ParamSet) ForTask(ctx context.Context, p Params) context.Context {
	return context.WithValue(ctx, s, &p)
}

// ForTask returns a context under which a request that comes to this shard, be
// it by way of other directors, is picked for with p, before all else: the
// arguments of shard.backend(resolve=LAZY).
func (s *Shard) ForTask(ctx context.Context, p Params) context.Context {
	return context.WithValue(ctx, s, &p)
}

// Associate makes the shard look in a set for what a call does not give. nil
// ends that.
func (s *Shard) Associate(set *ParamSet) { s.set.Store(set) }

// params returns all parameters of a pick. Most picks have none of their own:
// for those nothing is copied.
func (s *Shard) params(t *director.Task, call *Params) *Params {
	var ctx context.Context
	if t != nil && t.Request != nil {
		ctx = t.Request.Context()
	}
	lazy, set := paramsIn(ctx, s), s.set.Load()
	if call.given == 0 && lazy == nil && set == nil {
		return &s.own
	}
	if lazy != nil {
		*call = call.or(*lazy)
	}
	if set != nil {
		if task := paramsIn(ctx, set); task != nil {
			*call = call.or(*task)
		}
		*call = call.or(set.Params())
	}
	*call = call.or(s.own)
	return call
}

// paramsIn returns what a context gives for a shard or a set, nil for nothing.
func paramsIn(ctx context.Context, key any) *Params {
	if ctx == nil {
		return nil
	}
	p, _ := ctx.Value(key).(*Params)
	return p
}
