package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server"
)

type backupCmd struct {
	Out         string `required:"" placeholder:"FILE" help:"File to write; it must not exist. - is the standard output."`
	WithSealKey bool   `help:"Also put the seal key in: whoever has the backup can then publish in your name."`
	installation
}

// Help shows an example.
func (backupCmd) Help() string {
	return `Writes everything that the installation keeps into one file, as of one moment,
while the service runs. It can be restored on another machine and into the
other kind of database. The seal key stays out unless you ask for it: keep a
copy of seal.key elsewhere.

Example:
  countersign backup --dir /var/lib/countersign --out /backups/status.backup`
}

// Run writes the backup, whole or not at all.
func (c backupCmd) Run(ctx context.Context, out io.Writer) error {
	o := server.BackupOptions{Program: version(), Now: time.Now(), SealKey: c.WithSealKey}
	if c.Out == "-" {
		_, err := server.Backup(ctx, out, c.folder(), c.Stored.In(c.folder()), o)
		return err
	}
	if _, err := os.Lstat(c.Out); err == nil {
		return &exitError{exitUsage, fmt.Errorf("%s is there already, and a backup never replaces a file; choose another name", c.Out)}
	}
	rows, err := c.write(ctx, o)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("no backup was made: %w", err)}
	}
	fmt.Fprintf(out, "%s holds %d rows.\n", c.Out, rows)
	if !c.WithSealKey {
		fmt.Fprintf(out, "It does not hold the seal key: keep a copy of %s elsewhere.\n", c.Stored.In(c.folder()).SealKey)
	}
	return nil
}

// write puts the file in place under its name once it is whole and on the disk.
func (c backupCmd) write(ctx context.Context, o server.BackupOptions) (rows int64, err error) {
	tmp, err := os.CreateTemp(filepath.Dir(c.Out), "."+filepath.Base(c.Out)+"-*")
	if err != nil {
		return 0, err
	}
	defer os.Remove(tmp.Name())
	rows, err = server.Backup(ctx, tmp, c.folder(), c.Stored.In(c.folder()), o)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return 0, err
	}
	// A link, unlike a rename, never replaces a file that came in between.
	return rows, os.Link(tmp.Name(), c.Out)
}

type restoreCmd struct {
	File     string `arg:"" placeholder:"FILE" help:"The backup; - is the standard input."`
	Dir      string `required:"" placeholder:"DIR" help:"Folder to make; it may exist and be empty."`
	Database string `placeholder:"URL" help:"Where the rows go: sqlite:FILE or postgres://USER@HOST/NAME; that of the backup's settings unless named."`
	Head     string `placeholder:"HEAD" help:"A head of the chain that was kept outside, as approval mails print it."`
}

// Help shows an example.
func (restoreCmd) Help() string {
	return `Puts an installation back into a new folder and an empty database, and verifies
it as audit verify does. Mails to subscribers stay paused until you resume them,
because the service that this replaces may have sent what waits.

Example:
  countersign restore /backups/status.backup --dir /var/lib/countersign
  cp /safe/seal.key /var/lib/countersign/
  countersign deliveries resume --drop --dir /var/lib/countersign
  countersign serve --dir /var/lib/countersign`
}

// Run restores.
func (c restoreCmd) Run(ctx context.Context, out io.Writer) error {
	var head *signoff.Head
	if c.Head != "" {
		h, err := signoff.ParseHead(c.Head)
		if err != nil {
			return &exitError{exitUsage, err}
		}
		head = &h
	}
	in := os.Stdin
	if c.File != "-" {
		f, err := os.Open(c.File)
		if err != nil {
			return &exitError{exitUsage, fmt.Errorf("the backup cannot be read: %w", err)}
		}
		defer f.Close()
		in = f
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	r, err := server.Restore(ctx, in, server.Folder(c.Dir), c.Database, head, log)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "The backup of %s is restored into %s. %s", r.At.Format(time.RFC3339), c.Dir, r.Audit)
	if head == nil {
		fmt.Fprintln(out, "Compare the head with one that was kept outside: only that shows whether publications after the backup are missing.")
	}
	if !r.SealKey {
		fmt.Fprintf(out, "The backup does not hold the seal key: put your copy at %s.\n", server.Folder(c.Dir).File(server.SealKeyFile))
	}
	fmt.Fprintf(out, "Mails to subscribers are paused. Resume them with: countersign deliveries resume [--drop] --dir %s\n", c.Dir)
	return nil
}
