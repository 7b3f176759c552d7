package event

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// DefaultCapacity is the number of events that a Log keeps unless told
// otherwise: some minutes of a busy board, a few megabytes.
const DefaultCapacity = 16384

// ErrGap reports that the log no longer holds the events that a reader still
// needs. The reader has to load the whole state and go on from there.
var ErrGap = errors.New("event: the log no longer holds these events")

// ErrClosed reports that the log was closed and every event was read.
var ErrClosed = errors.New("event: log closed")

// A Log keeps the newest events of one epoch in order. The zero value is not
// usable; call [NewLog].
type Log struct {
	epoch string

	mu   sync.Mutex // guards the fields below
	ring []Event    // event with sequence number s is at (s-1) % len
	last uint64
	// settled is the newest event that subscribers may have.
	settled uint64
	wake    chan struct{} // closed and replaced when readers wait and there is news; nil if none waits
	closed  bool
}

// NewLog returns an empty log. The epoch names this run: sequence numbers of
// different epochs must not be compared. A capacity below 1 means
// [DefaultCapacity].
func NewLog(epoch string, capacity int) *Log {
	if capacity < 1 {
		capacity = DefaultCapacity
	}
	return &Log{epoch: epoch, ring: make([]Event, capacity)}
}

// Epoch returns the name of this run.
func (l *Log) Epoch() string { return l.epoch }

// Append adds e, whose Seq must be one more than the last, for all readers to
// have. It does not block and calls nothing back.
func (l *Log) Append(e Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.addLocked(e); err != nil {
		return err
	}
	l.settleLocked(e.Seq)
	return nil
}

// Add is Append for an event of a command that is under way: [Log.After] returns
// it, subscribers get it when [Log.Settle] says so.
func (l *Log) Add(e Event) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.addLocked(e)
}

// Conclude says that the event with that number, which is not settled yet, is the
// last one of its command.
func (l *Log) Conclude(seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if seq > l.settled && seq <= l.last && seq >= l.oldestLocked() {
		l.ring[(seq-1)%uint64(len(l.ring))].Last = true
	}
}

// Settle lets subscribers have all events up to the one with that number, which
// do not change any more.
func (l *Log) Settle(seq uint64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.settleLocked(min(seq, l.last))
}

func (l *Log) settleLocked(seq uint64) {
	if seq > l.settled {
		l.settled = seq
		l.wakeLocked()
	}
}

// Settled returns the sequence number up to which subscribers may have events.
func (l *Log) Settled() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settled
}

func (l *Log) addLocked(e Event) error {
	if e.Seq != l.last+1 {
		return fmt.Errorf("event: sequence number %d after %d", e.Seq, l.last)
	}
	if l.closed {
		return ErrClosed
	}
	l.last = e.Seq
	l.ring[(e.Seq-1)%uint64(len(l.ring))] = e
	return nil
}

// Close wakes all readers; each gets the events it still has to read and then
// [ErrClosed]. Closing twice is the same as closing once.
func (l *Log) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	l.settled = l.last
	l.wakeLocked()
}

func (l *Log) wakeLocked() {
	if l.wake != nil {
		close(l.wake)
		l.wake = nil
	}
}

// Last returns the sequence number of the newest event, 0 if there is none.
func (l *Log) Last() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.last
}

// After returns up to limit events that follow sequence number after, oldest
// first, and ErrGap if the log no longer holds the first of them, or if after
// lies in the future. A limit below 1 means all. Those that are not settled are
// among them: whether one is the last of its command may not be known yet.
func (l *Log) After(after uint64, limit int) ([]Event, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.afterLocked(after, limit)
}

func (l *Log) afterLocked(after uint64, limit int) ([]Event, error) {
	if after > l.last || after+1 < l.oldestLocked() {
		return nil, fmt.Errorf("%w: asked for %d, have %d to %d", ErrGap, after+1, l.oldestLocked(), l.last)
	}
	n := int(l.last - after)
	if limit > 0 {
		n = min(n, limit)
	}
	events := make([]Event, n)
	for i := range events {
		events[i] = l.ring[(after+uint64(i))%uint64(len(l.ring))]
	}
	return events, nil
}

// Oldest returns the sequence number of the oldest event still held; one more
// than Last if there is none.
func (l *Log) Oldest() uint64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.oldestLocked()
}

func (l *Log) oldestLocked() uint64 {
	if size := uint64(len(l.ring)); l.last > size {
		return l.last - size + 1
	}
	return 1
}

// Subscribe returns a reader of all events that follow sequence number after.
// It costs the log nothing until it reads and needs no closing.
func (l *Log) Subscribe(after uint64) *Subscription {
	return &Subscription{log: l, after: after}
}

// A Subscription reads a log in order, each event once.
type Subscription struct {
	log   *Log
	after uint64
}

// batch bounds what one Next copies, so that a reader far behind does not hold
// the log's lock for long.
const batch = 1024

// Next waits until there are events to read and returns them, oldest first. It
// fails with [ErrGap] when the log has moved past the reader, with [ErrClosed]
// at the end and with the context's error when that is done.
func (s *Subscription) Next(ctx context.Context) ([]Event, error) {
	for {
		events, wake, err := s.poll()
		if err != nil || len(events) > 0 {
			return events, err
		}
		select {
		case <-wake:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// Seq returns the sequence number up to which s has read.
func (s *Subscription) Seq() uint64 { return s.after }

func (s *Subscription) poll() ([]Event, <-chan struct{}, error) {
	l := s.log
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.after >= l.settled && s.after <= l.last && !l.closed {
		return nil, l.awaitLocked(), nil
	}
	events, err := l.afterLocked(s.after, min(batch, int(l.settled-min(s.after, l.settled))))
	if err != nil {
		return nil, nil, err
	}
	if len(events) > 0 {
		s.after = events[len(events)-1].Seq
		return events, nil, nil
	}
	return nil, nil, ErrClosed
}

// awaitLocked returns what is closed when there is news.
func (l *Log) awaitLocked() <-chan struct{} {
	if l.wake == nil {
		l.wake = make(chan struct{})
	}
	return l.wake
}
