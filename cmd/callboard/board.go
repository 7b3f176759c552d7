package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/netip"

	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/server"
)

// boardFlags are the flags of the commands that run a board.
type boardFlags struct {
	addr, proxy string
	hosts       many
	origins     many
	trusted     []netip.Prefix // nil for the usual ones
	readOnly    bool
	outside     outsideFlags
	noRetry     bool
}

func (b *boardFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&b.addr, "addr", "127.0.0.1:8080", "`address` of the board; port 0 takes a free one")
	flags.StringVar(&b.proxy, "proxy", "127.0.0.1:8081", "`address` where requests go in; port 0 takes a free one")
	flags.Var(&b.hosts, "allow-host", "host `name` that the board answers to beside localhost; may be repeated")
	flags.BoolVar(&b.noRetry, "no-retry", false, "let a request fail with the first backend that fails it, as Varnish does")
	flags.Var(&b.origins, "allow-origin", "`origin` (https://wiki.example) whose pages may use the board beside its own; may be repeated")
	flags.Func("trusted-proxies", "`addresses` of proxies whose X-Forwarded headers are believed: 10.0.0.0/8,192.0.2.7 or none (default this machine's)",
		func(text string) (err error) {
			b.trusted, err = server.ParseTrustedProxies(text)
			return err
		})
	flags.BoolVar(&b.readOnly, "read-only", false, "show the tree, refuse every change")
	b.outside.define(flags)
}

// listeners are open before the runtime is, so that a wrong address is told at
// once.
type listeners struct{ board, proxy net.Listener }

func (b *boardFlags) listen() (listeners, error) {
	if err := b.outside.complete(); err != nil {
		return listeners{}, err
	}
	board, err := server.ListenLoopback(b.addr)
	if err != nil {
		return listeners{}, err
	}
	proxy, err := net.Listen("tcp", b.proxy)
	if err != nil {
		board.Close()
		return listeners{}, err
	}
	return listeners{board, proxy}, nil
}

func (l listeners) close() {
	l.board.Close()
	l.proxy.Close()
}

// url is how a listener is reached from this machine.
func url(l net.Listener) string {
	host, port, err := net.SplitHostPort(l.Addr().String())
	if err != nil {
		return "http://" + l.Addr().String() + "/"
	}
	if ip := net.ParseIP(host); ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

// A shown is what a board is run for.
type shown struct {
	rt          *director.Runtime
	faults      server.FaultInjector // or nil
	beforeClose func()               // or nil
	durability  server.Durability    // or nil
}

func (e env) logger() *slog.Logger { return slog.New(slog.NewTextHandler(e.stderr, nil)) }

// serve runs board and proxy until ctx is done; it closes everything given to
// it. What it prints first, scripts wait for.
func (b *boardFlags) serve(ctx context.Context, e env, l listeners, s shown) error {
	log := e.logger()
	board, err := server.New(server.Options{
		Runtime: s.rt, ReadOnly: b.readOnly, NoRetry: b.noRetry, ProxyURL: url(l.proxy), Faults: s.faults,
		Durability: s.durability, Logger: log,
		AllowedHosts: append([]string{"localhost"}, b.hosts...), AllowedOrigins: b.origins, TrustedProxies: b.trusted,
		CADir: b.outside.caDir, SocketDirs: b.outside.sockets, LeastInterval: b.outside.least,
		MaxClients: b.outside.maxClients(),
	})
	if err != nil {
		l.close()
		return err
	}
	fmt.Fprintf(e.stdout, "board  %s\nproxy  %s\n", url(l.board), url(l.proxy))
	program := server.Program{
		Runtime: s.rt, Board: board,
		Proxy: server.NewProxyWith(server.ProxyOptions{
			Runtime: s.rt, NoRetry: b.noRetry, TrustedProxies: b.trusted, Logger: log,
		}),
		BoardListener: l.board, ProxyListener: l.proxy, Logger: log, BeforeClose: s.beforeClose,
		Connections: b.outside.most,
	}
	return program.Serve(ctx)
}
