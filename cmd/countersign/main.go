// Command countersign publishes status updates that nobody sent alone.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
)

type commands struct {
	Demo       demoCmd        `cmd:"" help:"Try it: a made-up company, three people, a mailbox; nothing to set up."`
	Init       initCmd        `cmd:"" help:"Make the folder of an installation and publish its first plan."`
	Serve      serveCmd       `cmd:"" help:"Serve the public page and the desk."`
	Plan       planCmds       `cmd:"" help:"Check, show and submit the communications plan."`
	Draft      draftCmds      `cmd:"" help:"Draft updates from a terminal or a script, at a running service."`
	Lint       lintCmd        `cmd:"" help:"Judge a text by the language rules."`
	Links      linksCmds      `cmd:"" help:"Check and list the links inside your product that lead to the page."`
	Audit      auditCmds      `cmd:"" help:"Verify what was published, from nothing."`
	Person     personCmds     `cmd:"" help:"The accounts of the people on the plan's roster."`
	Token      tokenCmds      `cmd:"" help:"Tokens for programs; they draft and never sign."`
	Backup     backupCmd      `cmd:"" help:"Write the installation into one file."`
	Restore    restoreCmd     `cmd:"" help:"Put an installation back from a backup."`
	Deliveries deliveriesCmds `cmd:"" help:"Show, pause and resume mails to subscribers."`
	Export     exportCmd      `cmd:"" help:"Write what customers see as files, for any file server."`
	Health     healthCmd      `cmd:"" help:"Ask a running service whether it is well; for container health checks."`
	Bench      benchCmds      `cmd:"" help:"Measure what serving costs."`
	Version    versionCmd     `cmd:"" help:"Print the version."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// run carries out one command line and gives the exit code.
func run(ctx context.Context, args []string, out, errs io.Writer) int {
	parser, err := newParser(out, errs)
	if err != nil {
		return tell(errs, err)
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	command, err := parser.Parse(args)
	if err != nil {
		return tell(errs, &exitError{exitUsage, err})
	}
	command.BindTo(ctx, (*context.Context)(nil))
	command.BindTo(os.Stdin, (*io.Reader)(nil))
	command.BindTo(out, (*io.Writer)(nil))
	return tell(errs, command.Run())
}

func newParser(out, errs io.Writer) (*kong.Kong, error) {
	return kong.New(&commands{},
		kong.Name("countersign"),
		kong.Description("Status updates that nobody sends alone: every word that customers read was signed by somebody who did not write it."),
		kong.UsageOnError(),
		kong.Writers(out, errs),
		kong.DefaultEnvars("COUNTERSIGN"),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, FlagsLast: true}),
	)
}
