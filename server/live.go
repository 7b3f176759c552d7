package server

import (
	"compress/flate"
	"net/http"
	"strconv"
	"sync"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/web/view"
)

// live is what keeps a page current: a websocket, or an event stream where that
// does not pass.
func (s *Server) live(w http.ResponseWriter, r *http.Request) error {
	if err := s.checkInstance(r); err != nil {
		return err
	}
	if r.URL.Query().Has("why") {
		return s.why(w, r)
	}
	socket := websocket.IsWebSocketUpgrade(r)
	if !socket && !accepts(r, typeEvents) {
		w.Header().Set("Upgrade", "websocket")
		return errNoUpgrade
	}
	if p := s.access.check(r, claimOf(r)); p != nil {
		s.refuse(w, r, p)
		return nil
	}
	from, err := positionOf(r)
	if err != nil {
		return err
	}
	if r.Method == http.MethodHead {
		stream(w, r)
		return nil // there is nothing to wait for
	}
	if !s.enter() {
		return errClosing
	}
	defer s.leave()
	leave, err := s.takeSeat(w, r, socket)
	if err != nil {
		return err
	}
	defer leave()
	if c := connect(w, r, socket); c != nil {
		s.serveClient(c, s.query(r.URL.Query()), from)
	}
	return nil
}

// takeSeat takes one of the places for those that listen, by a websocket or by
// an event stream.
func (s *Server) takeSeat(w http.ResponseWriter, r *http.Request, socket bool) (leave func(), err error) {
	address := s.access.trusted.client(r)
	if !s.seats.take(address, s.options.MaxClients, s.options.MaxClientsPerAddress) {
		w.Header().Set("Retry-After", "5")
		return nil, errNoSeat
	}
	if socket {
		return func() { s.seats.give(address) }, nil
	}
	s.streams.Add(1)
	return func() {
		s.streams.Add(-1)
		s.seats.give(address)
	}, nil
}

var (
	errNoUpgrade = &problem{
		Status: http.StatusUpgradeRequired, Title: "Upgrade required",
		Detail: "This is the address of a websocket, and with Accept: " + typeEvents + " that of an event stream.",
		Mend:   mendUpgrade,
	}
	errNoSeat = &problem{
		Status: http.StatusServiceUnavailable, Title: "Too many listeners",
		Detail: "There are as many websockets and event streams open as may be.",
	}
)

// mendUpgrade is what to do where handshakes of websockets do not arrive whole.
const mendUpgrade = "A proxy in front has to use HTTP/1.1 and to pass the headers Upgrade and Connection on."

// connect returns nil if the client was told already what is wrong with its
// handshake.
func connect(w http.ResponseWriter, r *http.Request, socket bool) *client {
	if !socket {
		return newClient(stream(w, r))
	}
	if out := upgrade(w, r); out != nil {
		return newClient(out)
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
	c.out.serve(c)
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
func upgrade(w http.ResponseWriter, r *http.Request) *socketWire {
	upgrader := websocket.Upgrader{
		HandshakeTimeout:  writeWait,
		ReadBufferSize:    512, // clients send nothing but control frames
		WriteBufferPool:   &writeBuffers,
		EnableCompression: true,
		Subprotocols:      []string{liveProtocol},
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
	return &socketWire{conn: conn, batch: h.batch}
}

// seats count the websockets and the event streams of pages, in all and by address.
type seats struct {
	mu        sync.Mutex // guards the fields below
	taken     int
	byAddress map[string]int
}

func (s *seats) take(address string, most, mostPerAddress int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fullLocked(address, most, mostPerAddress) {
		return false
	}
	if s.byAddress == nil {
		s.byAddress = make(map[string]int)
	}
	s.taken++
	s.byAddress[address]++
	return true
}

// full reports whether take would fail.
func (s *seats) full(address string, most, mostPerAddress int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fullLocked(address, most, mostPerAddress)
}

func (s *seats) fullLocked(address string, most, mostPerAddress int) bool {
	return s.taken >= most || s.byAddress[address] >= mostPerAddress
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
