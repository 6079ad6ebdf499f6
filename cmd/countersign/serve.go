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
	err := server.Run(ctx, server.Config{Settings: s, Options: server.Options{Log: s.Logger(os.Stderr)}, Started: modest(ctx)})
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return nil
}

// spare is how much of what is in use the collector lets garbage grow to, in
// percent, once the service has started. What it keeps for good is most of its
// memory and changes little, so that collecting more often costs little.
const spare = 30

// modest keeps the process small once it has started, until the context ends:
// what only the start needed goes back at once, and what a busy minute needed
// soon after it. Whoever sets GOGC knows better.
func modest(ctx context.Context) func(public, desk net.Addr) {
	return func(net.Addr, net.Addr) {
		if os.Getenv("GOGC") != "" {
			return
		}
		debug.SetGCPercent(spare)
		go func() {
			tick := time.NewTicker(time.Minute)
			defer tick.Stop()
			for ctx.Err() == nil {
				debug.FreeOSMemory()
				_ = unmap() // it may stay as it is
				select {
				case <-ctx.Done():
				case <-tick.C:
				}
			}
		}()
	}
}
