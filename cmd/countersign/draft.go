package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/countersign/countersign/comms"
)

type draftCmds struct {
	New       draftNewCmd       `cmd:"" help:"Open an incident or planned work with its first draft."`
	Update    draftUpdateCmd    `cmd:"" help:"Draft the next update of an incident."`
	Edit      draftEditCmd      `cmd:"" help:"Change a draft."`
	Show      draftShowCmd      `cmd:"" help:"Show an update as it would go out."`
	Submit    draftSubmitCmd    `cmd:"" help:"Ask for the signatures of a draft."`
	Templates draftTemplatesCmd `cmd:"" help:"List what can be written: templates and slots, severities, components."`
}

// draftExits ends the help of each command.
const draftExits = `
Exit codes: 0 done, 1 stopped by a language rule, 2 something given is wrong,
3 refused (not allowed, not there, changed meanwhile), 4 the service does not
answer. The token is read from --token-file or COUNTERSIGN_TOKEN.`

// words are the flags that fill a text.
type words struct {
	Severity  string   `placeholder:"NAME" env:"-" help:"How bad it is, as the plan names it."`
	Template  string   `placeholder:"NAME" env:"-" help:"Shared words to fill; the first that fits unless named."`
	Component []string `sep:"none" placeholder:"NAME=STATE" env:"-" help:"A component that is affected: operational, maintenance, degraded, partial or major. Give it again for each."`
	Slot      []string `sep:"none" placeholder:"[LANG:]NAME=TEXT" env:"-" help:"What a slot of the template says; in the plan's first language unless LANG is given."`
	Started   string   `placeholder:"TIME" env:"-" help:"When it began, or the window's start: 2026-11-23T15:00 in UTC, or RFC 3339."`
	Ended     string   `placeholder:"TIME" env:"-" help:"When it ended, or the window's end."`
	Publish   string   `placeholder:"TIME" env:"-" help:"When it goes out; as soon as it is signed unless named."`
}

// fill puts the flags into a text.
func (w words) fill(t *draftText, slots slotNames) error {
	t.Severity, t.Template = orElse(w.Severity, t.Severity), orElse(w.Template, t.Template)
	t.StartedAt, t.EndedAt, t.PublishAt = orElse(w.Started, t.StartedAt), orElse(w.Ended, t.EndedAt), orElse(w.Publish, t.PublishAt)
	for _, c := range w.Component {
		name, state, ok := strings.Cut(c, "=")
		if !ok {
			return fmt.Errorf("--component %s: write it as NAME=STATE, as in --component login=major", c)
		}
		if t.Components == nil {
			t.Components = map[string]string{}
		}
		t.Components[name] = state
	}
	for _, s := range w.Slot {
		name, value, ok := strings.Cut(s, "=")
		if !ok {
			return fmt.Errorf("--slot %s: write it as NAME=TEXT or LANG:NAME=TEXT, as in --slot es:impact='…'", s)
		}
		lang, slot, named := strings.Cut(name, ":")
		if !named {
			lang, slot = slots.place(name), name
		}
		t.set(lang, slot, value)
	}
	return nil
}

// after are the flags that say what becomes of a draft.
type after struct {
	Write  bool `name:"edit" env:"-" help:"Open the text in $VISUAL or $EDITOR."`
	Submit bool `env:"-" help:"Ask for the signatures; stops if a language rule does."`
}

type draftNewCmd struct {
	Kind string `default:"incident" enum:"incident,maintenance" env:"-" help:"incident, or maintenance for planned work."`
	Name string `placeholder:"WORDS" env:"-" help:"What the desk calls it, customers never see it; the template's first line unless named."`
	Key  string `placeholder:"KEY" env:"-" help:"Name of this very request: the same one again opens nothing twice."`
	words
	after
	remote
}

// Help shows an example.
func (draftNewCmd) Help() string {
	return `Prints the address of the draft at the desk, and what the language rules say.
Nothing reaches a customer before people have signed it.

Example:
  countersign draft new --severity major --component sign-in=major --template investigating \
    --slot headline='Nobody can sign in' --slot es:headline='Nadie puede iniciar sesión' --edit --submit
` + draftExits
}

// Run opens it.
func (c draftNewCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	plan, err := s.templates(ctx)
	if err != nil {
		return err
	}
	opening := draftOpening{Kind: c.Kind, Name: c.Name}
	if err := c.fill(&opening.draftText, plan.slots(c.Template)); err != nil {
		return &exitError{exitUsage, err}
	}
	if opening.Name == "" {
		opening.Name = opening.headline(plan.Languages)
	}
	var opened struct {
		Update draftUpdate `json:"update"`
	}
	if err := s.create(ctx, "/incidents", c.Key, opening, &opened); err != nil {
		return err
	}
	return s.finish(ctx, out, opened.Update, plan, c.after)
}

type draftUpdateCmd struct {
	Incident string `arg:"" help:"The incident, by its identifier."`
	Phase    string `placeholder:"NAME" env:"-" help:"Where the incident stands now, such as identified or resolved; the template's unless named."`
	Key      string `placeholder:"KEY" env:"-" help:"Name of this very request: the same one again begins nothing twice."`
	words
	after
	remote
}

// Help shows an example.
func (draftUpdateCmd) Help() string {
	return `What customers were told last is carried over; what is given stands instead.

Example:
  countersign draft update k3v9x0q2m7ab --phase resolved --edit --submit
` + draftExits
}

// Run begins it.
func (c draftUpdateCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	plan, err := s.templates(ctx)
	if err != nil {
		return err
	}
	beginning := draftBeginning{Phase: c.Phase}
	if err := c.fill(&beginning.draftText, plan.slots(c.Template)); err != nil {
		return &exitError{exitUsage, err}
	}
	var begun draftUpdate
	if err := s.create(ctx, "/incidents/"+pathPart(c.Incident)+"/updates", c.Key, beginning, &begun); err != nil {
		return err
	}
	return s.finish(ctx, out, begun, plan, c.after)
}

type draftEditCmd struct {
	Update string `arg:"" help:"The update, by its identifier."`
	words
	after
	remote
}

// Help shows an example.
func (draftEditCmd) Help() string {
	return `Saves a new revision of the text. If somebody saved one meanwhile, nothing is
written over: the command ends with 3 and keeps what you typed.

Example:
  countersign draft edit k3v9x0q2m7ab --slot impact='Customers in Europe cannot sign in.' --submit
` + draftExits
}

// Run changes it.
func (c draftEditCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	plan, err := s.templates(ctx)
	if err != nil {
		return err
	}
	u, err := s.update(ctx, c.Update)
	if err != nil {
		return err
	}
	text := u.Text.clone()
	if err := c.fill(&text, plan.slots(orElse(c.Template, text.Template))); err != nil {
		return &exitError{exitUsage, err}
	}
	if len(c.Slot)+len(c.Component) > 0 || c.Severity+c.Template+c.Started+c.Ended+c.Publish != "" {
		if u, err = s.save(ctx, u, text); err != nil {
			return err
		}
	}
	return s.finish(ctx, out, u, plan, c.after)
}

type draftSubmitCmd struct {
	Update string `arg:"" help:"The update, by its identifier."`
	remote
}

// Help shows an example.
func (draftSubmitCmd) Help() string {
	return `The people who may sign are told by mail.

Example:
  countersign draft submit k3v9x0q2m7ab
` + draftExits
}

// Run submits it.
func (c draftSubmitCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	u, err := s.update(ctx, c.Update)
	if err != nil {
		return err
	}
	return s.finish(ctx, out, u, draftPlan{}, after{Submit: true})
}

type draftShowCmd struct {
	Update string `arg:"" help:"The update, by its identifier."`
	remote
}

// Help shows an example.
func (draftShowCmd) Help() string {
	return `Prints every form in every language, then what the language rules say.

Example:
  countersign draft show k3v9x0q2m7ab
` + draftExits
}

// Run shows it.
func (c draftShowCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	u, err := s.update(ctx, c.Update)
	if err != nil {
		return err
	}
	p, err := s.preview(ctx, u)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(out, draftResult{u, &p})
	}
	u.print(out)
	for _, lang := range slices.Sorted(maps.Keys(p.Forms)) {
		f := p.Forms[lang]
		for _, form := range []struct{ name, text string }{
			{"title", f.Title}, {"mail", f.Subject + "\n\n" + f.Text}, {"short", f.Short}, {"support", f.Support}, {"in product", f.InProduct},
		} {
			fmt.Fprintf(out, "\n== %s, %s\n%s\n", lang, form.name, strings.TrimSpace(form.text))
		}
	}
	if len(p.Findings)+len(p.Errors) > 0 {
		fmt.Fprintln(out)
	}
	p.print(out)
	return nil
}

type draftTemplatesCmd struct {
	remote
}

// Help shows an example.
func (draftTemplatesCmd) Help() string {
	return `An asterisk marks what a message does not go out without.

Example:
  countersign draft templates
` + draftExits
}

// Run lists them.
func (c draftTemplatesCmd) Run(ctx context.Context, out io.Writer) error {
	s, err := c.connect()
	if err != nil {
		return err
	}
	var all struct {
		draftPlan
		Severities []draftNamed `json:"severities"`
		Components []draftNamed `json:"components"`
	}
	for _, path := range []string{"/templates", "/severities", "/components"} {
		if err := s.get(ctx, path, &all); err != nil {
			return err
		}
	}
	if c.JSON {
		return writeJSON(out, all)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	source := all.source()
	for _, t := range all.Templates {
		fmt.Fprintf(table, "template %s\t%s\n", t.ID, t.Name[source])
		for _, slot := range t.Slots {
			mark, label := "", slot.Label[source]
			if slot.Required {
				mark = "*"
			}
			if label == "" {
				label = slot.Type
			}
			fmt.Fprintf(table, "  %s%s\t%s\n", slot.Name, mark, label)
			for _, o := range slot.Options {
				fmt.Fprintf(table, "    =%s\t%s\n", o.Key, o.Text[source])
			}
		}
	}
	for _, list := range []struct {
		kind  string
		named []draftNamed
	}{{"severity", all.Severities}, {"component", all.Components}} {
		for _, n := range list.named {
			fmt.Fprintf(table, "%s %s\t%s\n", list.kind, n.ID, n.Name[source])
		}
	}
	return table.Flush()
}

// finish edits and submits what was drafted, if that was asked for, and says
// where it stands and what the language rules say.
func (s session) finish(ctx context.Context, out io.Writer, u draftUpdate, plan draftPlan, then after) error {
	var err error
	if then.Write {
		if u, err = s.edit(ctx, u, plan); err != nil {
			return err
		}
	}
	p, err := s.preview(ctx, u)
	if err != nil {
		return err
	}
	stopped := false
	if then.Submit {
		submitted, err := s.submit(ctx, u)
		if stopped = isBlocked(err); err != nil && !stopped {
			return s.keep(u, err)
		}
		if err == nil {
			u = submitted
		}
	}
	if s.json {
		if err := writeJSON(out, draftResult{u, &p}); err != nil {
			return err
		}
	} else {
		u.print(out)
		p.print(out)
	}
	if stopped {
		return &exitError{Code: exitFinding}
	}
	return nil
}

// keep says where a draft lies that did not get as far as it should have.
func (s session) keep(u draftUpdate, err error) error {
	var e *exitError
	if asExit(err, &e) {
		return &exitError{e.Code, fmt.Errorf("%w\nthe draft is kept: %s", e.Err, u.URL)}
	}
	return err
}

// draftResult is what --json prints.
type draftResult struct {
	Update  draftUpdate   `json:"update"`
	Preview *draftPreview `json:"preview"`
}

func (u draftUpdate) print(out io.Writer) {
	fmt.Fprintln(out, u.URL)
	if u.Incident != "" {
		fmt.Fprintf(out, "incident %s\n", u.Incident)
	}
	fmt.Fprintf(out, "update %s, revision %d: %s\n", u.ID, u.Revision, strings.ReplaceAll(u.State, "_", " "))
}

// print writes findings as countersign lint does, with the slot in the place
// of the file.
func (p draftPreview) print(out io.Writer) {
	for _, e := range p.Errors {
		fmt.Fprintf(out, "%s: %s\n", strings.TrimPrefix(e.place(), "#/"), e.Detail)
	}
	for _, f := range p.Findings {
		place := f.Field
		if f.Lang != "" {
			place = string(f.Lang) + ":" + f.Field
		}
		fmt.Fprintf(out, "%s: %s: %s: %s\n", place, f.Level, f.Rule, strings.ReplaceAll(f.Reason, "\n", " "))
	}
}

// headline is the first of the words that were given, in the plan's order of languages.
func (t draftText) headline(languages []string) string {
	for _, lang := range languages {
		if s := t.Slots[lang]["headline"]; s != "" {
			return s
		}
	}
	names := slices.Sorted(maps.Keys(t.Components))
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ")
}

func orElse(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

var _ = comms.NewID
