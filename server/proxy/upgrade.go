package proxy

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/textproto"
	"strings"
	"sync"

	"github.com/callboard/callboard/director"
)

var (
	errSwitch = errors.New("a switch of protocol that was not asked for")
	errHijack = errors.New("the client's connection cannot be taken over")
)

// askedUpgrade returns the protocols that a request asks to switch to.
// HTTP/1.0 has no such requests (RFC 9110, section 7.8).
func askedUpgrade(r *http.Request) []string {
	if !r.ProtoAtLeast(1, 1) || !hasToken(r.Header["Connection"], "upgrade") {
		return nil
	}
	return r.Header["Upgrade"]
}

// upgrade joins the two connections when the backend has switched to a protocol
// that the client asked for, until both sides have ended. How long they may be
// silent is the backend's pipe timeout.
func (x *exchange) upgrade(resp *http.Response) {
	server, ok := resp.Body.(io.ReadWriteCloser)
	protocol := textproto.TrimString(resp.Header.Get("Upgrade"))
	if !ok || protocol == "" || !hasToken(askedUpgrade(x.in), protocol) {
		name, _ := leaf(resp)
		resp.Body.Close() // the client may still have to be waited for
		x.fail(&director.LeafError{Director: name, Err: errSwitch})
		return
	}
	conn, buffered, err := x.control.Hijack()
	if err != nil {
		resp.Body.Close()
		x.fail(errors.Join(errHijack, err))
		return
	}
	defer conn.Close()
	x.head(resp)
	if writeSwitch(conn, x.w.Header(), protocol) != nil {
		return
	}
	// What the client has sent in advance comes first. The rest is read from
	// the connection: the reader of net/http takes an end for a client that left.
	early, _ := buffered.Reader.Peek(buffered.Reader.Buffered())
	j := &join{client: conn, server: server}
	stop := context.AfterFunc(x.in.Context(), j.close)
	defer stop()
	j.run(io.MultiReader(bytes.NewReader(early), conn))
}

// writeSwitch tells the client that the protocol is another one from now on.
func writeSwitch(conn net.Conn, h http.Header, protocol string) error {
	h["Connection"], h["Upgrade"] = []string{"Upgrade"}, []string{protocol}
	var head strings.Builder
	head.WriteString("HTTP/1.1 101 Switching Protocols\r\n")
	_ = h.Write(&head) // cannot fail
	head.WriteString("\r\n")
	_, err := io.WriteString(conn, head.String())
	return err
}

// A join is two connections, each of which gets what the other one says.
type join struct {
	client, server io.ReadWriteCloser
	closing        sync.Once
}

// run returns when both directions have ended.
func (j *join) run(fromClient io.Reader) {
	var other sync.WaitGroup
	other.Go(func() { j.pass(j.server, fromClient) })
	j.pass(j.client, j.server)
	other.Wait()
	j.close()
}

// pass copies one direction. Its end is passed on, so that the other may go on;
// where that cannot be, and after an error, both end.
func (j *join) pass(to io.Writer, from io.Reader) {
	buffer := takeBuffer(-1)
	defer buffer.giveBack()
	// Without ReadFrom, which would bring a buffer of its own.
	_, err := io.CopyBuffer(struct{ io.Writer }{to}, struct{ io.Reader }{from}, buffer.bytes)
	half, ok := to.(interface{ CloseWrite() error })
	if err != nil || !ok || half.CloseWrite() != nil {
		j.close()
	}
}

func (j *join) close() {
	j.closing.Do(func() {
		j.client.Close()
		j.server.Close()
	})
}
