package server

import (
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/directortest"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/web"
	"github.com/callboard/callboard/web/view"
)

// BenchmarkLarge measures a board of 100,000 directors: ten pools of 10,000
// members below one director.
func BenchmarkLarge(b *testing.B) {
	rt, leaf := newLarge(b)
	board, err := New(Options{Runtime: rt, Tick: time.Hour})
	if err != nil {
		b.Fatal(err)
	}
	defer board.Close(context.Background())
	for name, query := range map[string]string{
		"page": "", "outline": "?face=outline", "open": "?open=boot.pool_3", "sick": "?q=health%3Asick", "one": "?select=boot.pool_3.5000",
	} {
		b.Run(name, func(b *testing.B) {
			size := 0
			for b.Loop() {
				// A page of its own each time: nothing is taken over.
				board.feed.groups, board.feed.idle = map[string]*group{}, idleGroups{}
				answer := httptest.NewRecorder()
				board.ServeHTTP(answer, httptest.NewRequest("GET", "/i/large/"+query, nil))
				body, _ := io.ReadAll(answer.Body) // from memory
				size = len(body)
			}
			b.ReportMetric(float64(size), "bytes")
		})
	}
	b.Run("flip", func(b *testing.B) {
		values, _ := url.ParseQuery("") // is empty
		q := view.ParseQuery(values)
		model, _ := board.feed.show(q)
		states := []director.AdminHealth{director.AdminHealthy, director.AdminSick}
		for b.Loop() {
			slices.Reverse(states)
			if err := leaf.SetHealth(states[0]); err != nil {
				b.Fatal(err)
			}
			snapshot := rt.Sample()
			events, err := rt.Log().After(model.Seq, 10)
			if err != nil {
				b.Fatal(err)
			}
			next := view.Build(snapshot, events, q, model)
			if _, err := web.Patch(context.Background(), view.Diff(model, next)); err != nil {
				b.Fatal(err)
			}
			model = next
		}
	})
}

func newLarge(b *testing.B) (*director.Runtime, *director.Director) {
	b.Helper()
	rt := director.New(director.Options{Name: "large"})
	b.Cleanup(func() { _ = rt.Close(context.Background()) })
	v, err := rt.AddVCL("boot")
	if err != nil {
		b.Fatal(err)
	}
	site, err := v.Add("site", lb.NewFallback(false))
	if err != nil {
		b.Fatal(err)
	}
	all, err := site.Group()
	if err != nil {
		b.Fatal(err)
	}
	var leaf *director.Director
	for p := range 10 {
		impl := lb.NewRoundRobin()
		pool, err := v.Add(fmt.Sprintf("pool_%d", p), impl)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := all.AddMember(pool, 0); err != nil {
			b.Fatal(err)
		}
		err = impl.Batch(func() error {
			for i := range 10_000 {
				name := fmt.Sprintf("pool_%d.%d", p, i)
				d, err := v.Add(name, directortest.NewBackend(name))
				if err != nil {
					return err
				}
				leaf = d
				if _, err := impl.AddMember(d, 0); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
	return rt, leaf
}
