package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
)

type lintCmd struct {
	File  string `arg:"" optional:"" help:"Text or Markdown of one message; - reads standard input."`
	Lang  string `placeholder:"en|es" help:"Language of the text; the plan's source language unless named."`
	Plan  string `placeholder:"DIR" help:"Folder or file of the plan whose rules and glossary count; the built-in one unless named."`
	JSON  bool   `name:"json" help:"Print the findings as data."`
	Stats string `placeholder:"FILE.jsonl" help:"Count instead how often each rule fires on a collection: one JSON object with title, body and lang a line."`

	Input io.Reader `kong:"-"` // standard input unless set
}

// Help shows an example.
func (lintCmd) Help() string {
	return `Prints FILE:LINE:COLUMN: RULE: what is wrong. Exits with 1 when a finding
would stop the message, with 2 when the text cannot be read.

Example:
  countersign lint update.md
  echo "Failover of db-prod-03" | countersign lint --lang en -`
}

// maxLintText bounds a text in bytes; a message of 2,000 words has about 12,000.
const maxLintText = 1 << 20

// Run judges the text, or the collection.
func (c lintCmd) Run(out io.Writer) error {
	files, err := planFiles(c.Plan)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	p, err := plan.Read(files)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("the plan is not valid, so its rules cannot be used:\n%w", err)}
	}
	if c.Stats != "" {
		return c.stats(out, p)
	}
	lang, err := c.language(p)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	text, err := c.text()
	if err != nil {
		return &exitError{exitUsage, err}
	}
	report := lint.Check(lint.Subject{Plan: p, Reader: lang, Free: map[comms.Lang]string{lang: text}})
	if err := c.print(out, text, report.Findings()); err != nil {
		return err
	}
	if len(report.Blocks()) > 0 {
		return &exitError{Code: exitFinding}
	}
	return nil
}

func (c lintCmd) language(p *plan.Plan) (comms.Lang, error) {
	if c.Lang == "" {
		return p.Catalogue.Source, nil
	}
	if !slices.Contains(p.Catalogue.Languages, comms.Lang(c.Lang)) {
		return "", fmt.Errorf("--lang: the plan has no language %q; choose one of %v", c.Lang, p.Catalogue.Languages)
	}
	return comms.Lang(c.Lang), nil
}

// text reads the input and refuses what is no text.
func (c lintCmd) text() (string, error) {
	var in io.Reader
	switch c.File {
	case "":
		return "", errors.New("name the file to judge, or - for standard input; --stats FILE.jsonl counts over a collection")
	case "-":
		if in = c.Input; in == nil {
			in = os.Stdin
		}
	default:
		file, err := openText(c.File)
		if err != nil {
			return "", err
		}
		defer file.Close()
		in = file
	}
	raw, err := io.ReadAll(io.LimitReader(in, maxLintText+1))
	if err != nil {
		return "", fmt.Errorf("%s cannot be read: %w", c.name(), err)
	}
	return c.checked(raw)
}

func (c lintCmd) checked(raw []byte) (string, error) {
	text := string(raw)
	if len(raw) > maxLintText {
		return "", fmt.Errorf("%s is larger than %d bytes; give one message at a time, and a collection to --stats", c.name(), maxLintText)
	}
	if at := bytes.IndexByte(raw, 0); at >= 0 {
		line, column := lint.Place(text, at)
		return "", fmt.Errorf("%s:%d:%d: a NUL byte stands here, so this is no text; save it as UTF-8 text", c.name(), line, column)
	}
	if at, r := unseen(text); at >= 0 {
		line, column := lint.Place(text, at)
		return "", fmt.Errorf("%s:%d:%d: a character that nobody sees stands here (U+%04X), and the text would be read otherwise than it is judged; remove it", c.name(), line, column, r)
	}
	for at, r := range text {
		if r != utf8.RuneError {
			continue
		}
		if _, size := utf8.DecodeRuneInString(text[at:]); size == 1 {
			line, column := lint.Place(text, at)
			return "", fmt.Errorf("%s:%d:%d: this is not valid UTF-8; save the file as UTF-8", c.name(), line, column)
		}
	}
	return text, nil
}

// unseen finds the first character that nobody sees, -1 for none: what a draft
// is refused for, and what is left out of a message.
func unseen(text string) (at int, r rune) {
	at, r = draft.Hidden(text)
	seen := comms.Visible(text)
	for n, c := range text {
		if n == at {
			break
		}
		if rest, same := strings.CutPrefix(seen, string(c)); same {
			seen = rest
			continue
		}
		return n, c
	}
	return at, r
}

// name is how findings call the input.
func (c lintCmd) name() string {
	if c.File == "-" {
		return "<stdin>"
	}
	return c.File
}

func openText(name string) (*os.File, error) {
	info, err := os.Stat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no file %s; check its name", name)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	case info.IsDir():
		return nil, fmt.Errorf("%s is a folder; name a file in it", name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", name, err)
	}
	return file, nil
}

// placed is a finding with its place in the file.
type placed struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
	lint.Finding
}

func (c lintCmd) print(out io.Writer, text string, findings []lint.Finding) error {
	list := make([]placed, len(findings))
	for i, f := range findings {
		line, column := lint.Place(text, f.Start)
		list[i] = placed{c.name(), line, column, f}
	}
	if c.JSON {
		return writeJSON(out, list)
	}
	for _, f := range list {
		if _, err := fmt.Fprintf(out, "%s:%d:%d: %s: %s\n", f.File, f.Line, f.Column, f.Rule, strings.ReplaceAll(f.Reason, "\n", " ")); err != nil {
			return err
		}
	}
	return nil
}

// stats prints how often each rule fires on a collection.
func (c lintCmd) stats(out io.Writer, p *plan.Plan) error {
	file, err := openText(c.Stats)
	if err != nil {
		return &exitError{exitUsage, err}
	}
	defer file.Close()
	rates, err := lint.Stats(file, p)
	if err != nil {
		return &exitError{exitUsage, fmt.Errorf("%s: %w", c.Stats, err)}
	}
	if c.JSON {
		return writeJSON(out, rates)
	}
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "rule\tlevel\tupdates\tshare\tfindings\t")
	for _, r := range rates.Rules {
		fmt.Fprintf(table, "%s\t%s\t%d\t%s\t%d\t\n", r.Rule, r.Level, r.Updates, share(r.Updates, rates.Updates), r.Findings)
	}
	fmt.Fprintf(table, "any\tblock\t%d\t%s\t\t\n", rates.Blocked, share(rates.Blocked, rates.Updates))
	if err := table.Flush(); err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "%d updates\n", rates.Updates)
	return err
}

func share(n, of int) string {
	if of == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.1f%%", 100*float64(n)/float64(of))
}

func writeJSON(out io.Writer, v any) error {
	e := json.NewEncoder(out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
