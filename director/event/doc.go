// Package event holds the facts that a director runtime reports, and the log
// that keeps them in order.
//
// A [Log] is a bounded ring. Whoever wants to know what happens subscribes from
// a sequence number that it already has and reads at its own speed:
//
//	sub := log.Subscribe(seq)
//	for {
//		events, err := sub.Next(ctx)
//		if err != nil {
//			return err // ErrGap: the ring has moved on; load the state afresh
//		}
//		for _, e := range events {
//			fmt.Println(e.Seq, e.Kind, e.Director)
//		}
//	}
//
// # Concurrency
//
// A Log may be used by any number of goroutines. Append never waits for a
// reader: one that is too slow finds out by [ErrGap] and is never skipped in
// silence. A [Subscription] belongs to one goroutine. Events are values that
// share their details: nobody may change an event after Append.
package event
