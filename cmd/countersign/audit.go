package main

import (
	"context"
	"fmt"
	"io"

	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
)

type auditCmds struct {
	Verify auditVerifyCmd `cmd:"" help:"Walk everything that is stored, from nothing, and name what cannot be true."`
}

type auditVerifyCmd struct {
	Head string `placeholder:"HEAD" help:"A head of the chain that was kept outside, as approval mails print it."`
	installation
}

// Help shows an example.
func (auditVerifyCmd) Help() string {
	return `Checks the seals, the chain, the signatures, the stored bytes and the deliveries.
Exits with 1 and names the row when something cannot be true. The seal key is
not needed, only seal.pub. Whoever holds the database, the key and a shell can
forge a whole history: only a head that was kept elsewhere shows it.

Example:
  countersign audit verify --dir /var/lib/countersign --head 41:0f8b0cdd4ff8c66f:9UT…`
}

// Run verifies.
func (c auditVerifyCmd) Run(ctx context.Context, out io.Writer) error {
	var head *signoff.Head
	if c.Head != "" {
		h, err := signoff.ParseHead(c.Head)
		if err != nil {
			return &exitError{exitUsage, err}
		}
		head = &h
	}
	st, keys, err := c.inspect(ctx)
	if err != nil {
		return err
	}
	defer st.Close()
	result, err := audit.Verify(ctx, st, keys, head)
	if err != nil {
		return err
	}
	fmt.Fprint(out, result)
	if !result.Holds() {
		return &exitError{Code: exitFinding}
	}
	return nil
}
