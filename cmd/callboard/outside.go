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
}

func (o *outsideFlags) define(flags *flag.FlagSet) {
	flags.StringVar(&o.caDir, "ca-dir", "", "`folder` below which a backend's tls.ca_file names a file; without it there are none")
	flags.Var(&o.sockets, "socket-dir", "`folder` below which backends' Unix sockets may be; may be repeated; without it there are none")
	flags.DurationVar(&o.least, "least-interval", 100*time.Millisecond, "least `time` between two probes, or DNS lookups, that may be asked for")
}

// complete makes folders absolute, and finds out that they are there.
func (o *outsideFlags) complete() error {
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
