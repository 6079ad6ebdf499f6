package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/alecthomas/kong"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
)

type planCmds struct {
	Check  planCheckCmd  `cmd:"" help:"Find what is wrong with a plan before an incident does."`
	Show   planShowCmd   `cmd:"" help:"Show what a plan says in short, or write out the one in force."`
	Schema planSchemaCmd `cmd:"" help:"Print the JSON Schema of a plan's files, for editors."`
	Submit planSubmitCmd `cmd:"" help:"Submit a changed plan for signatures."`
}

type planCheckCmd struct {
	Path string `arg:"" optional:"" help:"Folder or file of the plan, or small, standard or regulated for a built-in one; standard unless named."`
	tongue
}

// Help shows an example.
func (planCheckCmd) Help() string {
	return `Every finding has its file, line and column and says what to do. Exits with 1
when something keeps the plan from taking effect.

Example:
  countersign plan check my-plan
  countersign plan check --lang es my-plan`
}

// Run prints the findings.
func (c planCheckCmd) Run(out io.Writer) error {
	files, err := planFiles(c.Path)
	if err != nil {
		return err
	}
	says, err := c.printer()
	if err != nil {
		return err
	}
	problems := plan.Check(files, lint.Judge(says.Lang()))
	fmt.Fprintln(out, problems.In(says.Phrase))
	if problems.Blocks() {
		return &exitError{Code: exitFinding}
	}
	return nil
}

type planSchemaCmd struct{}

// Help shows an example.
func (planSchemaCmd) Help() string {
	return `Editors with a YAML language server complete the keys of a plan and mark what
cannot be, when the first line of each file names the schema:
  # yaml-language-server: $schema=plan.schema.json

Example:
  countersign plan schema > my-plan/plan.schema.json`
}

// Run prints the schema.
func (planSchemaCmd) Run(out io.Writer) error {
	_, err := out.Write(plan.Schema())
	return err
}

// planFiles takes the plan of a folder or file, or a built-in one by the name
// of its variant. A folder of such a name needs "./" before it.
func planFiles(path string) ([]comms.PlanFile, error) {
	if path == "" {
		return plan.Builtin(), nil
	}
	if files := plan.BuiltinFor(plan.Variant(path)); files != nil {
		return files, nil
	}
	return server.ReadPlan(path)
}

// variant is a flag that may name a built-in plan, and stands for the standard
// one alone.
type variant struct {
	name plan.Variant // "" when the flag is not there
}

// Decode implements kong.MapperValue.
func (v *variant) Decode(ctx *kong.DecodeContext) error {
	v.name = plan.Standard
	if ctx.Scan.Peek().Type != kong.FlagValueToken {
		return nil
	}
	v.name = plan.Variant(ctx.Scan.Pop().String())
	if !slices.Contains(plan.Variants(), v.name) {
		return fmt.Errorf("%q is no built-in plan; write one of %s, as in --builtin=small", v.name, list(plan.Variants()))
	}
	return nil
}

// IsBool lets the flag stand alone.
func (*variant) IsBool() bool { return true }

type planSubmitCmd struct {
	Path    string `arg:"" help:"Folder or file of the changed plan."`
	As      string `required:"" placeholder:"PERSON" help:"Who proposes it; they cannot sign it."`
	Message string `short:"m" required:"" placeholder:"TEXT" help:"Why, in a sentence for the team."`
	tongue
	installation
}

// Help shows an example.
func (planSubmitCmd) Help() string {
	return `Nothing is in force before the people whom the present plan names have signed it
at the desk, where it is shown as a difference.

Example:
  countersign plan submit my-plan --as ana -m "Add the component Search" --dir /var/lib/countersign`
}

// Run submits the plan and never signs it.
func (c planSubmitCmd) Run(ctx context.Context, out io.Writer) error {
	files, err := server.ReadPlan(c.Path)
	if err != nil {
		return err
	}
	if err := c.valid(files); err != nil {
		return err
	}
	in, err := c.open(ctx)
	if err != nil {
		return err
	}
	defer in.Close()
	person, err := in.Person(ctx, plan.PersonID(c.As))
	if err != nil {
		return err
	}
	actor := desk.Actor{Person: person.ID}
	u, err := in.Desk.ChangePlan(ctx, actor, files, c.Message)
	if err != nil {
		return err
	}
	if u, err = in.Desk.Submit(ctx, actor, u.ID, 1); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "Submitted as %s (%s). It takes effect when it is signed at the desk: /updates/%s\n", u.ID, u.Digest.Short(), u.ID)
	return err
}
