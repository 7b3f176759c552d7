package backend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"syscall"
	"time"
)

// poke makes one probe request on a connection of its own, and all of it has to
// happen within the probe's timeout (PROBE-6). Limits and admin health are not
// looked at (PROBE-14).
func (b *Backend) poke(ctx context.Context) poke {
	start := time.Now()
	ctx, cancel := context.WithTimeout(ctx, time.Duration(b.config.Probe.Timeout))
	defer cancel()
	var p poke
	conn, failed := b.open(ctx)
	if failed != nil {
		p.text = openError(failed)
		return p
	}
	defer conn.Close()
	p.mark(familyOf(conn))
	// An ending context cuts the reads and writes below.
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	ready, err := b.greet(ctx, conn, probeEnd(conn, b.config.ProxyHeader), conn.LocalAddr())
	if err == nil {
		_, err = io.WriteString(ready, b.config.Probe.request(b.config.HostHeader))
	}
	if err != nil {
		p.mark(mapErrXmit)
		p.text = ioError("Write", err)
		return p
	}
	p.mark(mapGoodXmit)
	head, err := readAnswer(ready, b.config.Probe.expectsClose())
	p.receive(head, err, b.config.Probe)
	p.text, p.note = scrub(p.text, b.hidden), scrub(p.note, b.hidden)
	if p.marks[mapGoodRecv] {
		p.took = time.Since(start)
		p.marks[mapHappy] = statusOf(firstLine(head)) == b.config.Probe.ExpectedResponse
	}
	return p
}

// receive records what came of reading the answer.
func (p *poke) receive(head []byte, err error, c *ProbeConfig) {
	switch {
	case err != nil && errnoOf(err) == syscall.ETIMEDOUT:
		p.mark(mapErrRecv)
		p.text = ioError("Poll", err)
		if len(head) > 0 && statusOf(firstLine(head)) == c.ExpectedResponse {
			p.note = "the answer " + shown(firstLine(head)) + " was good, but the connection stayed open (see expect_close)"
		}
	case err != nil:
		p.mark(mapErrRecv)
		p.text = ioError("Read", err)
	case len(head) == 0:
		p.text = "Empty response"
	default:
		p.mark(mapGoodRecv)
		p.text = shown(firstLine(head))
	}
}

// readAnswer reads to the end of an answer and returns its start, also with an
// error. A server that leaves the connection open is not well, unless it may
// (PROBE-7).
func readAnswer(r io.Reader, expectClose bool) ([]byte, error) {
	head := make([]byte, maxStatusLine)
	n, err := io.ReadFull(r, head)
	head = head[:n]
	if err == nil {
		_, err = io.Copy(io.Discard, r)
	}
	switch {
	case err == nil, errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return head, nil
	case n > 0 && !expectClose && errnoOf(err) == syscall.ETIMEDOUT:
		return head, nil
	}
	return head, err
}

// familyOf returns the map of the sort of address that was reached.
func familyOf(conn net.Conn) stageMap {
	addr, ok := conn.RemoteAddr().(*net.TCPAddr)
	switch {
	case !ok:
		return mapGoodUnix
	case addr.IP.To4() != nil:
		return mapGoodIPv4
	default:
		return mapGoodIPv6
	}
}

// probeEnd returns whom a poke's PROXY header names as its source: nobody in
// version 2, and in version 1, which cannot say that, ourselves.
func probeEnd(conn net.Conn, version int) net.Addr {
	if version == 1 {
		return conn.LocalAddr()
	}
	return nil
}

// openError words a failed connect as Varnish does; one that was not tried has
// errno 0.
func openError(e *Error) string {
	if e.Kind == KindConnect && e.Errno == 0 {
		return "Open error: " + e.Err.Error()
	}
	return fmt.Sprintf("Open error %d (%s)", int(e.Errno), errnoText(e.Errno))
}

// ioError words an error with its number, where the system gave it one.
func ioError(what string, err error) string {
	if errno := errnoOf(err); errno != 0 {
		return fmt.Sprintf("%s error %d (%s)", what, int(errno), errnoText(errno))
	}
	return fmt.Sprintf("%s error: %v", what, err)
}
