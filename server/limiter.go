package server

import (
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"
)

// A limiter is a listener with a place for each connection, so that those of one
// listener cannot take all descriptors of the process. When all places are taken,
// the connection that has been silent longest is closed for a new one: kept open
// by a client that may not come back, or opened by one that has sent nothing. If
// none is silent, the new one waits. A fresh one counts as silent only after a
// while: its request may be on its way.
//
// netutil.LimitListener would let idle connections, which stay for minutes, keep
// everybody else out, and hides what a [net.TCPConn] can do from net/http.
type limiter struct {
	net.Listener
	places  chan struct{}
	grace   time.Duration // of a fresh connection
	waiting atomic.Bool   // Accept waits for a place
	done    chan struct{}
	end     sync.Once

	mu    sync.Mutex // guards the field below
	conns map[*place]struct{}
}

func limit(l net.Listener, most int) *limiter {
	return &limiter{
		Listener: l, grace: time.Second, places: make(chan struct{}, most), done: make(chan struct{}),
		conns: make(map[*place]struct{}),
	}
}

// Accept implements [net.Listener].
func (l *limiter) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	if !l.enter() {
		conn.Close()
		return nil, net.ErrClosed
	}
	p := &place{l: l, conn: conn}
	p.silentSince.Store(time.Now().Add(l.grace).UnixNano())
	l.mu.Lock()
	l.conns[p] = struct{}{}
	l.mu.Unlock()
	if tcp, ok := conn.(*net.TCPConn); ok {
		return &placedTCP{tcp, p}, nil
	}
	return &placedConn{conn, p}, nil
}

// enter takes a place; it reports false if the listener is closed.
func (l *limiter) enter() bool {
	select {
	case l.places <- struct{}{}:
		return true
	default:
	}
	// From here on, a connection that falls silent makes room by itself.
	l.waiting.Store(true)
	defer l.waiting.Store(false)
	for {
		look := time.NewTimer(l.makeRoom())
		select {
		case l.places <- struct{}{}:
			look.Stop()
			return true
		case <-l.done:
			look.Stop()
			return false
		case <-look.C:
		}
	}
}

// makeRoom closes the connection that has been silent longest, and returns when
// to look again if there is none.
func (l *limiter) makeRoom() time.Duration {
	longest, since := l.longestSilent()
	if longest == nil {
		return time.Minute // not to be waited for: whatever ends or falls silent makes room
	}
	wait := time.Until(time.Unix(0, since))
	if wait <= 0 {
		_ = longest.close()
		return time.Minute
	}
	return wait
}

func (l *limiter) longestSilent() (longest *place, since int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.conns {
		if at := p.silentSince.Load(); at != 0 && (longest == nil || at < since) {
			longest, since = p, at
		}
	}
	return longest, since
}

// Close implements [net.Listener].
func (l *limiter) Close() error {
	l.end.Do(func() { close(l.done) })
	return l.Listener.Close()
}

// watch is for [http.Server.ConnState]. It runs twice for each request and takes
// no lock.
func (l *limiter) watch(conn net.Conn, state http.ConnState) {
	placed, ok := conn.(interface{ placeTaken() *place })
	if !ok {
		return
	}
	p := placed.placeTaken()
	switch state {
	case http.StateIdle:
		p.silentSince.Store(time.Now().UnixNano())
		if l.waiting.CompareAndSwap(true, false) {
			_ = p.close()
		}
	case http.StateActive, http.StateHijacked, http.StateClosed:
		p.silentSince.Store(0)
	case http.StateNew: // as Accept has noted
	}
}

// A place is that of one connection.
type place struct {
	l           *limiter
	conn        net.Conn
	silentSince atomic.Int64 // in nanoseconds, ahead for a fresh one; 0 while a request is under way
	left        sync.Once
}

// close closes the connection and gives its place back, once.
func (p *place) close() error {
	err := p.conn.Close()
	p.left.Do(func() {
		p.l.mu.Lock()
		delete(p.l.conns, p)
		p.l.mu.Unlock()
		<-p.l.places
	})
	return err
}

// placedTCP keeps what a TCP connection can do, such as to send a file.
type placedTCP struct {
	*net.TCPConn
	place *place
}

// Close implements [net.Conn].
func (c *placedTCP) Close() error { return c.place.close() }

func (c *placedTCP) placeTaken() *place { return c.place }

type placedConn struct {
	net.Conn
	place *place
}

// Close implements [net.Conn].
func (c *placedConn) Close() error { return c.place.close() }

func (c *placedConn) placeTaken() *place { return c.place }
