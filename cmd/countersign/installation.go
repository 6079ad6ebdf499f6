package main

import (
	"context"
	"log/slog"
	"os"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/store"
)

// installation are the flags of commands that work on what is stored.
type installation struct {
	place
	server.Stored `embed:""`
}

// open opens what is stored; warnings go to the standard error.
func (i installation) open(ctx context.Context) (*server.Installation, error) {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	return server.Open(ctx, i.Stored.In(i.folder()), server.Options{Log: log})
}

// inspect opens the database alone: whoever verifies needs no seal key.
func (i installation) inspect(ctx context.Context) (*store.Store, signoff.Keyring, error) {
	return server.Inspect(ctx, i.Stored.In(i.folder()))
}
