package main

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/countersign/countersign/comms/plan"
)

type tokenCmds struct {
	Create tokenCreateCmd `cmd:"" help:"Make a token for a program."`
}

type tokenCreateCmd struct {
	Person string        `arg:"" help:"Person for whom the program acts."`
	Name   string        `required:"" help:"What uses it, such as monitoring."`
	Scope  string        `default:"draft" enum:"draft,signal,metrics" help:"draft reads the desk and writes drafts; signal tells of alerts and does nothing else; metrics reads /metrics alone."`
	Life   time.Duration `default:"2160h" help:"How long it is good for."`
	installation
}

// Help shows an example.
func (tokenCreateCmd) Help() string {
	return `A token never signs, whoever it acts for. It is stored hashed and shown once.

Example:
  countersign token create ana --name prometheus --scope metrics --dir /var/lib/countersign`
}

// Run makes the token and prints it.
func (c tokenCreateCmd) Run(ctx context.Context, out io.Writer) error {
	in, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	secret, err := in.Auth.NewToken(ctx, plan.PersonID(c.Person), c.Name, c.Scope, c.Life)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(out, secret)
	return err
}
