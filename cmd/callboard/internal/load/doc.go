// Package load measures a server of websockets from outside: a crowd of clients
// that checks what it gets, processes to measure, and the arithmetic.
//
//	server, err := load.StartProcess(ctx, stderr, "bench", "loop") // answers load.Answer
//	defer server.Close()
//	crowd, err := load.Open(load.CrowdOptions{URLs: urls, Clients: 4000})
//	defer crowd.Close()
//	crowd.Begin()
//	… // changes; each has the time at which it was made and a sequence number
//	crowd.Wait(last.Seq, 10*time.Second)
//	result := crowd.End(changes)
//	fmt.Println(result.Latency.Percentile(99), result.Missing)
//
// # What a crowd checks
//
// Clients of the same address have to get the same messages, byte by byte and in
// the same order. The first one that gets a message decodes it; the others
// compare. A message that is left out, doubled, different or out of turn, a
// resync and a closed connection are faults, and what never came is counted as
// missing. Between the greeting and [Crowd.Begin] messages are only read, since
// clients come one after the other.
//
// # Clocks
//
// Times are those of the wall clock, which all processes of a machine share: the
// one that makes a change and the one that receives it.
//
// # Concurrency
//
// A [Crowd] has one goroutine on Linux, which waits for all connections at once
// (epoll) and so needs one system call for a message; elsewhere it has one for
// each connection. Its methods may be called from any goroutine, but measurements
// do not overlap. A [Process] answers one call at a time.
package load
