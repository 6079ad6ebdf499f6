package main

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
)

type planShowCmd struct {
	Path    string  `arg:"" optional:"" help:"Folder or file of a plan; the one in force unless named."`
	Builtin variant `placeholder:"small|standard|regulated" help:"Show a plan that ships with the program: for one team, for several (the standard), or with lawyers who sign what is said of data."`
	To      string  `placeholder:"DIR" help:"Write the plan's files into a folder instead, to edit them."`
	installation
}

// Help shows an example.
func (planShowCmd) Help() string {
	return `Examples:
  countersign plan show --dir /var/lib/countersign
  countersign plan show --builtin=small --to my-plan`
}

// Run shows the plan.
func (c planShowCmd) Run(ctx context.Context, out io.Writer) error {
	files, err := c.files(ctx)
	if err != nil {
		return err
	}
	if c.To != "" {
		if err := server.WritePlan(c.To, files); err != nil {
			return err
		}
		_, err := fmt.Fprintf(out, "The plan's %d files are in %s; files of these names that were there have been left alone.\n", len(files), c.To)
		return err
	}
	p, err := plan.Read(files)
	if err != nil {
		return &exitError{exitFinding, fmt.Errorf("the plan is not valid:\n%w", err)}
	}
	return showPlan(out, p)
}

func (c planShowCmd) files(ctx context.Context) ([]comms.PlanFile, error) {
	if c.Builtin.name != "" {
		if c.Path == "" {
			return plan.BuiltinFor(c.Builtin.name), nil
		}
		if files := plan.BuiltinFor(plan.Variant(c.Path)); files != nil && c.Builtin.name == plan.Standard {
			return files, nil // "--builtin small"
		}
		return nil, &exitError{exitUsage, fmt.Errorf("--builtin=%s and %s are two plans; name one", c.Builtin.name, c.Path)}
	}
	if c.Path != "" {
		return planFiles(c.Path)
	}
	in, err := c.open(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p, _, err := in.Desk.Plan(ctx)
	if err != nil {
		return nil, err
	}
	return p.Files, nil
}

// showPlan writes what a plan says on one screen.
func showPlan(out io.Writer, p *plan.Plan) error {
	c := p.Catalogue
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	say := func(words comms.Words) string { s, _ := words.In(c.Source, c.Source); return s }
	fmt.Fprintf(w, "%s\t%s\n", c.Organisation, c.PageURL)
	fmt.Fprintf(w, "Languages\t%s\n", list(c.Languages))
	fmt.Fprintf(w, "\nSEVERITY\tFIRST UPDATE\tTHEN EVERY\tSIGNATURES\n")
	for _, s := range p.Severities {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", say(s.Name), span(s.FirstUpdate), span(s.Every), signatures(s.Approvals))
	}
	showPractice(w, p)
	fmt.Fprintf(w, "\nROLE\tPEOPLE\tSTAND-INS\tHOURS\n")
	for _, r := range p.Roles {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.ID, list(r.Holders), list(r.StandIns), r.Hours)
	}
	fmt.Fprintf(w, "\nGROUP\tCOMPONENTS\n")
	for _, g := range c.Groups {
		var names []string
		for _, comp := range g.Components {
			names = append(names, say(comp.Name))
		}
		fmt.Fprintf(w, "%s\t%s\n", say(g.Name), strings.Join(names, ", "))
	}
	if len(c.Links) > 0 {
		fmt.Fprintf(w, "\nLINK\tTITLE\tCOMPONENTS\n")
	}
	for _, l := range c.Links {
		fmt.Fprintf(w, "/go/%s\t%s\t%s\n", l.Key, say(l.Title), list(l.Components))
	}
	fmt.Fprintf(w, "\nTEMPLATE\tPHASE\tSLOTS\n")
	for _, t := range p.Templates {
		var names []string
		for _, s := range t.Slots {
			names = append(names, s.Name)
		}
		fmt.Fprintf(w, "%s\t%s\t%s\n", t.ID, t.Phase, strings.Join(names, ", "))
	}
	return w.Flush()
}

// showPractice writes what is promised and done around incidents.
func showPractice(w io.Writer, p *plan.Plan) {
	if m := p.Postmortem; m.WorkingDays > 0 {
		fmt.Fprintf(w, "Report (%s)\t%d working days\t-\t%s\n", list(m.Severities), m.WorkingDays, signatures(m.Approvals))
	}
	if len(p.Channels.Mail) > 0 {
		fmt.Fprintf(w, "\nMails of\t%s\n", list(p.Channels.Mail))
	}
	if q := p.Channels.Quiet; len(q.Severities) > 0 {
		fmt.Fprintf(w, "Mails wait\t%s to %s, %s\t%s\n", q.From, q.To, p.Catalogue.TimeZone, list(q.Severities))
	}
	if p.Drills.EveryDays > 0 {
		fmt.Fprintf(w, "Drills\tevery %d days\t%s\n", p.Drills.EveryDays, list(p.Drills.Roles))
	}
}

func list[T ~string](in []T) string {
	if len(in) == 0 {
		return "-"
	}
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return strings.Join(out, ", ")
}

// span writes a promise in whole minutes or hours, as "20m" and "72h".
func span(d time.Duration) string {
	switch {
	case d == 0:
		return "-"
	case d%time.Hour == 0:
		return fmt.Sprintf("%dh", d/time.Hour)
	}
	return fmt.Sprintf("%dm", d/time.Minute)
}

func signatures(rs []plan.Requirement) string {
	var out []string
	for _, r := range rs {
		out = append(out, fmt.Sprintf("%s (%s)", r.Kind, strings.ReplaceAll(list(r.Roles), ", ", " or ")))
	}
	return strings.Join(out, " and ")
}
