package event_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/callboard/callboard/director/event"
)

// Events of a command are told to subscribers when it has ended, and then say
// which one is its last.
func TestSubscribersGetCommandsWhole(t *testing.T) {
	log := event.NewLog("e", 8)
	sub := log.Subscribe(0)
	for seq := range uint64(2) {
		if err := log.Add(event.Event{Seq: seq + 1, Command: 1}); err != nil {
			t.Fatal(err)
		}
	}
	now, cancel := context.WithCancel(t.Context())
	cancel()
	if events, err := sub.Next(now); !errors.Is(err, context.Canceled) {
		t.Errorf("got %d events, %v; want none before the command has ended", len(events), err)
	}
	if events, err := log.After(0, 0); err != nil || len(events) != 2 || log.Last() != 2 || log.Settled() != 0 {
		t.Errorf("After: %d events, %v, last %d, settled %d; want 2, 2 and 0", len(events), err, log.Last(), log.Settled())
	}
	log.Conclude(2)
	log.Settle(2)
	events, err := sub.Next(t.Context())
	if err != nil || len(events) != 2 || events[0].Last || !events[1].Last {
		t.Errorf("got %+v, %v; want both, the second as the last", events, err)
	}
	log.Conclude(1) // what was told does not change any more
	if events, _ := log.After(0, 0); events[0].Last {
		t.Error("an event that was told has changed")
	}
}

// The end of a log is the end of all commands.
func TestCloseSettles(t *testing.T) {
	log := event.NewLog("e", 8)
	if err := log.Add(event.Event{Seq: 1, Command: 1}); err != nil {
		t.Fatal(err)
	}
	log.Close()
	sub := log.Subscribe(0)
	if events, err := sub.Next(t.Context()); err != nil || len(events) != 1 {
		t.Errorf("got %d events, %v; want the one that there is", len(events), err)
	}
	if _, err := sub.Next(t.Context()); !errors.Is(err, event.ErrClosed) {
		t.Errorf("got %v, want ErrClosed", err)
	}
}

// A command that outgrows the ring leaves a gap, like anything else.
func TestACommandThatOutgrowsTheRing(t *testing.T) {
	log := event.NewLog("e", 4)
	sub := log.Subscribe(0)
	for seq := range uint64(6) {
		if err := log.Add(event.Event{Seq: seq + 1, Command: 1}); err != nil {
			t.Fatal(err)
		}
	}
	log.Conclude(6)
	log.Settle(6)
	if _, err := sub.Next(t.Context()); !errors.Is(err, event.ErrGap) {
		t.Errorf("got %v, want ErrGap", err)
	}
}

func TestCommandInJSON(t *testing.T) {
	for want, e := range map[string]event.Event{
		`"command":null,"actor":""`:                 {},
		`"command":7,"actor":"ann"`:                 {Command: 7, Actor: "ann"},
		`"command":7,"last":true,"actor":""`:        {Command: 7, Last: true},
		`"last":true,"actor":"","before":"release"`: {Command: 7, Last: true, Step: &event.Step{Before: event.BeforeRelease}},
	} {
		text, err := json.Marshal(e)
		if err != nil || !strings.Contains(string(text), want) {
			t.Errorf("got %s, %v; want %s in it", text, err, want)
		}
		var back event.Event
		if err := json.Unmarshal(text, &back); err != nil || back.Command != e.Command || back.Last != e.Last || back.Actor != e.Actor {
			t.Errorf("got %+v, %v back from %s", back, err, text)
		}
	}
}

func TestKnownKinds(t *testing.T) {
	for kind, want := range map[event.Kind]bool{event.VCLAdded: true, event.StepTaken: true, "director.polished": false, "": false} {
		if got := kind.Known(); got != want {
			t.Errorf("%q: got %t, want %t", kind, got, want)
		}
	}
}
