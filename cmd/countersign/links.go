package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"text/tabwriter"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/links"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server"
)

type linksCmds struct {
	Check linksCheckCmd `cmd:"" help:"Find the links to the page in a code base or a list, and say which lead nowhere."`
	List  linksListCmd  `cmd:"" help:"List the links that the plan has."`
}

// agreed is where the plan comes from that links are judged by.
type agreed struct {
	Plan string `placeholder:"DIR" help:"Folder or file of the plan; the one in force in the installation unless named."`
	installation
}

func (a agreed) read(ctx context.Context) (*plan.Plan, error) {
	if a.Plan != "" {
		files, err := server.ReadPlan(a.Plan)
		if err != nil {
			return nil, err
		}
		p, err := plan.Read(files)
		if err != nil {
			return nil, fmt.Errorf("the plan is not valid, so its links cannot be used:\n%w", err)
		}
		return p, nil
	}
	in, err := a.open(ctx)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	p, _, err := in.Desk.Plan(ctx)
	return p, err
}

type linksListCmd struct {
	JSON bool `name:"json" help:"Print them as data."`
	agreed
}

// Help shows an example.
func (linksListCmd) Help() string {
	return `Examples:
  countersign links list --dir /var/lib/countersign
  countersign links list --plan my-plan --json`
}

// listed is one link of the plan as data.
type listed struct {
	Key        string              `json:"key"`
	Former     []string            `json:"former"`
	Title      comms.Words         `json:"title"`
	Components []comms.ComponentID `json:"components"`
	Address    string              `json:"address"`
}

// Run prints the plan's links.
func (c linksListCmd) Run(ctx context.Context, out io.Writer) error {
	p, err := c.read(ctx)
	if err != nil {
		return err
	}
	all := []listed{}
	for _, l := range p.Catalogue.Links {
		all = append(all, listed{l.Key, append([]string{}, l.Former...), l.Title, l.Components, p.Catalogue.PageURL + "/go/" + l.Key})
	}
	if c.JSON {
		return writeJSON(out, all)
	}
	w := tabwriter.NewWriter(out, 0, 4, 2, ' ', 0)
	fmt.Fprintf(w, "ADDRESS\tTITLE\tCOMPONENTS\tFORMER KEYS\n")
	for _, l := range all {
		title, _ := l.Title.In(p.Catalogue.Source, p.Catalogue.Source)
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", l.Address, title, list(l.Components), list(l.Former))
	}
	return w.Flush()
}

type linksCheckCmd struct {
	Scan string   `required:"" placeholder:"PATH" help:"Folder of a code base, a file, or - for a list on standard input."`
	Base string   `placeholder:"URL" help:"Ask a deployed page instead of a plan, as a product's CI does."`
	Bare bool     `help:"Also take \"/go/KEY\" right behind a quotation mark or an expression, without a host, for a link to the page."`
	Skip []string `default:".git,node_modules" placeholder:"NAME" help:"Files and folders to leave out, by name; * stands for anything."`
	JSON bool     `name:"json" help:"Print every link as data, also those that are fine."`
	agreed

	Input io.Reader `kong:"-"` // standard input unless set
}

// Help shows an example.
func (linksCheckCmd) Help() string {
	return `Prints FILE:LINE:COLUMN: what is wrong: address, and what to write instead. A link
is unknown when the plan has no such key, renamed when the plan calls it
otherwise now, and dead when nothing is there. Without --base only keys and
components can be judged. Exits with 1 when there is one, with 2 when something
cannot be read, and with 4 when the page does not answer.

Examples:
  countersign links check --scan ./src --base https://status.example.com
  countersign links check --scan ./src --plan my-plan
  git grep -h status.example.com | countersign links check --scan - --dir DIR`
}

// sight is a mention with its file and where it leads.
type sight struct {
	File string `json:"file"`
	links.Mention
	Verdict links.Verdict `json:"verdict"`
	Instead string        `json:"instead,omitempty"` // the key to write
}

// Run finds and judges.
func (c linksCheckCmd) Run(ctx context.Context, out io.Writer) error {
	scanner, judge, err := c.prepare(ctx)
	if err != nil {
		return err
	}
	found, err := c.scan(scanner)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	if err := judge(ctx, found.Sights); err != nil {
		return err
	}
	wrong := 0
	for _, s := range found.Sights {
		if s.Verdict.Wrong() {
			wrong++
		}
	}
	if c.JSON {
		err = writeJSON(out, found.Sights)
	} else {
		err = c.print(out, found)
	}
	if err == nil && wrong > 0 {
		err = &exitError{Code: exitFinding}
	}
	return err
}

// prepare gives what to look for, and who judges what was found.
func (c linksCheckCmd) prepare(ctx context.Context) (links.Scanner, func(context.Context, []sight) error, error) {
	if c.Base != "" {
		base, err := url.Parse(strings.TrimSuffix(c.Base, "/"))
		if err != nil || base.Host == "" || base.Scheme != "https" && base.Scheme != "http" {
			return links.Scanner{}, nil, &exitError{exitUsage, fmt.Errorf("--base: %q is not the address of a page; write it as https://status.example.com", c.Base)}
		}
		page := deployed{base}
		languages, err := page.languages(ctx)
		return links.Scanner{Page: base, Languages: languages, Bare: c.Bare}, page.judge, err
	}
	p, err := c.read(ctx)
	if err != nil {
		return links.Scanner{}, nil, err
	}
	page, err := url.Parse(p.Catalogue.PageURL)
	if err != nil {
		return links.Scanner{}, nil, fmt.Errorf("the plan's address of the page: %w", err)
	}
	s := links.Scanner{Page: page, Bare: c.Bare}
	for _, lang := range p.Catalogue.Languages {
		s.Languages = append(s.Languages, string(lang))
	}
	return s, func(_ context.Context, sights []sight) error {
		for n := range sights {
			sights[n].Verdict, sights[n].Instead = links.Judge(p.Catalogue, sights[n].Mention)
		}
		return nil
	}, nil
}

func (c linksCheckCmd) print(out io.Writer, found scanned) error {
	count := map[links.Verdict]int{}
	for _, s := range found.Sights {
		count[s.Verdict]++
		if s.Verdict.Wrong() {
			if _, err := fmt.Fprintf(out, "%s:%d:%d: %s\n", s.File, s.Line, s.Column, s.sentence()); err != nil {
				return err
			}
		}
	}
	_, err := fmt.Fprintf(out, "%s in %s: %d unknown, %d renamed, %d dead", counted(len(found.Sights), "link"), counted(found.Files, "file"), count[links.Unknown], count[links.Renamed], count[links.Dead])
	if n := count[links.Open]; n > 0 && err == nil {
		_, err = fmt.Fprintf(out, "; %s put together while the program runs and not checked", are(n))
	}
	if n := count[links.Unseen]; n > 0 && err == nil {
		_, err = fmt.Fprintf(out, "; %d can only be checked with --base", n)
	}
	if n := found.Folders; n > 0 && err == nil {
		_, err = fmt.Fprintf(out, "; %s behind a symbolic link not followed", counted(n, "folder"))
	}
	return errors.Join(err, end(out))
}

// counted writes a number of things: "1 link", "2 links".
func counted(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

func are(n int) string {
	if n == 1 {
		return "1 is"
	}
	return fmt.Sprintf("%d are", n)
}

func end(out io.Writer) error {
	_, err := fmt.Fprintln(out)
	return err
}

func (s sight) sentence() string {
	switch s.Verdict {
	case links.Unknown:
		if s.Instead != "" {
			return fmt.Sprintf("unknown: %s: the plan has no link %q; did you mean %q?", s.Text, s.Key, s.Instead)
		}
		return fmt.Sprintf("unknown: %s: the plan has no link %q, so customers see the state of everything; add the key to links.yaml", s.Text, s.Key)
	case links.Renamed:
		return fmt.Sprintf("renamed: %s: the plan calls it %q now; the old key still works", s.Text, s.Instead)
	}
	return fmt.Sprintf("dead: %s: the page has nothing there; lead to a key of the plan (/go/KEY) instead", s.Text)
}
