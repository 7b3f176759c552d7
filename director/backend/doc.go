// Package backend is the leaf of a director tree: an HTTP server reached over
// TCP or a Unix socket, with connection pool, limits, and a probe that decides
// its health. It follows Varnish's cache_backend.c and cache_backend_probe.c.
//
//	b, err := backend.New(backend.Config{
//		Host: "127.0.0.1", Port: 8001,
//		Probe: &backend.ProbeConfig{URL: "/health"},
//	})
//	if err != nil {
//		return err
//	}
//	d, err := vcl.Add("a1", b)
//
// # Concurrency
//
// A Backend may be used by any number of goroutines. It runs one goroutine, its
// probe's, from the WARM event to the COLD event; connections that wait in the
// pool end at COLD.
package backend
