package main

import (
	"context"
	"os"

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
	err := server.Run(ctx, server.Config{Settings: s, Options: server.Options{Log: s.Logger(os.Stderr)}})
	if err != nil {
		return &exitError{exitUsage, err}
	}
	return nil
}
