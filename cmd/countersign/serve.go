package main

import (
	"context"
	"net"
	"os"
	"runtime/debug"
	"time"

	"github.com/countersign/countersign/server"
)

type serveCmd struct {
	place
	server.Settings `embed:""`
}

// Help shows an example.
func (serveCmd) Help() string {
	return `Serves until it is told to stop (Ctrl-C or SIGTERM), then lets what is under way
finish. Every setting may stand in config.yaml, in the environment
(COUNTERSIGN_SMTP=…) or in a flag; the last goes first.

Example:
  countersign serve --dir /var/lib/countersign --public :8080 --desk 127.0.0.1:8081`
}

// Run serves.
func (c serveCmd) Run(ctx context.Context) error {
	s := c.Settings
	s.Stored = s.Stored.In(c.folder())
	s.SMTPPasswordFile = c.folder().Path(s.SMTPPasswordFile)
	s.Copy = c.folder().Path(s.Copy)
	running := server.Config{Settings: s, Options: server.Options{Log: s.Logger(os.Stderr)}}
	if os.Getenv("GOGC") == "" { // whoever sets it knows better
		debug.SetGCPercent(spareAtStart)
		running.Started = func(net.Addr, net.Addr) {
			debug.SetGCPercent(spare)
			go modest(ctx)
		}
		running.Urgent = func() func() {
			debug.SetGCPercent(spareInHaste)
			return func() { debug.SetGCPercent(spare) }
		}
	}
	err := server.Run(ctx, running)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return nil
}

// spare is how much of what is in use the collector lets garbage grow to, in
// percent. What the service keeps for good is most of its memory and changes
// little, so that collecting early costs little. Not so while customers wait for
// a publication: its pages make almost as much garbage as is kept for good, and
// each collection takes the encoders away that the next page was to use. At the
// start it is the least: what is kept for good comes to lie among what the start
// needs once, and would keep those pages in use.
const (
	spare        = 30
	spareInHaste = 200
	spareAtStart = 10
)

// settling is how often what nobody needs any more goes back. It takes some
// twenty milliseconds of one processor.
const settling = 10 * time.Second

// modest keeps the process small until the context ends: what only the start
// needed goes back at once, and what a busy minute needed soon after it.
func modest(ctx context.Context) {
	own, _ := ownPages() // what is not found stays
	tick := time.NewTicker(settling)
	defer tick.Stop()
	for ctx.Err() == nil {
		debug.FreeOSMemory()
		_ = unmap(own) // it may stay as it is
		select {
		case <-ctx.Done():
		case <-tick.C:
		}
	}
}
