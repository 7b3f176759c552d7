package server

// Connections says how many connections the listeners of a [Program] have at one
// time.
type Connections struct {
	// Board is those of pages, of the API and of their streams.
	Board int
	// Proxy is those of clients. A request takes a second one, to a backend.
	Proxy int
}

// Bounds of what is derived from the number of descriptors.
const (
	leastConnections = 8
	mostConnections  = 1 << 16
	// unknownDescriptors is taken for the limit where the system does not tell.
	unknownDescriptors = 8192
)

// DefaultConnections derives limits from the number of files that the process may
// have open, so that neither listener can take what the other needs: a quarter is
// the board's, an eighth is for probes, logs and the journal, and the rest is the
// proxy's and its backends'.
func DefaultConnections() Connections { return connectionsOf(descriptors()) }

func connectionsOf(descriptors int) Connections {
	board := descriptors / 4
	proxy := (descriptors - board - descriptors/8) / 2
	return Connections{Board: withinBounds(board), Proxy: withinBounds(proxy)}
}

func withinBounds(n int) int { return min(max(n, leastConnections), mostConnections) }

// Listeners returns how many of the board's connections may last, for
// Options.MaxClients: websockets and streams of events must leave some for
// commands and pages.
func (c Connections) Listeners() int { return max(1, c.Board*3/4) }
