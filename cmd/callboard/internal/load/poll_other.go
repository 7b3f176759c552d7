//go:build !linux

package load

import (
	"net"
	"sync"
	"time"
)

// A poller reads the connections of a crowd, each in a goroutine.
type poller struct {
	conns []net.Conn // by the number of the client
}

func newPoller(clients int) (*poller, error) { return &poller{make([]net.Conn, clients)}, nil }

// add takes the connection over.
func (p *poller) add(client int, conn net.Conn) error {
	p.conns[client] = conn
	return conn.SetDeadline(time.Time{})
}

// write sends a control frame, which always fits.
func (p *poller) write(client int, frame []byte) { _, _ = p.conns[client].Write(frame) }

// run calls received with what comes, and nil when a connection has ended, until
// stopped reports true.
func (p *poller) run(stopped func() bool, received func(client int, data []byte, at time.Time)) {
	var reading sync.WaitGroup
	for client, conn := range p.conns {
		reading.Go(func() {
			buffer := make([]byte, 16<<10)
			for !stopped() {
				_ = conn.SetReadDeadline(time.Now().Add(50 * time.Millisecond))
				n, err := conn.Read(buffer)
				if n > 0 {
					received(client, buffer[:n], time.Now())
				}
				if timeout, ok := err.(net.Error); err != nil && !(ok && timeout.Timeout()) {
					received(client, nil, time.Now())
					return
				}
			}
		})
	}
	reading.Wait()
}

// close closes all connections; run has returned.
func (p *poller) close() {
	for _, conn := range p.conns {
		if conn != nil {
			conn.Close()
		}
	}
}
