package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server"
)

type exportCmd struct {
	Out string `required:"" placeholder:"DIR" help:"Folder for the copies: one that is empty, not there yet, or was made by this command."`
	installation
}

// Help shows an example.
func (exportCmd) Help() string {
	return `Writes every page, feed and calendar, in every language, as files that any file
server can serve and any browser opens from the disk: serve DIR/current. Nothing
but publications is read, so no draft can be in it. The last copy stays until
the new one is whole. The service need not run; while it does, ` + "`serve --copy`" + `
writes a copy by itself after every publication.

Example:
  countersign export --out /srv/status-copy --dir /var/lib/countersign`
}

// Run writes a copy.
func (c exportCmd) Run(ctx context.Context, out io.Writer) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	about, err := server.WriteCopy(ctx, c.Stored.In(c.folder()), c.Out, server.Options{Log: log})
	if about.Publication > 0 {
		fmt.Fprintf(out, "Publication %d of %s and everything before it: %d files in %s\n",
			about.Publication, about.PublishedAt.Format("2006-01-02 15:04 UTC"), about.Files, filepath.Join(c.Out, "current"))
	}
	if comms.CodeOf(err) != "" || about.Publication > 0 && err != nil {
		return &exitError{exitFinding, err}
	}
	return err
}
