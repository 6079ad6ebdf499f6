package editor

import (
	"cmp"
	"html/template"
	"reflect"
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
	case plan.Entries:
		names := make([]string, len(x))
		for i, id := range x {
			names[i] = v.listedName(p, key, id)
		}
		return strings.Join(names, ", ")
	case []plan.Requirement:
		return v.signers(p, x)
	}
	list := reflect.ValueOf(value)
	if list.Kind() != reflect.Slice {
		return cmp.Or(v.oneValue(p, key, value), written)
	}
	said := make([]string, list.Len())
	for i := range said {
		if said[i] = v.oneValue(p, key, list.Index(i).Interface()); said[i] == "" {
			return written
		}
	}
	return strings.Join(said, ", ")
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
		return v.listedName(p, "severities", string(x))
	case comms.Phase:
		return v.listedName(p, "phases", string(x))
	case comms.State:
		return v.listedName(p, "states", string(x))
	case comms.ComponentID:
		return v.listedName(p, "components", string(x))
	case plan.RoleID:
		return v.listedName(p, "roles", string(x))
	case plan.PersonID:
		return v.listedName(p, "people", string(x))
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
		case "days":
			return v.T("desk.day." + x)
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

// listedName is what an entry of a list is called, else its name in the files.
func (v *visit) listedName(p *plan.Plan, list, id string) string {
	if name := v.entryName(p, list, id); name != "" {
		return name
	}
	return id
}
