// Package backend is the leaf of a director tree: an HTTP server reached over
// TCP or a Unix socket, with connection pool, limits, a wait queue, and a probe
// that decides its health. It follows Varnish's cache_backend.c,
// cache_backend_probe.c and cache_conn_pool.c.
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
// # Requests
//
// A request first needs a backend that is healthy, then one of its
// MaxConnections places, for which it may wait in line, then a connection: an
// idle one of the pool or a new one. Errors are an [Error] whose Kind says at
// which step it ended; see [ErrBusy] and [director.ErrUnhealthy] for the first
// two. A server may close an idle connection in the moment in which it is used
// again. Such a request is sent again if that can do no harm: nothing of it was
// written, or net/http holds it to be idempotent and its body can be rewound.
// What fails all the same may go to another backend (see [director.Transport]):
// [Error.NotSent] says whether that does no harm whatever the method.
//
// An answer that comes before the request was sent is an answer, also if the
// backend closes or resets the connection behind it. A request that says
// "Expect: 100-continue" keeps its body until the backend wants it, for a second
// at most. A path that is to be sent byte by byte is the Opaque of the request's
// URL. A connection whose protocol was switched ends when neither side has said
// anything for the pipe timeout.
//
// # Connections
//
// Each backend that has been asked has a pool of its own; one that never was
// has none. After a failed connect, no new connection is tried for a moment
// (BE-11), by requests or by the probe.
//
// # Where Varnish is different
//
//   - Pools, and holding down, are by backend, not by endpoint: there is no
//     state outside a Backend to share them in.
//   - A reset probe counts its window again. There, a backend with initial=0
//     stays as healthy as it was, with an empty window (PROBE-11).
//   - A poke that ends after COLD is thrown away, and one that is under way when
//     its director is destroyed is cut short.
//   - A threshold of 64 without a window makes a window of 64, not of 65, which
//     the maps do not have.
//   - What a header line takes after its first byte is bounded by the
//     between-bytes timeout as a whole, not for each read.
//   - A waiter that is let go of because the backend is sick fails as busy, as
//     there, and is [director.ErrUnhealthy] as well.
//   - With several stale connections in the pool, a request may be sent again
//     more than once; the last try is always on a fresh connection.
//
// # Concurrency
//
// A Backend may be used by any number of goroutines. Between two pokes a probe
// is a timer; each poke runs in a goroutine that the runtime waits for, at most
// one at a time. Idle connections end at COLD.
//
// Locks are leaves: none is held while another is taken, while the runtime is
// called, or during I/O. The one exception is the prober's, held while
// [director.Director.Go] starts a poke, so that COLD sees the poke or prevents it.
package backend
