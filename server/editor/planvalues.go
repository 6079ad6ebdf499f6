package editor

import (
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// valueChange shows how a value changes: word by word what may be long, whole
// what is one of a kind.
func (v *visit) valueChange(before, after *plan.Plan, c plan.Change) template.HTML {
	key := c.Steps[len(c.Steps)-1]
	was, is := v.planValue(before, key, c.Was, c.Before), v.planValue(after, key, c.Is, c.After)
	if c.Was == nil || c.Is == nil || v.oneValue(after, key, c.Is) == "" {
		return brief(was, is)
	}
	return brief(was, "") + " " + brief("", is)
}

// planValue says a value of a plan in words. What people chose themselves, as
// a name or a sentence, is said as the plan's files have it: written.
func (v *visit) planValue(p *plan.Plan, key string, value any, written string) string {
	switch x := value.(type) {
	case nil:
		return written
	case plan.Entries:
		return listed(x, func(name string) string { return v.listedName(p, key, name) })
	case []plan.Requirement:
		return v.signers(p, x)
	case []comms.Lang:
		return listed(x, languageName)
	case []comms.Severity:
		return v.listedNames(p, "severities", asTexts(x))
	case []comms.Phase:
		return v.listedNames(p, "phases", asTexts(x))
	case []comms.State:
		return v.listedNames(p, "states", asTexts(x))
	case []plan.RoleID:
		return v.listedNames(p, "roles", asTexts(x))
	case []plan.PersonID:
		return v.listedNames(p, "people", asTexts(x))
	case []comms.ComponentID:
		return v.listedNames(p, "components", asTexts(x))
	case []string:
		if key == "days" {
			return listed(x, func(day string) string { return v.T("desk.day." + day) })
		}
		return written
	}
	if said := v.oneValue(p, key, value); said != "" {
		return said
	}
	return written
}

// oneValue says a value that is no list; "" for what people chose themselves.
func (v *visit) oneValue(p *plan.Plan, key string, value any) string {
	switch x := value.(type) {
	case time.Duration:
		return v.length(x)
	case bool:
		return v.T("desk.plan.value." + strconv.FormatBool(x))
	case comms.Lang:
		return languageName(x)
	case comms.Severity:
		return v.entryName(p, "severities", string(x))
	case comms.Phase:
		return v.entryName(p, "phases", string(x))
	case comms.State:
		return v.entryName(p, "states", string(x))
	case comms.ComponentID:
		return v.entryName(p, "components", string(x))
	case comms.Kind:
		return v.T("desk.plan.value." + string(x))
	case comms.MessageKind:
		return v.T("desk.message." + string(x))
	case plan.Level:
		return v.T("desk.plan.level." + string(x))
	case plan.Warnings:
		return v.T("desk.plan.warnings." + string(x))
	case plan.SlotType:
		return v.T("desk.plan.slot." + string(x))
	case int:
		if key == "remind" || key == "stand_in" || key == "everyone" {
			return v.T("desk.plan.value.part", "percent", x)
		}
	case string:
		switch key {
		case "template":
			return v.entryName(p, "templates", x)
		case "from":
			if slices.Contains(plan.SlotSources(), x) {
				return v.T("desk.plan.from." + x)
			}
		}
	}
	return ""
}

// listedNames says the names of entries of a list.
func (v *visit) listedNames(p *plan.Plan, list string, ids []string) string {
	return listed(ids, func(id string) string { return v.listedName(p, list, id) })
}

func (v *visit) listedName(p *plan.Plan, list, id string) string {
	if name := v.entryName(p, list, id); name != "" {
		return name
	}
	return id
}

func listed[T any](in []T, name func(T) string) string {
	names := make([]string, len(in))
	for i, one := range in {
		names[i] = name(one)
	}
	return strings.Join(names, ", ")
}
