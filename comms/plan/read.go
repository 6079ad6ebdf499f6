package plan

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/countersign/countersign/comms"
)

// topKeys are the keys that a plan's files may hold, with the part that each
// belongs to when a change of the plan is signed.
var topKeys = []struct {
	key  string
	part Part
}{
	{"organisation", PartCatalogue}, {"organisation", PartRules}, {"texts", PartCatalogue}, {"groups", PartCatalogue},
	{"states", PartCatalogue}, {"phases", PartCatalogue}, {"show_overdue", PartCatalogue},
	{"logo", PartCatalogue}, {"accent", PartCatalogue},
	{"people", PartRoster}, {"roles", PartRoster}, {"links", PartLinks},
	{"templates", PartTemplates}, {"slots", PartTemplates},
	{"severities", PartRules}, {"approvals", PartRules}, {"postmortem", PartRules}, {"transitions", PartRules}, {"approval_life", PartRules}, {"reminders", PartRules}, {"quorums", PartRules},
	{"glossary", PartRules}, {"rules", PartRules}, {"own_rules", PartRules}, {"readability", PartRules}, {"allow", PartRules}, {"values", PartRules}, {"data_sentences", PartRules}, {"signals", PartRules},
	{"channels", PartRules}, {"drills", PartRules}, {"holding", PartRules},
}

// Read parses and validates a plan's files. On failure the error is Problems:
// every mistake with its file, line, column and fix. Files may be divided as
// one likes; only templates may stand in several of them, joined by file name.
func Read(files []comms.PlanFile) (*Plan, error) {
	p, r := read(files)
	if len(r.problems) > 0 {
		return nil, r.problems
	}
	return p, nil
}

// compiler turns values into a plan.
type compiler struct {
	*reading
	plan          *Plan
	langs         []string // of the plan, the source first
	sharedSlots   map[string]Slot
	templateLists []value // the templates of each file
}

func read(files []comms.PlanFile) (*Plan, *reading) {
	r := &reading{places: map[string]value{}}
	c := &compiler{reading: r, plan: &Plan{Files: slices.Clone(files)}}
	r.files = c.plan.Files
	slices.SortFunc(c.plan.Files, func(a, b comms.PlanFile) int { return cmp.Compare(a.Name, b.Name) })
	if top, ok := c.top(); ok {
		c.organisation(top.need("organisation"))
		c.catalogue(top)
		c.brand(top.get("logo"), top.get("accent"))
		c.links(top.get("links"))
		c.roster(top)
		c.rules(top)
		c.severities(top.need("severities"), top.get("approvals"))
		c.postmortem(top.get("postmortem"))
		c.channels(top.get("channels"))
		c.drills(top.get("drills"))
		c.shared(top.get("slots"))
		top.need("templates")
		c.templates()
		c.signals(top.get("signals"))
		c.holding(top.get("holding"))
	}
	r.problems.sort()
	return c.plan, r
}

// top joins the top-level keys of all files. It is not ok if a file could not
// be read: what it holds would be reported as missing.
func (c *compiler) top() (object, bool) {
	files := c.plan.Files
	if !c.bounded(files) {
		return object{}, false
	}
	known := make([]string, len(topKeys))
	for i, k := range topKeys {
		known[i] = k.key
	}
	known = slices.Compact(known)
	all := object{fields: map[string]value{}}
	for _, f := range files {
		body := c.parse(f)
		if body == nil {
			continue
		}
		c.parsed++
		line, column := position(body)
		root := value{in: c.reading, file: f.Name, line: line, column: column, node: body}
		if all.node == nil {
			all.value = root
		}
		for key, v := range root.object(known...).fields {
			if key == "templates" {
				c.templateLists = append(c.templateLists, v)
			} else if first, twice := all.fields[key]; twice {
				v.bad(fix("keep it in one file"), "the key %s stands in %s already", quote(key), first.file)
				continue
			}
			all.fields[key] = v
		}
	}
	return all, c.parsed == len(files)
}

var fileName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.ya?ml$`)

// bounded checks the files' number, names and joint size.
func (c *compiler) bounded(files []comms.PlanFile) bool {
	if len(files) == 0 {
		c.complain("plan", 1, 1, comms.Say("the plan has no files"), fix("name a folder of YAML files, or one YAML file"))
		return false
	}
	if len(files) > maxFiles {
		c.complain(files[maxFiles].Name, 1, 1, comms.Say("the plan has %d files; it may have %d", len(files), maxFiles), fix("join some of them"))
		return false
	}
	size, ok := 0, true
	for i, f := range files {
		size += len(f.Text)
		if !fileName.MatchString(f.Name) {
			c.complain(quote(f.Name), 1, 1, comms.Say("the file's name is not one that a plan's file may have"), fix("use letters, digits, dots and hyphens, and end it with .yaml"))
			ok = false
		}
		if i > 0 && files[i-1].Name == f.Name {
			c.complain(f.Name, 1, 1, comms.Say("two files have this name"), fix("rename one of them"))
			ok = false
		}
	}
	if size > maxPlan {
		largest := slices.MaxFunc(files, func(a, b comms.PlanFile) int { return cmp.Compare(len(a.Text), len(b.Text)) })
		c.complain(largest.Name, 1, 1, comms.Say("the plan's files have %d bytes, and this one %d; all together may have %d", size, len(largest.Text), maxPlan), fix("remove what is no part of a plan"))
		ok = false
	}
	return ok
}

// words reads a text in the plan's languages; the required ones must be there.
func (c *compiler) words(v value, limit int) comms.Words {
	if v.missing() {
		return nil
	}
	before := len(c.problems)
	o := v.object(c.langs...)
	out := comms.Words{}
	for _, lang := range c.langs {
		f := o.get(lang)
		switch {
		case !f.missing():
			out[comms.Lang(lang)] = f.oneLine(limit)
			f.mark(f.path)
		case before == len(c.problems) && slices.Contains(c.plan.Required, comms.Lang(lang)):
			v.as(MistakeLanguage).bad(fix("add %s: and the text", lang), "%s has no text in the language %q", v.name(), lang)
		case before == len(c.problems):
			v.as(MistakeLanguage).ask(fix("add %s: and the text; until then its readers get another language", lang), "%s has no text in the language %q", v.name(), lang)
		}
	}
	return out
}

// strings reads a list of short texts, each once.
func (c *compiler) strings(v value, limit int) []string {
	var out []string
	for _, item := range v.list() {
		s := item.oneLine(limit)
		if s != "" && slices.Contains(out, s) {
			item.bad(fix("remove it"), "%s stands in %s already", quote(s), v.name())
			continue
		}
		out = append(out, s)
	}
	return out
}

// unique complains of an identifier that stands twice.
func unique(seen map[string]bool, v value, id string) {
	if seen[id] && id != "" {
		v.bad(fix("choose another one"), "%s is used already", quote(id))
	}
	seen[id] = true
}

func texts[T ~string](in []T) []string {
	out := make([]string, len(in))
	for i, s := range in {
		out[i] = string(s)
	}
	return out
}
