// Package tree is the read model: what is true of an instance after a given
// event. It is folded from events alone, so a journal, another process or a
// real varnishd can feed it as well as the runtime of this process.
//
//	snapshot := tree.New("main", "epoch-1")
//	for _, e := range events {
//		snapshot = snapshot.Apply(e)
//	}
//	site, ok := snapshot.Lookup("boot", "site")
//
// # Concurrency
//
// A [Snapshot] and everything reachable from it is immutable: keep it, share
// it, read it from any goroutine. Apply returns a new snapshot that shares all
// but the path to what the event changed.
//
// At every sequence number, for every director,
//
//	Refcount = 1 if owned + member slots + default slots + pins + Tasks
package tree
