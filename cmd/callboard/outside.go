package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/callboard/callboard/server"
)

// outsideFlags say what of this machine those who use the board may name.
type outsideFlags struct {
	caDir   string
	sockets many
	least   time.Duration
	most    server.Connections
}

func (o *outsideFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&o.caDir, "ca-dir", "", "`folder` below which a backend's tls.ca_file names a file; without it there are none")
	flags.Var(&o.sockets, "socket-dir", "`folder` below which backends' Unix sockets may be; may be repeated; without it there are none")
	flags.DurationVar(&o.least, "least-interval", 100*time.Millisecond, "least `time` between two probes, or DNS lookups, that may be asked for")
	flags.IntVar(&o.most.Board, "board-connections", 0, "most connections to the board at one time, a `number`; a quarter of the files that may be open if 0")
	flags.IntVar(&o.most.Proxy, "proxy-connections", 0, "most connections to the proxy at one time, a `number`; half of what the board leaves if 0")
}

// complete makes folders absolute, and finds out that they are there.
func (o *outsideFlags) complete() error {
	if o.most.Board < 0 || o.most.Proxy < 0 {
		return usagef("a number of connections is 0, for the usual one, or more")
	}
	if o.least <= 0 {
		return usagef("--least-interval %s: a time is more than 0", o.least)
	}
	folders := []*string{}
	if o.caDir != "" {
		folders = append(folders, &o.caDir)
	}
	for i := range o.sockets {
		folders = append(folders, &o.sockets[i])
	}
	for _, folder := range folders {
		path, err := filepath.Abs(*folder)
		if err != nil {
			return err
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		if !info.IsDir() {
			return fmt.Errorf("%s is no folder", path)
		}
		*folder = path
	}
	return nil
}

func (o *outsideFlags) maker() server.Maker { return server.Maker{CADir: o.caDir} }

// maxClients is how many websockets and streams the board has; 0 is the usual
// number.
func (o *outsideFlags) maxClients() int {
	if o.most.Board == 0 {
		return 0
	}
	return o.most.Listeners()
}
