package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
	"github.com/countersign/countersign/server/auth"
)

type personCmds struct {
	Add     personAddCmd     `cmd:"" help:"Give somebody on the roster an account."`
	Disable personDisableCmd `cmd:"" help:"Shut an account and take back its open signatures."`
	Reset   personResetCmd   `cmd:"" help:"Give a new password, and open a disabled account again."`
}

// credential is how a new password is chosen.
type credential struct {
	Person        string `arg:"" help:"Name in the plan's roster, such as ana."`
	PasswordStdin bool   `help:"Read the password from the standard input; else one is made and printed."`
}

func (c credential) password() (text string, made bool, err error) {
	if !c.PasswordStdin {
		return auth.NewPassword(), true, nil
	}
	b, err := io.ReadAll(io.LimitReader(os.Stdin, 1000))
	if err != nil {
		return "", false, fmt.Errorf("read the password from the standard input: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), false, nil
}

// give finds the person on the roster, lets set act and tells the password.
func (c credential) give(ctx context.Context, out io.Writer, i installation, set func(*server.Installation, plan.PersonID, string) error) error {
	in, err := i.open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	person, err := in.Person(ctx, plan.PersonID(c.Person))
	if err != nil {
		return err
	}
	password, made, err := c.password()
	if err != nil {
		return err
	}
	if err := set(in, person.ID, password); err != nil {
		return err
	}
	fmt.Fprintf(out, "%s can sign in as %s.\n", person.Name, person.ID)
	if made {
		fmt.Fprintf(out, "Password: %s\nIt is shown only now; it can be changed at the desk under Account.\n", password)
	}
	return nil
}

type personAddCmd struct {
	credential
	installation
}

// Help shows an example.
func (personAddCmd) Help() string {
	return `An account is a credential and no role: what a person may do is in the plan.

Example:
  countersign person add ana --dir /var/lib/countersign`
}

// Run makes the account.
func (c personAddCmd) Run(ctx context.Context, out io.Writer) error {
	return c.give(ctx, out, c.installation, func(in *server.Installation, id plan.PersonID, password string) error {
		_, err := in.Store.Account(ctx, id)
		switch {
		case comms.CodeOf(err) == comms.NotFound:
			return in.Auth.SetPassword(ctx, id, password)
		case err != nil:
			return err
		}
		return comms.Refuse(comms.Conflict, "person", "%s has an account already; use `countersign person reset %s` to give a new password", id, id)
	})
}

type personResetCmd struct {
	credential
	installation
}

// Help shows an example.
func (personResetCmd) Help() string {
	return `For somebody who lost the password or the one-time codes, or whose account was
disabled: it gives a new password, takes the one-time codes off and opens the account.
Signatures of theirs that are not published yet are taken back, and everyone concerned
is told. To keep an account shut, do not reset it.

Example:
  countersign person reset ana --dir /var/lib/countersign`
}

// Run gives a new password.
func (c personResetCmd) Run(ctx context.Context, out io.Writer) error {
	return c.give(ctx, out, c.installation, func(in *server.Installation, id plan.PersonID, password string) error {
		return in.Auth.Reset(ctx, id, password)
	})
}

type personDisableCmd struct {
	Person string `arg:"" help:"Name of the account, such as ana."`
	installation
}

// Help shows an example.
func (personDisableCmd) Help() string {
	return `The person is signed out at once, and their signatures that are not published
yet are taken back. The plan's roster stays as it is; reset opens the account again.

Example:
  countersign person disable ana --dir /var/lib/countersign`
}

// Run shuts the account.
func (c personDisableCmd) Run(ctx context.Context, out io.Writer) error {
	in, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := in.Auth.Disable(ctx, plan.PersonID(c.Person), true); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "The account of %s is disabled.\n", c.Person)
	return err
}
