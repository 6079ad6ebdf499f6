package main

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/language"
	"github.com/countersign/countersign/templates"
)

// tongue is the language in which a command explains what it found.
type tongue struct {
	Lang string `placeholder:"en|es" help:"Language of the findings; unless named, that of the environment (LC_ALL, LC_MESSAGES, LANG), else English."`
}

// printer speaks it.
func (t tongue) printer() (language.Printer, error) {
	words, err := language.New(templates.FS)
	if err != nil {
		return language.Printer{}, err
	}
	if t.Lang == "" {
		return words.For(environment(os.Getenv)), nil
	}
	if !slices.Contains(words.Languages(), comms.Lang(t.Lang)) {
		return language.Printer{}, &exitError{exitUsage, fmt.Errorf("--lang: findings are explained in %s, and not in %q", list(words.Languages()), t.Lang)}
	}
	return words.For(comms.Lang(t.Lang)), nil
}

// valid refuses a plan that cannot take effect, in that language.
func (t tongue) valid(files []comms.PlanFile) error {
	says, err := t.printer()
	if err != nil {
		return err
	}
	if problems := plan.Check(files, lint.Judge(says.Lang())); problems.Blocks() {
		return &exitError{exitFinding, fmt.Errorf("the plan is not valid:\n%s", problems.In(says.Phrase))}
	}
	return nil
}

// environment reads the language that POSIX locale variables ask for: "es-ES"
// of "es_ES.UTF-8", "" of "C".
func environment(value func(string) string) comms.Lang {
	locale := cmp.Or(value("LC_ALL"), value("LC_MESSAGES"), value("LANG"))
	locale, _, _ = strings.Cut(locale, ".")
	locale, _, _ = strings.Cut(locale, "@")
	if locale == "C" || locale == "POSIX" {
		return ""
	}
	return comms.Lang(strings.ReplaceAll(locale, "_", "-"))
}
