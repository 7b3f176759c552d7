package server

import (
	"compress/flate"
	"net"
	"net/http"
	"strconv"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/web/view"
)

// live is the websocket of a page.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	if !websocket.IsWebSocketUpgrade(r) {
		w.Header().Set("Upgrade", "websocket")
		return &problem{Status: http.StatusUpgradeRequired, Title: "Upgrade required", Detail: "This is the address of a websocket."}
	}
	if !s.originAllowed(r) {
		return &problem{Status: http.StatusForbidden, Title: "Refused", Detail: "A page of another origin may not listen here."}
	}
	from, err := positionOf(r)
	if err != nil {
		return err
	}
	if !s.enter() {
		return errClosing
	}
	defer s.leave()
	address := addressOf(r)
	if !s.seats.take(address, s.options.MaxClients, s.options.MaxClientsPerAddress) {
		w.Header().Set("Retry-After", "5")
		return &problem{Status: http.StatusServiceUnavailable, Title: "Too many listeners", Detail: "There are as many websockets open as may be."}
	}
	defer s.seats.give(address)
	if c := upgrade(w, r); c != nil {
		s.serveClient(c, s.query(r.URL.Query()), from)
	}
	return nil
}

// serveClient returns when the client has gone.
func (s *Server) serveClient(c *client, q view.Query, from position) {
	g, ok := s.feed.join(q, c, from)
	if !ok {
		c.end(endShutdown)
	} else {
		defer s.feed.leave(g, c)
	}
	c.serve()
}

func positionOf(r *http.Request) (position, error) {
	query := r.URL.Query()
	seq, err := number(query, "seq", 0)
	return position{epoch: query.Get("epoch"), seq: seq}, err
}

// writeBuffers are shared, because a client writes seldom and there are many.
var writeBuffers sync.Pool

// upgrade returns nil if the client was told already what is wrong with its
// handshake.
func upgrade(w http.ResponseWriter, r *http.Request) *client {
	upgrader := websocket.Upgrader{
		HandshakeTimeout:  writeWait,
		ReadBufferSize:    512, // clients send nothing but control frames
		WriteBufferPool:   &writeBuffers,
		EnableCompression: true,
		CheckOrigin:       func(*http.Request) bool { return true }, // was done
		Error: func(w http.ResponseWriter, _ *http.Request, status int, reason error) {
			_ = writeAs(w, status, "application/problem+json", &problem{
				Status: status, Title: http.StatusText(status), Detail: sentence(reason),
			})
		},
	}
	h := &hijacker{ResponseWriter: w}
	conn, err := upgrader.Upgrade(h, r, nil)
	if err != nil {
		return nil
	}
	// Patches are small and alike: the cheapest level does nearly as well.
	_ = conn.SetCompressionLevel(flate.BestSpeed) // the level is valid
	return newClient(conn, h.batch)
}

func addressOf(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}

// seats count the websockets, in all and by address.
type seats struct {
	mu        sync.Mutex // guards the fields below
	taken     int
	byAddress map[string]int
}

func (s *seats) take(address string, most, mostPerAddress int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken >= most || s.byAddress[address] >= mostPerAddress {
		return false
	}
	if s.byAddress == nil {
		s.byAddress = make(map[string]int)
	}
	s.taken++
	s.byAddress[address]++
	return true
}

func (s *seats) give(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.taken--
	if s.byAddress[address]--; s.byAddress[address] == 0 {
		delete(s.byAddress, address)
	}
}

func (s *seats) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.taken
}

func utoa(n uint64) string { return strconv.FormatUint(n, 10) }
