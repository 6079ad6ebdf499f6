package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
)

type initCmd struct {
	Dir        string `required:"" placeholder:"DIR" help:"Folder to make; it may exist and be empty."`
	Page       string `placeholder:"URL" help:"Address of the public page, put into the plan."`
	Plan       string `placeholder:"PATH" help:"Folder or file of your plan, or a built-in one: small (one team), standard (several teams), regulated (lawyers sign what is said of data). A folder of such a name needs ./ before it. Standard unless named."`
	Database   string `default:"sqlite:countersign.db" placeholder:"URL" help:"sqlite:FILE or postgres://USER@HOST/NAME."`
	SMTP       string `name:"smtp" default:"localhost:587" placeholder:"HOST:PORT" help:"The mail server that takes outgoing mail."`
	MailFrom   string `default:"status@example.com" placeholder:"ADDRESS" help:"The address that mails come from."`
	NewSealKey bool   `help:"Make a new seal key because the old one is lost; what it sealed stays valid."`
}

// Help shows an example.
func (initCmd) Help() string {
	return `Makes the settings, the seal key and the database, and publishes the first plan.
It is labelled so in the audit: nobody could sign it yet. Running it again is safe.

Examples:
  countersign init --dir /var/lib/countersign --plan small --page https://status.example.com
  countersign plan show --builtin=regulated --to my-plan   # a plan to begin from: edit it
  countersign plan check my-plan
  countersign init --dir /var/lib/countersign --plan my-plan --page https://status.example.com`
}

// Run makes the installation.
func (c initCmd) Run(ctx context.Context, out io.Writer) error {
	files, err := c.firstPlan()
	if err != nil {
		return err
	}
	folder := server.Folder(c.Dir)
	if err := folder.Prepare([]byte(c.config())); err != nil {
		return err
	}
	if err := folder.MakeKeys(c.NewSealKey); err != nil {
		return err
	}
	values, err := readConfig(c.Dir, "")
	if err != nil {
		return err
	}
	stored := server.Stored{Database: c.Database, SealKey: server.SealKeyFile, SealPub: server.SealPubFile, SecretKey: server.SecretFile}
	if v := values["database"]; v != "" {
		stored.Database = v
	}
	in, err := server.Open(ctx, stored.In(folder), server.Options{Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return err
	}
	defer in.Close()
	if _, _, err := in.Desk.Plan(ctx); comms.CodeOf(err) != comms.NotFound {
		if err == nil {
			fmt.Fprintf(out, "%s is an installation already, and its plan is in force; nothing was published.\n", c.Dir)
		}
		return err
	}
	if err := server.WritePlan(folder.File(server.PlanFolder), files); err != nil {
		return err
	}
	published, err := in.Desk.Found(ctx, files)
	if err != nil {
		return err
	}
	p, err := plan.Read(files)
	if err != nil {
		return err
	}
	return c.nextSteps(out, p, published.Head().String())
}

func (c initCmd) firstPlan() ([]comms.PlanFile, error) {
	files, err := planFiles(c.Plan)
	if err != nil {
		return nil, err
	}
	if c.Page != "" {
		if files, err = server.AtPage(files, c.Page); err != nil {
			return nil, err
		}
	}
	return files, tongue{}.valid(files)
}

// config is the settings file that a new installation begins with.
func (c initCmd) config() string {
	return fmt.Sprintf(`# Addresses, limits and the places of secrets. No words: those are the plan's.
# Relative paths begin at this folder. Flags and COUNTERSIGN_… go before.
database: %q
public: ":8080"
desk: "127.0.0.1:8081"
# desk_url: "https://desk.example.com"   # needed once the desk is not on loopback
smtp: %q
smtp_security: starttls                  # or tls; none for a server on loopback
# smtp_user: status
# smtp_password_file: smtp-password
mail_from: %q
# copy: "/srv/status-copy"               # the page as files, for when this service cannot be reached
# trusted_proxies: ["10.0.0.0/8"]
log_level: info
drain: 20s
`, c.Database, c.SMTP, c.MailFrom)
}

func (c initCmd) nextSteps(out io.Writer, p *plan.Plan, head string) error {
	people := make([]string, 0, len(p.People))
	for _, person := range p.People {
		people = append(people, string(person.ID))
	}
	_, err := fmt.Fprintf(out, `%[1]s is ready, and the first plan is in force (its head: %[2]s).

Next:
  1. Give the people of the plan's roster their accounts (%[3]s):
       countersign person add NAME --dir %[1]s
  2. Look at the mail server and the addresses in %[4]s.
  3. countersign serve --dir %[1]s
  4. Keep a copy of seal.key somewhere else: nothing can be signed without it.
`, c.Dir, head, strings.Join(people, ", "), server.Folder(c.Dir).File(server.ConfigFile))
	return err
}
