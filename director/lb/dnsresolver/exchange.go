package dnsresolver

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// udpSize is the size of answers that we take by UDP: what passes everywhere
// without fragments (DNS flag day 2020).
const udpSize = 1232

// A question is one that is to be asked, and its packed form without the id.
type question struct {
	dnsmessage.Question
	packed []byte
}

func newQuestion(name string, kind dnsmessage.Type) (question, error) {
	q := question{}
	packedName, err := dnsmessage.NewName(name)
	if err != nil {
		return q, err
	}
	q.Question = dnsmessage.Question{Name: packedName, Type: kind, Class: dnsmessage.ClassINET}
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{RecursionDesired: true})
	var opt dnsmessage.ResourceHeader
	err = errors.Join(
		b.StartQuestions(), b.Question(q.Question),
		b.StartAdditionals(), opt.SetEDNS0(udpSize, dnsmessage.RCodeSuccess, false), b.OPTResource(opt, dnsmessage.OPTResource{}),
	)
	if err != nil {
		return q, err
	}
	q.packed, err = b.Finish()
	return q, err
}

// message is the question with an id of its own.
func (q question) message() (id uint16, message []byte) {
	id = uint16(rand.Uint32())
	message = append(message, q.packed...)
	binary.BigEndian.PutUint16(message, id)
	return id, message
}

// answeredBy reports whether a message answers the question asked with this id,
// so that nobody else's does (RFC 5452).
func (q question) answeredBy(message []byte, id uint16) (dnsmessage.Header, bool) {
	var p dnsmessage.Parser
	h, err := p.Start(message)
	if err != nil || h.ID != id || !h.Response {
		return h, false
	}
	asked, err := p.Question()
	if err != nil {
		return h, false
	}
	return h, asked.Type == q.Type && asked.Class == q.Class && strings.EqualFold(asked.Name.String(), q.Name.String())
}

// exchange returns a server's answer, by TCP if it is too large for UDP.
func exchange(ctx context.Context, server string, q question) ([]byte, error) {
	reply, truncated, err := exchangeUDP(ctx, server, q)
	if err != nil || !truncated {
		return reply, err
	}
	return exchangeTCP(ctx, server, q)
}

func exchangeUDP(ctx context.Context, server string, q question) (reply []byte, truncated bool, err error) {
	conn, stop, err := dial(ctx, "udp", server)
	if err != nil {
		return nil, false, err
	}
	defer stop()
	id, message := q.message()
	if _, err := conn.Write(message); err != nil {
		return nil, false, err
	}
	buffer := make([]byte, udpSize)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return nil, false, err
		}
		// What is no answer to this question may be a forgery of one: wait for
		// the true one.
		if h, ok := q.answeredBy(buffer[:n], id); ok {
			return buffer[:n], h.Truncated, nil
		}
	}
}

func exchangeTCP(ctx context.Context, server string, q question) ([]byte, error) {
	conn, stop, err := dial(ctx, "tcp", server)
	if err != nil {
		return nil, err
	}
	defer stop()
	id, message := q.message()
	framed := binary.BigEndian.AppendUint16(nil, uint16(len(message)))
	if _, err := conn.Write(append(framed, message...)); err != nil {
		return nil, err
	}
	var size [2]byte
	if _, err := io.ReadFull(conn, size[:]); err != nil {
		return nil, err
	}
	reply := make([]byte, binary.BigEndian.Uint16(size[:]))
	if _, err := io.ReadFull(conn, reply); err != nil {
		return nil, err
	}
	if _, ok := q.answeredBy(reply, id); !ok {
		return nil, errors.New("the answer is to another question")
	}
	return reply, nil
}

// dial connects for as long as ctx lasts.
func dial(ctx context.Context, network, server string) (conn net.Conn, stop func(), err error) {
	var dialer net.Dialer
	conn, err = dialer.DialContext(ctx, network, server)
	if err != nil {
		return nil, nil, err
	}
	// An ending context cuts reads and writes.
	keep := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	return conn, func() { keep(); conn.Close() }, nil
}
