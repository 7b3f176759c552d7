package list_test

import (
	"strings"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/list"
)

const cooldown = time.Second

// A scene is the runtime of the recordings.
type scene struct {
	t      *testing.T
	rt     *director.Runtime
	loaded time.Time
	worker *director.Prevention // VCL-18: a worker keeps vcl1 busy
}

func newScene(t *testing.T) *scene {
	s := &scene{t: t, rt: director.New(director.Options{Epoch: "test", Cooldown: cooldown}), loaded: time.Now()}
	v := s.load("vcl1", director.Auto, s.vcl1)
	var err error
	s.worker, err = v.PreventCold("worker")
	s.must(err)
	return s
}

func (s *scene) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *scene) load(name string, state director.State, build func(*director.VCL) error) *director.VCL {
	s.t.Helper()
	v, err := s.rt.LoadVCL(name, state, build)
	s.must(err)
	return v
}

// vcl1 is the VCL of the recordings.
func (s *scene) vcl1(v *director.VCL) error {
	plain := s.native(v, "plain", nil)
	time.Sleep(1730 * time.Microsecond) // until the first poke of p_ok was good
	ok := s.native(v, "p_ok", &backend.ProbeStatus{GoodIPv4: 1023, GoodXmit: 1023, GoodRecv: 1023, Happy: 2047, Good: 4, Average: 0.000884})
	bad := s.native(v, "p_bad", &backend.ProbeStatus{GoodIPv4: 1023, GoodXmit: 1023, GoodRecv: 1023, Happy: 1024, Sick: true})
	s.native(v, "spare", nil)
	rr := s.group(v, "rr", lb.NewRoundRobin(), member{plain, 0}, member{bad, 0}, member{ok, 0})
	fb := s.group(v, "fb", lb.NewFallback(false), member{rr, 0}, member{bad, 0}, member{plain, 0})
	ra := s.group(v, "ra", lb.NewRandom(nil), member{plain, 1}, member{fb, 3}, member{bad, 6})
	_, err := v.Add("ha", hash{})
	s.must(err)
	sh := s.shard(v, plain, ok, bad)
	s.group(v, "empty", lb.NewRoundRobin())
	sick := s.group(v, "allsick", lb.NewRandom(nil), member{bad, 1})
	s.group(v, "top", lb.NewFallback(true), member{ra, 0}, member{sh, 0}, member{sick, 0})
	return nil
}

// pair is what vcl2 and vcl4 are.
func (s *scene) pair(v *director.VCL) error {
	b1, bad := s.native(v, "b1", nil), s.native(v, "p_bad", nil)
	s.group(v, "rr", lb.NewRoundRobin(), member{b1, 0}, member{bad, 0})
	return nil
}

func (s *scene) native(v *director.VCL, name string, probe *backend.ProbeStatus) *director.Director {
	s.t.Helper()
	b, err := backend.New(backend.Config{Host: "127.0.0.1", Port: 19202})
	s.must(err)
	var impl director.Implementation = b
	if probe != nil {
		probe.Window, probe.Threshold = 4, 2
		impl = &probed{Backend: b, status: probe}
	}
	d, err := v.AddStatic(name, impl)
	s.must(err)
	return d
}

type member struct {
	director *director.Director
	weight   float64
}

func (s *scene) group(v *director.VCL, name string, impl director.Implementation, members ...member) *director.Director {
	s.t.Helper()
	d, err := v.Add(name, impl)
	s.must(err)
	for _, m := range members {
		_, err := impl.(director.Group).AddMember(m.director, m.weight)
		s.must(err)
	}
	return d
}

func (s *scene) shard(v *director.VCL, plain, ok, bad *director.Director) *director.Director {
	s.t.Helper()
	shard, err := lb.NewShard(lb.ShardOptions{Warmup: 0.1, Rampup: 10 * time.Second})
	s.must(err)
	d, err := v.Add("sh", shard)
	s.must(err)
	c, ramp := shard.Change(), time.Minute
	s.must(c.Add(plain, lb.ShardMember{}))
	s.must(c.Add(ok, lb.ShardMember{Ident: "okay", Rampup: &ramp}))
	s.must(c.Add(bad, lb.ShardMember{}))
	s.must(c.End())
	return d
}

// probed is a backend whose probe has found what it is given.
type probed struct {
	*backend.Backend
	status *backend.ProbeStatus
}

func (p *probed) Bind(self *director.Director) {
	p.Backend.Bind(self)
	self.ReportHealth(!p.status.Sick, "scripted")
}

func (p *probed) List(details bool) director.Listing {
	l := p.status.List(details)
	l.Beside = p.Backend.List(details).Beside
	return l
}

// hash is Varnish's hash director: neither list nor healthy, since it picks when
// it is asked for, and nobody sees more of it than its type.
type hash struct{}

func (hash) Type() string { return "hash" }

// do does to the runtime what a command that is not compared does to Varnish. A
// command that Varnish refuses has to fail.
func (s *scene) do(i int, c capture) {
	s.t.Helper()
	if c.Status == list.StatusOK {
		s.obey(i, c)
		return
	}
	vcl := s.vcl
	refused := map[int]func() error{
		61: func() error { return vcl("vcl2").SetState(director.AlwaysCold) },
		62: func() error { return vcl("vcl1").SetState(director.AlwaysCold) },
		66: func() error { return vcl("vcl3").Activate() },
		67: func() error { return vcl("vcl2").Discard() },
		69: func() error { return vcl("vcl1").Discard() },
		70: func() error { _, err := s.rt.VCL("nosuch"); return err },
		71: func() error { return vcl("vcl3").SetState("bogus") },
		83: func() error { _, err := s.rt.AddVCL("vcl1"); return err },
	}[i]
	if refused == nil {
		return
	}
	if err := refused(); err == nil {
		s.t.Errorf("capture %d: %s: done, want it refused", i, c.Cmd)
	}
}

func (s *scene) obey(i int, c capture) {
	s.t.Helper()
	switch i {
	case 50, 86:
		s.load(strings.Fields(c.Cmd)[1], director.Auto, s.pair)
	case 52:
		s.must(s.rt.Label("lab", s.vcl("vcl2")))
	case 57:
		s.load("vcl3", director.AlwaysWarm, func(v *director.VCL) error { s.native(v, "b", nil); return nil })
	case 64:
		s.must(s.vcl("vcl3").SetState(director.AlwaysCold))
	case 80:
		s.must(s.rt.Unlabel("lab"))
		s.must(s.vcl("vcl3").Discard())
		s.must(s.vcl("vcl2").Discard())
	case 89:
		s.must(s.vcl("vcl4").Activate())
	}
}

func (s *scene) vcl(name string) *director.VCL {
	s.t.Helper()
	v, err := s.rt.VCL(name)
	s.must(err)
	return v
}
