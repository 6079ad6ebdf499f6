package plan

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// slotTypes lists every type of slot with where the incident can fill it from;
// "" is the keyboard. The first is taken when the plan does not say.
var slotTypes = []struct {
	kind SlotType
	from []string
}{
	{SlotComponents, []string{"components"}},
	{SlotNextUpdate, []string{"next_update"}},
	{SlotURL, []string{"url"}},
	{SlotDuration, []string{"duration"}},
	{SlotTime, []string{"", "started", "ended", "next_update"}},
	{SlotDate, []string{"", "started", "ended", "next_update"}},
	{SlotImpact, []string{""}}, {SlotWho, []string{""}}, {SlotAction, []string{""}}, {SlotUs, []string{""}},
	{SlotCause, []string{""}}, {SlotData, []string{""}}, {SlotChoice, []string{""}}, {SlotText, []string{""}},
}

// SlotTypes lists every type of slot.
func SlotTypes() []SlotType {
	out := make([]SlotType, len(slotTypes))
	for i, t := range slotTypes {
		out[i] = t.kind
	}
	return out
}

// SlotSources lists what slots can take from the incident, each once.
func SlotSources() []string {
	var out []string
	for _, t := range slotTypes {
		for _, from := range t.from {
			if from != "" && !slices.Contains(out, from) {
				out = append(out, from)
			}
		}
	}
	return out
}

// typed tells whether the slot is filled with words from the keyboard.
func (t SlotType) typed() bool {
	switch t {
	case SlotImpact, SlotWho, SlotAction, SlotUs, SlotCause, SlotText:
		return true
	}
	return false
}

func (t SlotType) known() bool {
	for _, s := range slotTypes {
		if s.kind == t {
			return true
		}
	}
	return false
}

// The longest text of a slot, and what is allowed unless the plan says otherwise.
const (
	longestSlot = 2000
	usualSlot   = 300
)

func (c *compiler) slots(v value, t *Template) {
	seen := map[string]bool{}
	for _, item := range v.list() {
		s := c.slotOrShared(item)
		unique(seen, item, s.Name)
		if t.Holding && (s.Type.typed() || s.Type == SlotData) {
			item.bad(fix("use slots that are filled from lists and clocks, or take holding away"), "the slot %s is typed by a person, and a holding template is approved before that", quote(s.Name))
		}
		item.mark("templates." + t.ID + ".slots." + s.Name)
		t.Slots = append(t.Slots, s)
	}
}

// shared reads the slots that templates name instead of repeating them.
func (c *compiler) shared(v value) {
	c.sharedSlots = map[string]Slot{}
	seen := map[string]bool{}
	for _, item := range v.list() {
		s := c.slot(item)
		unique(seen, item, s.Name)
		c.sharedSlots[s.Name] = s
	}
}

func (c *compiler) slotOrShared(v value) Slot {
	if _, isName := v.node.(*ast.StringNode); !isName {
		return c.slot(v)
	}
	name := v.choice(slices.Sorted(maps.Keys(c.sharedSlots))...)
	if s, ok := c.sharedSlots[name]; ok {
		return s
	}
	return Slot{Name: name, Required: true}
}

func (c *compiler) slot(v value) Slot {
	o := v.object("name", "type", "label", "help", "required", "min", "max", "lines", "from", "options")
	s := Slot{Name: o.need("name").oneLine(40), Required: o.get("required").flag(true)}
	if s.Name != "" && !slotPattern.MatchString(s.Name) {
		o.get("name").bad(fix("use lower-case letters, digits and underscores, and begin with a letter"), "%s is no name of a slot", quote(s.Name))
	}
	s.Type = c.slotType(o, &s)
	if s.From == "" {
		s.Label = c.words(o.need("label"), 120)
	} else {
		s.Label = c.words(o.get("label"), 120)
	}
	s.Help = c.words(o.get("help"), 300)
	bounds(o, &s)
	if options := o.get("options"); s.Type == SlotChoice {
		s.Options = c.sentences(o.need("options"))
	} else if !options.missing() {
		options.bad(fix("remove them, or make it a choice"), "only a slot of the type choice has options")
	}
	return s
}

func (c *compiler) slotType(o object, s *Slot) SlotType {
	kind := SlotType(o.need("type").choice(texts(SlotTypes())...))
	for _, t := range slotTypes {
		if t.kind != kind {
			continue
		}
		s.From = t.from[0]
		if from := o.get("from"); !from.missing() {
			if s.From = from.oneLine(20); !slices.Contains(t.from, s.From) {
				from.bad(didYouMean(s.From, t.from), "a slot of the type %s cannot come from %s", kind, quote(s.From))
			}
		}
	}
	return kind
}

// bounds reads the limits of typed words; other slots have none.
func bounds(o object, s *Slot) {
	if !s.Type.typed() {
		if !s.Type.known() {
			return // that was said already
		}
		for _, key := range []string{"min", "max", "lines"} {
			if f := o.get(key); !f.missing() {
				f.bad(fix("remove it"), "a slot of the type %s has no %s", s.Type, key)
			}
		}
		return
	}
	s.Min, s.Max, s.Lines = 0, usualSlot, 1
	if s.Type == SlotImpact {
		s.Min, s.Max, s.Lines = 20, 200, 2
	}
	if f := o.get("min"); !f.missing() {
		s.Min = f.number(0, longestSlot)
	}
	if f := o.get("max"); !f.missing() {
		s.Max = f.number(1, longestSlot)
	}
	if f := o.get("lines"); !f.missing() {
		s.Lines = f.number(1, 20)
	}
	if s.Min > s.Max {
		o.get("min").bad(fix("make min smaller than max"), "the slot %s can never be filled", quote(s.Name))
	}
}

var slotUse = regexp.MustCompile(`\{([a-z][a-z0-9_]*)(\?)?\}`)

// checkSlots looks for braces in a template's words that are no slot, or one
// that the template does not have.
func checkSlots(v value, text string, t *Template, used map[string]bool) {
	names := make([]string, len(t.Slots))
	for i, s := range t.Slots {
		names[i] = s.Name
	}
	end := 0
	for _, m := range slotUse.FindAllStringSubmatchIndex(text, -1) {
		strayBraces(v, text, end, m[0])
		end = m[1]
		name, optional := text[m[2]:m[3]], m[4] >= 0
		at := func() value { return v.within(text, m[0]).as(MistakeSlot) } // which takes its time
		switch s, ok := t.Slot(name); {
		case !ok:
			at().bad(didYouMean(name, names), "the slot %s is in the words and not declared under slots", quote(name))
		case !optional && !s.Required:
			at().bad(fix("write {%s?}, so that its sentence goes when it is empty", name), "the slot %s may be empty, and its sentence says nothing without it", quote(name))
		}
		used[name] = true
	}
	strayBraces(v, text, end, len(text))
}

func strayBraces(v value, text string, from, to int) {
	if i := strings.IndexAny(text[from:to], "{}"); i >= 0 {
		v.within(text, from+i).as(MistakeSlot).bad(fix("write a slot as {name} or {name?}, in lower case"), "a brace stands here that belongs to no slot")
	}
}

// within is the place of a byte of a text. Where that was folded or holds
// escapes, it is where the text begins.
func (v value) within(text string, offset int) value {
	line := strings.Count(text[:offset], "\n")
	if n, ok := v.node.(*ast.LiteralNode); ok && n.Start != nil && n.Start.Type == token.LiteralType {
		v.line += 1 + line
		v.column = v.in.indent(v.file, v.line) + 1
	} else if line > 0 {
		return v
	} else if s, ok := v.node.(*ast.StringNode); !ok || s.Value != text || v.in.written(v, text) < 0 {
		return v
	} else {
		v.column += v.in.written(v, text)
	}
	v.column += utf8.RuneCountInString(text[strings.LastIndexByte(text[:offset], '\n')+1 : offset])
	return v
}

// line is a line of a file as it is written.
func (r *reading) line(file string, number int) string {
	for _, f := range r.files {
		if f.Name != file {
			continue
		}
		for line := range strings.Lines(f.Text) {
			if number--; number == 0 {
				return line
			}
		}
	}
	return ""
}

// indent counts the spaces that begin a line.
func (r *reading) indent(file string, number int) int {
	line := r.line(file, number)
	return len(line) - len(strings.TrimLeft(line, " "))
}

// written counts the quotes before a text that stands on the line of its value
// as it is; -1 if it does not.
func (r *reading) written(v value, text string) int {
	line := []rune(r.line(v.file, v.line))
	if v.column > len(line) {
		return -1
	}
	rest := string(line[v.column-1:])
	quoted := strings.HasPrefix(rest, "'") || strings.HasPrefix(rest, `"`)
	switch {
	case strings.HasPrefix(rest, text):
		return 0
	case quoted && strings.HasPrefix(rest[1:], text):
		return 1
	}
	return -1
}
