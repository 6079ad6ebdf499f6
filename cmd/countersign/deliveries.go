package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/server/outbox"
	"github.com/countersign/countersign/server/store"
)

type deliveriesCmds struct {
	Show   deliveriesShowCmd   `cmd:"" help:"Show how far the mails of the latest publications are."`
	Pause  deliveriesPauseCmd  `cmd:"" help:"Let mails to subscribers wait; publications go on."`
	Resume deliveriesResumeCmd `cmd:"" help:"Send again what waits, or give it up."`
}

type deliveriesShowCmd struct {
	Last int `default:"20" help:"How many publications."`
	installation
}

// Help shows an example.
func (deliveriesShowCmd) Help() string {
	return `Example:
  countersign deliveries show --last 5 --dir /var/lib/countersign`
}

// Run prints a table, the latest publication first.
func (c deliveriesShowCmd) Run(ctx context.Context, out io.Writer) error {
	if c.Last < 1 {
		return &exitError{exitUsage, fmt.Errorf("--last %d shows nothing; choose 1 or more", c.Last)}
	}
	st, _, err := c.inspect(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	pause, paused, err := st.Paused(ctx)
	if err != nil {
		return err
	}
	if paused {
		fmt.Fprintf(out, "Mails to subscribers are paused since %s: %s.\n", pause.Since.Format(time.RFC3339), pause.Reason)
	}
	head, err := st.Head(ctx)
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "publication\tsent\twaiting\tsending\tgiven up")
	var quiet []string
	for n := head.Number; n > 0 && n > head.Number-int64(c.Last); n-- {
		counts, spread, err := st.Tally(ctx, n)
		if err != nil {
			return err
		}
		if !spread {
			p, err := st.Publication(ctx, n)
			if err != nil {
				return err
			}
			if from := p.Message().MailsFrom(p.At()); from.After(time.Now()) {
				quiet = append(quiet, fmt.Sprintf("The mails of publication %d wait until %s: quiet hours.\n", n, from.Format(time.RFC3339)))
			}
		}
		fmt.Fprintf(t, "%d\t%d\t%d\t%d\t%d\n", n, counts[outbox.Sent], counts[outbox.Waiting], counts[outbox.Sending], counts[outbox.Dead])
	}
	if err := t.Flush(); err != nil {
		return err
	}
	_, err = io.WriteString(out, strings.Join(quiet, ""))
	return err
}

type deliveriesPauseCmd struct {
	Reason string `required:"" help:"Why, for whoever finds them paused."`
	installation
}

// Help shows an example.
func (deliveriesPauseCmd) Help() string {
	return `Example:
  countersign deliveries pause --reason "the mail server is moved" --dir /var/lib/countersign`
}

// Run pauses.
func (c deliveriesPauseCmd) Run(ctx context.Context, out io.Writer) error {
	st, _, err := c.inspect(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	if err := st.PauseDeliveries(ctx, store.Pause{Since: time.Now(), Reason: c.Reason}); err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, "Mails to subscribers are paused; what is in flight is finished. Publications go on.")
	return err
}

type deliveriesResumeCmd struct {
	Drop bool `help:"Give up what waits now instead of sending it: after a restore the other service may have sent it."`
	installation
}

// Help shows an example.
func (deliveriesResumeCmd) Help() string {
	return `A running service notices within a quarter of a minute.

Example:
  countersign deliveries resume --drop --dir /var/lib/countersign`
}

// Run resumes.
func (c deliveriesResumeCmd) Run(ctx context.Context, out io.Writer) error {
	st, _, err := c.inspect(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	dropped, err := st.ResumeDeliveries(ctx, c.Drop, time.Now())
	if err != nil {
		return err
	}
	if c.Drop {
		fmt.Fprintf(out, "%d deliveries were given up. ", dropped)
	}
	_, err = fmt.Fprintln(out, "Mails to subscribers go out again.")
	return err
}
