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
// # Commands
//
// Events carry the number of the command that made them; the last one of a command
// says so, which is not known before the command ends. Subscribers therefore get the
// events of a command when it has ended: [Log.Add], [Log.Conclude] and [Log.Settle]
// are for the runtime that knows. [Log.After] does not wait.
//
// # Concurrency
//
// A Log may be used by any number of goroutines. Append never waits for a
// reader: one that is too slow finds out by [ErrGap] and is never skipped in
// silence. A [Subscription] belongs to one goroutine. Events are values that
// share their details: nobody may change an event after Append.
package event
