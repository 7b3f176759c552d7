// Package demo is what the demo's directors work on: real HTTP servers on
// loopback ports, and a small steady stream of requests.
//
//	backends, err := demo.NewBackends("a1", "a2")
//	if err != nil {
//		return err
//	}
//	defer backends.Close()
//	host := backends.Addr("a1")            // 127.0.0.1:41234
//	err = backends.SetFailing("a1", true)  // its probe now fails for real
//	err = backends.Stop("a2")              // its port now refuses connections
//
// # Concurrency
//
// Backends and Traffic may be used by any number of goroutines. Close of a
// Backends returns when every handler has returned and every port is closed.
package demo
