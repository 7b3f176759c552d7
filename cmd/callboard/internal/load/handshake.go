package load

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"
)

// handshakeTime is how long a server may take to let a client in.
const handshakeTime = 30 * time.Second

// dial opens a websocket by hand: what follows is read without any library, so
// that a client costs little. It returns what came with the answer, too.
func dial(address string, compress bool) (net.Conn, []byte, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, nil, err
	}
	conn, err := net.DialTimeout("tcp", u.Host, handshakeTime)
	if err != nil {
		return nil, nil, err
	}
	early, err := shakeHands(conn, u, compress)
	if err != nil {
		conn.Close()
		return nil, nil, fmt.Errorf("websocket %s: %w", address, err)
	}
	return conn, early, nil
}

func shakeHands(conn net.Conn, u *url.URL, compress bool) (early []byte, err error) {
	_ = conn.SetDeadline(time.Now().Add(handshakeTime)) // fails only where reading does
	request := "GET " + u.RequestURI() + " HTTP/1.1\r\nHost: " + u.Host + "\r\n" +
		"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n" +
		"Sec-WebSocket-Key: Y2FsbGJvYXJkIGJlbmNoLg==\r\n"
	if compress {
		request += "Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover; client_no_context_takeover\r\n"
	}
	if _, err := conn.Write([]byte(request + "\r\n")); err != nil {
		return nil, err
	}
	reader := bufio.NewReaderSize(conn, 4096)
	resp, err := http.ReadResponse(reader, nil)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return nil, fmt.Errorf("got status %s, want 101", resp.Status)
	}
	if compress && resp.Header.Get("Sec-WebSocket-Extensions") == "" {
		return nil, fmt.Errorf("the server does not compress")
	}
	early = make([]byte, reader.Buffered())
	_, err = reader.Read(early)
	if len(early) == 0 {
		err = nil
	}
	return early, err
}
