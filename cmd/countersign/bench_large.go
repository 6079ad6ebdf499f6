package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/countersign/countersign/server"
)

type benchLargeCmd struct {
	Dir        string `placeholder:"DIR" help:"Keep the ten years in this folder, for other runs; a temporary one unless given."`
	Incidents  int    `default:"5000" help:"How many incidents there were, of five updates each."`
	Components int    `default:"300" help:"How many components the page has."`
}

// Help shows an example.
func (benchLargeCmd) Help() string {
	return `Example:
  countersign bench large --dir /tmp/ten-years`
}

// Run makes, measures and prints.
func (c benchLargeCmd) Run(ctx context.Context, out io.Writer) error {
	if c.Dir == "" {
		dir, err := os.MkdirTemp("", "countersign-bench-*")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		c.Dir = dir
	}
	d := decade{folder: server.Folder(c.Dir), components: c.Components, incidents: c.Incidents, out: out}
	if err := d.make(ctx); err != nil {
		return &exitError{exitUsage, fmt.Errorf("make ten years: %w", err)}
	}
	return nil
}
