package backend

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/callboard/callboard/director"
)

// Pipe sends req to the backend, on a connection of its own, and then passes
// bytes between that and client, both ways and unseen, until both sides have
// ended or neither has said anything for the pipe timeout (Varnish: http1pipe).
// Client is the connection that the request came by; it is closed when Pipe
// returns without error. With an error nothing was sent to the client, which the
// caller still has to answer and close. The answer's header is not looked at: it
// passes as it is. Limits, health and counters are those of RoundTrip; Finish is
// not called for a pipe (REQ-11).
func (b *Backend) Pipe(_ *director.Task, req *http.Request, client io.ReadWriteCloser) error {
	if err := b.enter(req.Context()); err != nil {
		return err
	}
	defer b.places.free()
	source, target := ends(req)
	timeouts := b.config.timeouts(req.Context())
	conn, err := b.connect(req.Context(), timeouts.Connect, source, target)
	if err != nil {
		return err
	}
	defer conn.Close()
	// Who gives up ends the backend's side, which ends the client's.
	defer context.AfterFunc(req.Context(), func() { conn.Close() })()
	b.tallies.req.Add(1)
	conn.bare = strings.HasPrefix(req.URL.Opaque, "//")
	if err := b.pipeRequest(req).Write(conn); err != nil {
		failed := classify(err)
		b.tallies.countError(failed)
		return failed
	}
	p := &pipe{backend: conn, client: client, timeout: time.Duration(b.config.PipeTimeout)}
	out, in := p.run()
	b.tallies.pipeOut.Add(out)
	b.tallies.pipeIn.Add(in)
	return nil
}

// pipeRequest returns the request as it came, with a host.
func (b *Backend) pipeRequest(req *http.Request) *http.Request {
	out := req.Clone(req.Context())
	out.URL.Scheme = "http" // for backendConn.bare
	if out.Host == "" && out.URL.Host == "" {
		out.Host = b.config.HostHeader
	}
	if _, ok := out.Header["User-Agent"]; !ok {
		out.Header["User-Agent"] = nil // else net/http adds its own
	}
	return out
}

// A pipe is two connections that are joined.
type pipe struct {
	backend, client io.ReadWriteCloser
	timeout         time.Duration
	idle            *time.Timer
	closing         sync.Once
}

// run returns when both directions have ended, and closes both connections.
func (p *pipe) run() (out, in uint64) {
	p.idle = time.AfterFunc(p.timeout, p.close)
	defer p.idle.Stop()
	defer p.close()
	var both sync.WaitGroup
	both.Go(func() { out = p.pass(p.backend, p.client) })
	both.Go(func() { in = p.pass(p.client, p.backend) })
	both.Wait()
	return out, in
}

// pass copies one direction. Its end is passed on, so that the other direction
// may go on; where a connection cannot say that, or has failed, it ends both.
func (p *pipe) pass(to, from io.ReadWriteCloser) (n uint64) {
	buffer := make([]byte, 16<<10)
	for {
		k, err := from.Read(buffer)
		if k > 0 {
			p.idle.Reset(p.timeout)
			written, failed := to.Write(buffer[:k])
			n += uint64(written)
			err = errors.Join(err, failed)
		}
		if err == nil {
			continue
		}
		half, ok := to.(interface{ CloseWrite() error })
		if !ok || !errors.Is(err, io.EOF) || half.CloseWrite() != nil {
			p.close()
		}
		return n
	}
}

func (p *pipe) close() {
	p.closing.Do(func() {
		p.backend.Close()
		p.client.Close()
	})
}
