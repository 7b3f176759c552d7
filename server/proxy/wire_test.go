package proxy_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/backend"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/director/tree"
	"github.com/callboard/callboard/internal/await"
	"github.com/callboard/callboard/server/proxy"
)

// A wire is a proxy between two raw sockets: a client that the test plays, and
// an origin that it scripts. The tree is pool round-robin(a), the default, and a
// takes one request at a time.
type wire struct {
	t      *testing.T
	rt     *director.Runtime
	leaf   *director.Director
	pool   *director.Director
	real   *backend.Backend // the implementation of leaf; nil if it is another
	origin net.Listener
	front  net.Listener

	descriptors, goroutines int // when nothing goes on
}

// wireOptions are what may be different; the zero value is usual.
type wireOptions struct {
	config  backend.Config
	leaf    director.Implementation // instead of a backend
	around  func(http.Handler) http.Handler
	trusted []netip.Prefix
}

// newWire starts a proxy whose origin has each connection in serve, which ends
// it by returning.
func newWire(t *testing.T, o wireOptions, serve func(conn net.Conn, r *bufio.Reader)) *wire {
	t.Helper()
	w := &wire{t: t, rt: director.New(director.Options{}), origin: listen(t), front: listen(t)}
	w.plant(o)
	var handler http.Handler = proxy.New(proxy.Options{
		Transport: &director.Transport{Runtime: w.rt}, TrustedProxies: o.trusted, Logger: slog.New(slog.DiscardHandler),
	})
	if o.around != nil {
		handler = o.around(handler)
	}
	server := &http.Server{
		Handler: handler, DisableGeneralOptionsHandler: true,
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
	}
	var running sync.WaitGroup
	running.Go(func() { _ = server.Serve(w.front) })
	running.Go(func() { accept(w.origin, serve) })
	// Both accept when a first connection has come and gone.
	w.dial().Close()
	w.settleCounts()
	t.Cleanup(func() {
		_ = server.Close()
		w.origin.Close()
		running.Wait()
		if err := w.rt.Close(context.Background()); err != nil {
			t.Errorf("close the runtime: %v", err)
		}
	})
	return w
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func accept(l net.Listener, serve func(net.Conn, *bufio.Reader)) {
	var serving sync.WaitGroup
	defer serving.Wait()
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		serving.Go(func() {
			defer conn.Close()
			serve(conn, bufio.NewReader(conn))
		})
	}
}

func (w *wire) plant(o wireOptions) {
	w.t.Helper()
	impl := o.leaf
	if impl == nil {
		at := netip.MustParseAddrPort(w.origin.Addr().String())
		c := o.config
		c.Host, c.Port, c.MaxConnections = at.Addr().String(), int(at.Port()), 1
		b, err := backend.New(c)
		if err != nil {
			w.t.Fatal(err)
		}
		w.real, impl = b, b
	}
	v, err := w.rt.AddVCL("boot")
	if err != nil {
		w.t.Fatal(err)
	}
	if w.leaf, err = v.Add("a", impl); err != nil {
		w.t.Fatal(err)
	}
	if w.pool, err = v.Add("pool", lb.NewRoundRobin()); err != nil {
		w.t.Fatal(err)
	}
	group, err := w.pool.Group()
	if err != nil {
		w.t.Fatal(err)
	}
	if _, err := group.AddMember(w.leaf, 1); err != nil {
		w.t.Fatal(err)
	}
	if err := v.SetDefault(w.pool); err != nil {
		w.t.Fatal(err)
	}
}

// dial makes a connection to the proxy.
func (w *wire) dial() *net.TCPConn {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.front.Addr().String())
	if err != nil {
		w.t.Fatal(err)
	}
	return conn.(*net.TCPConn)
}

// say sends a text to the proxy, and returns the connection.
func (w *wire) say(text string) *net.TCPConn {
	w.t.Helper()
	conn := w.dial()
	if _, err := io.WriteString(conn, text); err != nil {
		w.t.Fatal(err)
	}
	return conn
}

// ask sends a text and returns all that comes back until the connection ends.
func (w *wire) ask(text string) string {
	w.t.Helper()
	conn := w.say(text)
	defer conn.Close()
	return all(w.t, conn)
}

// all reads a connection to its end; a reset is one, too.
func all(t *testing.T, r io.Reader) string {
	t.Helper()
	defer await.Say(t, func() string { return "for the end of a connection" })()
	text, _ := io.ReadAll(r)
	return string(text)
}

// settled waits until all that the exchange held is let go: the
// references, the VCL, the place, the descriptors and the goroutines.
func (w *wire) settled() {
	w.t.Helper()
	idle := func() bool {
		if w.real != nil {
			w.real.Event(director.EventCold) // closes what the pool keeps for the next request
		}
		return w.tasks() == 0 && w.busy() == 0 && w.taken() == 0 &&
			descriptors() <= w.descriptors && runtime.NumGoroutine() <= w.goroutines
	}
	w.until(idle, func() string {
		return fmt.Sprintf("until all is let go: %d tasks, VCL busy %d, %d places, %d descriptors (had %d), %d goroutines (had %d)",
			w.tasks(), w.busy(), w.taken(), descriptors(), w.descriptors, runtime.NumGoroutine(), w.goroutines)
	})
	snapshot := w.rt.Sample()
	for d, want := range map[*director.Director]tree.HolderCounts{w.leaf: {Owner: 1, Members: 1}, w.pool: {Owner: 1, Defaults: 1}} {
		known, ok := snapshot.Director(d.ID())
		if !ok || known.Refcount() != 2 || known.CountHolders() != want {
			w.t.Errorf("%s: got %+v, want owner + slots: %+v", d.Name(), known.CountHolders(), want)
		}
	}
}

// until waits for what something else brings about.
func (w *wire) until(ok func() bool, state func() string) {
	w.t.Helper()
	defer await.Say(w.t, state)()
	for !ok() {
		time.Sleep(time.Millisecond)
	}
}

// settleCounts notes what there is when nothing goes on.
func (w *wire) settleCounts() {
	steady := 0
	for steady < 20 {
		d, g := descriptors(), runtime.NumGoroutine()
		if d == w.descriptors && g == w.goroutines {
			steady++
		} else {
			steady, w.descriptors, w.goroutines = 0, d, g
		}
		time.Sleep(time.Millisecond)
	}
}

func (w *wire) tasks() (n int64) {
	for d := range w.rt.Sample().Directors() {
		n += d.Tasks
	}
	return n
}

func (w *wire) busy() (n int64) {
	for _, v := range w.rt.ListVCLs() {
		n += v.Busy
	}
	return n
}

func (w *wire) taken() int64 {
	if w.real == nil {
		return 0
	}
	c := w.real.Counters()
	return c.Conn + c.Waiting
}

func descriptors() int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return 0 // not Linux: they are not looked at
	}
	return len(entries)
}

// readHead reads a head as it came, to its empty line.
func readHead(r *bufio.Reader) string {
	var head strings.Builder
	for {
		line, err := r.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String()
		}
	}
}

// says is an origin that answers each connection's first request with a text,
// whatever is in its body, and goes.
func says(text string) func(net.Conn, *bufio.Reader) {
	return func(conn net.Conn, r *bufio.Reader) {
		req, err := http.ReadRequest(r)
		if err != nil {
			return
		}
		_, _ = io.Copy(io.Discard, req.Body)
		_, _ = io.WriteString(conn, text)
	}
}

// reset makes the next Close of a connection a reset.
func reset(conn net.Conn) { _ = conn.(*net.TCPConn).SetLinger(0) }
