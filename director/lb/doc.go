// Package lb has the load-balancing directors of Varnish's vmod_directors. Each
// chooses among members, which are other directors, and has its own file; what
// they share is in members.go.
//
//	pool := lb.NewRoundRobin()
//	d, err := vcl.Add("pool", pool)
//	if err != nil {
//		return err
//	}
//	slot, err := pool.AddMember(a1, 0)
//
// # Concurrency
//
// All methods may be called from any goroutine. A pick (Resolve) takes no lock
// and allocates nothing: it reads a table that is made anew, by whoever changes
// a member or its health, and is never changed afterwards.
package lb
