package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
)

// edit opens the text of a draft in the person's editor and saves what they
// typed. Whatever goes wrong after that, the file stays and is named.
func (s session) edit(ctx context.Context, u draftUpdate, plan draftPlan) (draftUpdate, error) {
	editor := orElse(os.Getenv("VISUAL"), os.Getenv("EDITOR"))
	if editor == "" {
		return u, s.keep(u, &exitError{exitUsage, errors.New("no editor is named: set VISUAL or EDITOR, or give the words with --slot")})
	}
	slots := plan.slotsOf(u.Text.Template)
	file, err := os.CreateTemp("", "countersign-"+u.ID+"-*.txt")
	if err != nil {
		return u, s.keep(u, &exitError{exitUsage, fmt.Errorf("make a file to edit: %w", err)})
	}
	_, err = file.WriteString(layOut(u, slots, plan.Languages))
	if err = errors.Join(err, file.Close()); err != nil {
		return u, s.keep(u, &exitError{exitUsage, fmt.Errorf("write a file to edit: %w", err)})
	}
	cmd := exec.CommandContext(ctx, "sh", "-c", editor+` "$1"`, "sh", file.Name()) // as git runs it: EDITOR may have arguments
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stderr, os.Stderr
	if err := cmd.Run(); err != nil {
		return u, s.kept(u, file.Name(), &exitError{exitUsage, fmt.Errorf("the editor %q ended with an error: %w", editor, err)})
	}
	typed, err := os.ReadFile(file.Name())
	if err != nil {
		return u, s.kept(u, file.Name(), &exitError{exitUsage, fmt.Errorf("read what was typed: %w", err)})
	}
	text, changed, err := takeIn(string(typed), u.Text, slots, plan.Languages)
	if err != nil {
		return u, s.kept(u, file.Name(), &exitError{exitUsage, fmt.Errorf("%s:%w", file.Name(), err)})
	}
	if changed {
		saved, err := s.save(ctx, u, text)
		if err != nil {
			return u, s.kept(u, file.Name(), err)
		}
		u = saved
	}
	return u, os.Remove(file.Name())
}

// kept says where what was typed lies.
func (s session) kept(u draftUpdate, file string, err error) error {
	var e *exitError
	if asExit(err, &e) {
		return &exitError{e.Code, fmt.Errorf("%w\nwhat you typed is kept in %s, and the draft is here: %s", e.Err, file, u.URL)}
	}
	return err
}

func (p draftPlan) slotsOf(template string) []draftSlot {
	for _, t := range p.Templates {
		if t.ID == template {
			return t.Slots
		}
	}
	return nil
}

// heading names a slot: "[impact]" or "[es:impact]".
func heading(lang string, slot draftSlot) string {
	if slot.Shared {
		return "[" + slot.Name + "]"
	}
	return "[" + lang + ":" + slot.Name + "]"
}

// layOut lays a text out for an editor.
func layOut(u draftUpdate, slots []draftSlot, languages []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s (%s), %s\n# What stands under a [heading] is its value. Lines that begin with # are left out.\n# An empty file changes nothing. A backslash before a # or a [ keeps it.\n", u.Text.Template, u.Text.Severity, u.URL)
	for i, lang := range languages {
		for _, slot := range slots {
			if slot.Shared && i > 0 {
				continue // stands among the first language's
			}
			where := lang
			if slot.Shared {
				where = sharedSlots
			}
			fmt.Fprintf(&b, "\n%s\n", heading(lang, slot))
			for _, line := range slot.hints(lang, languages[0]) {
				fmt.Fprintf(&b, "# %s\n", line)
			}
			if value := u.Text.Slots[where][slot.Name]; value != "" {
				b.WriteString(special.ReplaceAllString(value, `\$0`) + "\n")
			}
		}
	}
	return b.String()
}

// hints say what a slot is for.
func (s draftSlot) hints(lang, source string) []string {
	in := func(w map[string]string) string { return orElse(w[lang], w[source]) }
	var out []string
	for _, text := range []string{in(s.Label), in(s.Help)} {
		if text != "" {
			out = append(out, strings.Split(text, "\n")...)
		}
	}
	switch {
	case len(s.Options) > 0:
		out = append(out, "One of:")
	case s.Shared:
		out = append(out, "A time in UTC: 2026-11-23T15:00")
	case s.Min > 0 && s.Max > 0:
		out = append(out, fmt.Sprintf("%d to %d characters.", s.Min, s.Max))
	case s.Max > 0:
		out = append(out, fmt.Sprintf("At most %d characters.", s.Max))
	}
	for _, o := range s.Options {
		out = append(out, "  "+o.Key+": "+in(o.Text))
	}
	if !s.Required {
		out = append(out, "Can be left empty.")
	}
	return out
}

// special begins a line that would mean something else than itself.
var special = regexp.MustCompile(`(?m)^[#\[\\]`)

var headingLine = regexp.MustCompile(`^\[(?:([A-Za-z][A-Za-z0-9-]*):)?([a-z][a-z0-9_]*)\]\s*$`)

// takeIn takes what was typed back into the text. A heading that nobody
// knows is an error that names its line.
func takeIn(typed string, text draftText, slots []draftSlot, languages []string) (_ draftText, changed bool, err error) {
	type place struct{ lang, slot string }
	known := map[string]place{}
	for _, slot := range slots {
		for _, lang := range languages {
			where := lang
			if slot.Shared {
				where = sharedSlots
			}
			known[heading(lang, slot)] = place{where, slot.Name}
		}
	}
	values := map[place][]string{}
	var at *place
	scan := bufio.NewScanner(strings.NewReader(typed))
	scan.Buffer(nil, 1<<20)
	for n := 1; scan.Scan(); n++ {
		line := strings.TrimRight(scan.Text(), " \t\r")
		switch {
		case strings.HasPrefix(line, "#"):
		case headingLine.MatchString(line):
			p, ok := known[line]
			if !ok {
				return text, false, fmt.Errorf("%d: the template has no %s; keep the headings as they were", n, line)
			}
			if _, twice := values[p]; twice {
				return text, false, fmt.Errorf("%d: %s stands there twice; keep one", n, line)
			}
			at, values[p] = &p, []string{}
		case at != nil:
			values[*at] = append(values[*at], strings.TrimPrefix(line, `\`))
		case line != "":
			return text, false, fmt.Errorf("%d: these words stand under no heading; put them under one, as in [%s:impact]", n, languages[0])
		}
	}
	if err := scan.Err(); err != nil {
		return text, false, fmt.Errorf(" %w", err)
	}
	text = text.clone()
	for p, lines := range values {
		value := strings.TrimSpace(strings.Join(lines, "\n"))
		if text.Slots[p.lang][p.slot] != value {
			text.set(p.lang, p.slot, value)
			changed = true
		}
	}
	return text, changed, nil
}
