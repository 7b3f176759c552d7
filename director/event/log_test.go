package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/callboard/callboard/director/event"
)

func fill(t *testing.T, log *event.Log, from, to uint64) {
	t.Helper()
	for seq := from; seq <= to; seq++ {
		if err := log.Append(event.Event{Seq: seq, Kind: event.DirectorEvent}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAfter(t *testing.T) {
	log := event.NewLog("e", 10)
	fill(t, log, 1, 25) // 16 to 25 are left
	for _, c := range []struct {
		after       uint64
		limit       int
		first, last uint64
		gap         bool
	}{
		{15, 0, 16, 25, false},
		{20, 0, 21, 25, false},
		{20, 2, 21, 22, false},
		{25, 0, 0, 0, false},
		{14, 0, 0, 0, true},
		{0, 0, 0, 0, true},
		{26, 0, 0, 0, true},
	} {
		events, err := log.After(c.after, c.limit)
		if errors.Is(err, event.ErrGap) != c.gap {
			t.Errorf("after %d: error %v, want gap %t", c.after, err, c.gap)
		}
		var first, last uint64
		if len(events) > 0 {
			first, last = events[0].Seq, events[len(events)-1].Seq
		}
		if first != c.first || last != c.last {
			t.Errorf("after %d limit %d: got %d to %d, want %d to %d", c.after, c.limit, first, last, c.first, c.last)
		}
	}
}

func TestAppendRefusesAWrongNumber(t *testing.T) {
	log := event.NewLog("e", 10)
	fill(t, log, 1, 3)
	for _, seq := range []uint64{0, 3, 5} {
		if err := log.Append(event.Event{Seq: seq}); err == nil {
			t.Errorf("append %d after 3: got no error", seq)
		}
	}
}

func TestSubscribersGetEachEventOnce(t *testing.T) {
	log := event.NewLog("e", 1<<12)
	var readers sync.WaitGroup
	for range 4 {
		sub := log.Subscribe(0)
		readers.Go(func() {
			want := uint64(1)
			for {
				events, err := sub.Next(t.Context())
				if err != nil {
					if !errors.Is(err, event.ErrClosed) || want != 3001 {
						t.Errorf("ended before %d with %v, want 3001 and ErrClosed", want, err)
					}
					return
				}
				for _, e := range events {
					if e.Seq != want {
						t.Errorf("got event %d, want %d", e.Seq, want)
					}
					want++
				}
			}
		})
	}
	fill(t, log, 1, 3000)
	log.Close()
	readers.Wait()
}

func TestSlowReaderIsTold(t *testing.T) {
	log := event.NewLog("e", 10)
	sub := log.Subscribe(0)
	fill(t, log, 1, 11)
	if _, err := sub.Next(t.Context()); !errors.Is(err, event.ErrGap) {
		t.Errorf("got %v, want ErrGap", err)
	}
}

func TestNextWaitsAndCanBeCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := event.NewLog("e", 10)
		sub := log.Subscribe(0)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		start := time.Now()
		if _, err := sub.Next(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != time.Minute {
			t.Errorf("got %v after %s, want the deadline after a minute", err, time.Since(start))
		}
		go func() { time.Sleep(time.Second); fill(t, log, 1, 1) }()
		if events, err := sub.Next(t.Context()); err != nil || len(events) != 1 {
			t.Errorf("got %v, %v, want one event", events, err)
		}
	})
}

func TestEventsSurviveJSON(t *testing.T) {
	when := time.Date(2026, 11, 23, 12, 0, 0, 5000, time.UTC)
	for _, want := range []event.Event{
		{Seq: 1, Time: when, Kind: event.VCLAdded, VCL: "boot", Temperature: &event.Temperature{Temperature: "init"}},
		{Seq: 2, Time: when, Kind: event.DirectorAdded, VCL: "boot", Director: "a", ID: 1,
			Added:  &event.Added{Type: "backend", Leaf: true, Options: []event.Option{{Name: "address", Value: "x"}}},
			Health: &event.Health{Healthy: true, Admin: "auto", Changed: when}},
		{Seq: 3, Time: when, Kind: event.RefAssigned, VCL: "boot", Director: "p", ID: 2,
			Assigned: &event.Assigned{Holder: event.Holder{Kind: event.HolderMember, Name: "p", ID: 2, Slot: 1, Ref: 5}, To: "a", ToID: 1, RefcountTo: 2, Weight: 2}},
		{Seq: 4, Time: when, Kind: event.DirectorReleased, VCL: "boot", Director: "p", ID: 2, Life: &event.Life{Refcount: 1, Released: []string{"a"}}},
	} {
		data, err := json.Marshal(want)
		if err != nil {
			t.Fatal(err)
		}
		var got event.Event
		if err := json.Unmarshal(data, &got); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("through %s:\ngot  %+v\nwant %+v", data, got, want)
		}
	}
}

func ExampleLog_Subscribe() {
	log := event.NewLog("epoch", 0)
	_ = log.Append(event.Event{Seq: 1, Kind: event.DirectorAdded, Director: "a1"})
	_ = log.Append(event.Event{Seq: 2, Kind: event.DirectorDeleted, Director: "a1"})
	events, err := log.Subscribe(1).Next(context.Background())
	for _, e := range events {
		fmt.Println(e.Seq, e.Kind, e.Director, err)
	}
	// Output: 2 director.deleted a1 <nil>
}
