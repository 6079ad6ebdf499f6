package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/server"
)

type benchLargeCmd struct {
	Dir        string `placeholder:"DIR" help:"Keep the ten years in this folder, for other runs; a temporary one unless given."`
	Incidents  int    `default:"5000" help:"How many incidents there were, of five updates each."`
	Components int    `default:"300" help:"How many components the page has."`
	JSON       bool   `name:"json" help:"Print data instead of a table."`
}

// Help shows an example.
func (benchLargeCmd) Help() string {
	return `Makes an installation with ten years behind it: its people write and sign every
update at the desk, and the audit holds. Then it starts the service on it, as
` + "`countersign serve`" + ` does, and measures how long that takes until the page answers,
how large pages are, how long three updates that go out by themselves take from
their commit to the page, and what memory the process has (VmRSS) after them and
once it is quiet again. Making takes minutes: name a folder with --dir to do it
once. Needs Linux.

Example:
  countersign bench large --dir /tmp/ten-years`
}

// Run makes, measures and prints.
func (c benchLargeCmd) Run(ctx context.Context, out io.Writer) (err error) {
	if c.Incidents < 1 || c.Components < 10 {
		return &exitError{exitUsage, errors.New("choose at least 1 incident and the 10 components of the plan that ships")}
	}
	if c.Dir == "" {
		if c.Dir, err = os.MkdirTemp("", "countersign-bench-*"); err != nil {
			return &exitError{exitUsage, err}
		}
		defer os.RemoveAll(c.Dir)
	}
	d := decade{folder: server.Folder(c.Dir), components: c.Components, incidents: c.Incidents, out: os.Stderr}
	if err := d.make(ctx); err != nil {
		return &exitError{exitUsage, fmt.Errorf("make ten years: %w", err)}
	}
	m, err := d.measure(ctx)
	switch {
	case err != nil:
		return &exitError{exitUsage, fmt.Errorf("measure the service: %w", err)}
	case c.JSON:
		return json.NewEncoder(out).Encode(m)
	}
	return m.print(out)
}

// measured is what bench large found.
type measured struct {
	Publications int64           `json:"publications"`
	Ready        time.Duration   `json:"ready_nanoseconds"`   // from the start of the process to the first page
	Start        float64         `json:"processor_seconds"`   // that the start took
	Visible      []time.Duration `json:"visible_nanoseconds"` // from the commit to the page, of each publication
	Resident     uint64          `json:"resident_bytes"`      // at most, over ten seconds, once it was quiet again
	Busy         uint64          `json:"busy_bytes"`          // when the last update had come to the page
	Peak         uint64          `json:"peak_bytes"`
	Sizes        []size          `json:"pages"`
}

// size is what a page weighs on its way.
type size struct {
	Path  string        `json:"path"`
	Bytes int           `json:"bytes"` // compressed
	Took  time.Duration `json:"took_nanoseconds"`
}

func (m measured) print(out io.Writer) error {
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(t, "publications\t%d\n", m.Publications)
	fmt.Fprintf(t, "from the start to the first page\t%.2f s (%.2f s of processor time)\n", m.Ready.Seconds(), m.Start)
	fmt.Fprintf(t, "resident memory, quiet again\t%.1f MiB\n", float64(m.Resident)/(1<<20))
	fmt.Fprintf(t, "resident memory, after the last update\t%.1f MiB (at most %.1f MiB)\n", float64(m.Busy)/(1<<20), float64(m.Peak)/(1<<20))
	for _, v := range m.Visible {
		fmt.Fprintf(t, "from a commit to the page\t%.0f ms\n", v.Seconds()*1000)
	}
	for _, s := range m.Sizes {
		fmt.Fprintf(t, "%s\t%d bytes, %.0f ms when asked for first\n", s.Path, s.Bytes, s.Took.Seconds()*1000)
	}
	return t.Flush()
}
