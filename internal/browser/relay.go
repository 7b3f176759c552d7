package browser

import (
	"io"
	"net"
	"strings"
	"sync"
	"testing"
)

// A Relay is a network that a test can break: a loopback TCP port that passes
// everything on to a server and back. It starts out connected.
type Relay struct {
	target   string
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex // guards the fields below
	conns   map[net.Conn]struct{}
	cut     bool
	closed  bool
	flowing chan struct{} // closed while bytes may pass
}

// NewRelay returns a relay in front of a server, given as host:port or as an
// http address, and closes it when the test ends.
func NewRelay(t testing.TB, target string) *Relay {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("browser: %v", err)
	}
	target = strings.TrimSuffix(strings.TrimPrefix(target, "http://"), "/")
	r := &Relay{target: target, listener: listener, conns: make(map[net.Conn]struct{}), flowing: make(chan struct{})}
	close(r.flowing)
	r.running.Go(r.accept)
	t.Cleanup(r.close)
	return r
}

// Addr returns host:port of the relay.
func (r *Relay) Addr() string { return r.listener.Addr().String() }

// URL returns the http address of the relay, without a slash at the end.
func (r *Relay) URL() string { return "http://" + r.Addr() }

// Cut resets all connections, and every new one as soon as it is made, until
// Restore.
func (r *Relay) Cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = true
	r.resetLocked()
}

// Stall lets connections be, and be made, but no byte pass, until Restore: a
// cable that was pulled, which neither side notices by itself.
func (r *Relay) Stall() {
	r.mu.Lock()
	defer r.mu.Unlock()
	select {
	case <-r.flowing:
		r.flowing = make(chan struct{})
	default: // stalled already
	}
}

// Restore ends a cut or a stall. Connections that were cut stay so.
func (r *Relay) Restore() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cut = false
	r.flowLocked()
}

// Connections returns how many connections pass through the relay.
func (r *Relay) Connections() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.conns) / 2 // both sides are kept
}

// close ends everything and waits for it.
func (r *Relay) close() {
	r.mu.Lock()
	r.closed = true
	r.flowLocked()
	r.resetLocked()
	r.mu.Unlock()
	r.listener.Close()
	r.running.Wait()
}

func (r *Relay) flowLocked() {
	select {
	case <-r.flowing:
	default:
		close(r.flowing)
	}
}

func (r *Relay) resetLocked() {
	for c := range r.conns {
		reset(c)
	}
}

func (r *Relay) accept() {
	for {
		client, err := r.listener.Accept()
		if err != nil {
			return
		}
		r.running.Go(func() { r.pass(client) })
	}
}

// pass carries one connection.
func (r *Relay) pass(client net.Conn) {
	if r.isCut() {
		reset(client)
		return
	}
	server, err := net.Dial("tcp", r.target)
	if err != nil {
		reset(client)
		return
	}
	if !r.keep(client, server) {
		reset(client)
		reset(server)
		return
	}
	defer r.drop(client, server)
	var both sync.WaitGroup
	both.Go(func() { r.carry(server, client) })
	both.Go(func() { r.carry(client, server) })
	both.Wait()
}

// carry copies one direction, and passes the end of the stream on.
func (r *Relay) carry(to, from net.Conn) {
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		<-r.gate()
		if n > 0 {
			if _, werr := to.Write(buf[:n]); werr != nil {
				reset(from)
				return
			}
		}
		if err == io.EOF {
			_ = to.(*net.TCPConn).CloseWrite() // fails if that side is gone, too
			return
		}
		if err != nil {
			reset(to)
			return
		}
	}
}

func (r *Relay) isCut() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.cut || r.closed
}

func (r *Relay) gate() <-chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.flowing
}

// keep registers a connection unless the relay was cut meanwhile.
func (r *Relay) keep(conns ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.cut || r.closed {
		return false
	}
	for _, c := range conns {
		r.conns[c] = struct{}{}
	}
	return true
}

func (r *Relay) drop(conns ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range conns {
		c.Close()
		delete(r.conns, c)
	}
}

// reset closes the connection so that the other side sees an error and not a
// proper end.
func reset(c net.Conn) {
	_ = c.(*net.TCPConn).SetLinger(0) // fails only if it is closed already
	c.Close()
}
