package director_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
)

// A moody leaf fails half of its requests.
type moody struct{}

func (moody) Type() string { return "moody" }
func (moody) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	if req.Body != nil {
		defer req.Body.Close()
	}
	if rand.IntN(2) == 0 {
		if rand.IntN(2) == 0 && req.Body != nil {
			_, _ = req.Body.Read(make([]byte, 1))
		}
		return nil, refused{}
	}
	return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("ok"))}, nil
}

// Requests are retried while the leaves that fail them come and go: every
// reference is given back.
func TestRetriesBesideChanges(t *testing.T) {
	v := newVCL(t)
	for _, kind := range lb.Types() {
		if kind.Watches {
			continue
		}
		impl, err := lb.New(kind.Name, nil)
		if err != nil {
			t.Fatal(err)
		}
		p := add(t, v, kind.Name, impl)
		site := pool(t, v, "site-"+kind.Name, p, add(t, v, "spare-"+kind.Name, moody{}))
		g, _ := p.Group()
		var work sync.WaitGroup
		for range 2 {
			work.Go(func() { // leaves come and go
				for range 150 {
					leaf, err := v.Add(kind.Name+"-member", moody{})
					if err != nil {
						t.Error(err)
						return
					}
					slot, err := g.AddMember(leaf, 1)
					if err != nil {
						t.Error(err)
						return
					}
					if err := leaf.Delete(); err != nil {
						t.Error(err)
					}
					if err := g.RemoveMember(slot); err != nil {
						t.Error(err)
					}
				}
			})
		}
		for range 4 {
			work.Go(func() {
				for range 300 {
					req, _ := http.NewRequest("POST", "http://example.test/"+string(rune('a'+rand.IntN(26))), io.NopCloser(strings.NewReader("text")))
					resp, err := (&director.Transport{Director: site}).RoundTrip(req)
					if err != nil {
						continue
					}
					resp.Body.Close()
				}
			})
		}
		work.Wait()
		for d := range v.Runtime().Sample().Directors() {
			if d.Tasks != 0 || d.Requests < d.Failures || d.Failures < d.Retried {
				t.Errorf("%s: got %d tasks, %d requests, %d failures, %d retried", d.Name, d.Tasks, d.Requests, d.Failures, d.Retried)
			}
		}
	}
}
