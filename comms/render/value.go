package render

import (
	"strings"
	"time"
	"unicode"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/say"
)

// promise is the shared slot of the next update, whatever a template calls it.
const promise = "next_update"

// facts are what fills slots: the draft with its times read.
type facts struct {
	draft      draft.Draft
	plan       *plan.Plan
	template   plan.Template
	context    Context
	start, end time.Time // zero when they cannot be read
	next       time.Time // zero too when the template promises none
	gaps       bool      // what an incident fills in stays a gap; for holding statements
}

func gather(d draft.Draft, p *plan.Plan, t plan.Template, c Context) facts {
	f := facts{draft: d, plan: p, template: t, context: c}
	f.start, f.end = readTime(d.StartedAt), readTime(d.EndedAt)
	for _, s := range t.Slots {
		if source(s) == promise {
			f.next = readTime(d.Slots.Get(draft.Shared, promise))
		}
	}
	return f
}

// readTime reads a time, or a day alone; the zero time is none.
func readTime(s string) time.Time {
	if t, err := draft.ParseTime(s); err == nil {
		return t
	}
	t, _ := time.Parse(time.DateOnly, strings.TrimSpace(s))
	return t
}

// source tells what fills a slot instead of the keyboard, "" for nothing.
func source(s plan.Slot) string {
	switch {
	case s.From != "":
		return s.From
	case s.Type == plan.SlotComponents:
		return "components"
	case s.Type == plan.SlotURL:
		return "url"
	case s.Type == plan.SlotDuration:
		return "duration"
	case s.Type == plan.SlotNextUpdate:
		return promise
	}
	return ""
}

// value gives the words of a slot in a language, "" while it is empty or wrong.
func (f facts) value(lang comms.Lang, name string) string {
	s, ok := f.template.Slot(name)
	if !ok {
		return ""
	}
	if f.gaps && source(s) != "" {
		return f.gap(s)
	}
	typed := f.draft.Slots.Get(lang, name)
	switch source(s) {
	case "components":
		return say.List(lang, f.componentNames(lang))
	case "url":
		return f.address(lang)
	case "duration":
		if f.start.IsZero() || f.end.IsZero() {
			return ""
		}
		return say.Duration(lang, f.end.Sub(f.start))
	case "started":
		return f.say(lang, s, f.start)
	case "ended":
		return f.say(lang, s, f.end)
	case promise:
		return f.say(lang, s, f.next)
	}
	switch s.Type {
	case plan.SlotTime, plan.SlotDate:
		return f.say(lang, s, readTime(typed))
	case plan.SlotData:
		return sentence(f.plan.DataSentences, typed, lang)
	case plan.SlotChoice:
		return sentence(s.Options, typed, lang)
	}
	return tidy(typed, s.Lines == 1)
}

func (f facts) say(lang comms.Lang, s plan.Slot, t time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case s.Type == plan.SlotDate:
		return say.Date(lang, t)
	}
	return say.Time(lang, t, f.day())
}

// day is the one whose times need no date: that of the start, unless the next
// update is promised for another day. Readers take a bare time for one of the
// day on which they read it.
func (f facts) day() time.Time {
	if f.next.IsZero() || f.next.UTC().Format(time.DateOnly) == f.start.UTC().Format(time.DateOnly) {
		return f.start
	}
	return time.Time{}
}

func sentence(list []plan.Sentence, key string, lang comms.Lang) string {
	for _, s := range list {
		if s.Key == key {
			return tidy(s.Text[lang], true)
		}
	}
	return ""
}

// componentNames lists the claimed components in the order of the page.
func (f facts) componentNames(lang comms.Lang) []string {
	claimed := map[comms.ComponentID]bool{}
	for _, c := range f.draft.Claims {
		claimed[c.Component] = true
	}
	var out []string
	for _, c := range f.plan.Catalogue.Components() {
		if claimed[c.ID] {
			name, _ := c.Name.In(lang, f.plan.Catalogue.Source)
			out = append(out, tidy(name, true))
		}
	}
	return out
}

// address is where the incident or maintenance stays on the public page.
func (f facts) address(lang comms.Lang) string {
	if f.gaps {
		return gapAddress
	}
	if f.context.Incident == "" {
		return ""
	}
	c := f.plan.Catalogue
	prefix, folder := "", "/incidents/"
	if lang != c.Source {
		prefix = "/" + string(lang)
	}
	if f.context.Kind == comms.KindMaintenance {
		folder = "/maintenances/"
	}
	return strings.TrimSuffix(c.PageURL, "/") + prefix + folder + string(f.context.Incident)
}

// filler binds the slots to one language.
func (f facts) filler(lang comms.Lang) filler {
	slot := func(name string) plan.Slot { s, _ := f.template.Slot(name); return s }
	return filler{
		value: func(name string) string { return f.value(lang, name) },
		whole: func(name string) bool { return isSentence(slot(name)) },
		must:  func(name string) bool { return slot(name).Required },
		link: func(name string) string {
			if source(slot(name)) != "url" {
				return ""
			}
			return safeAddress(f.address(lang))
		},
	}
}

// isSentence tells whether what fills the slot can be a sentence of its own.
func isSentence(s plan.Slot) bool {
	if source(s) != "" {
		return false
	}
	switch s.Type {
	case plan.SlotTime, plan.SlotDate:
		return false
	}
	return true
}

// tidy puts typed words in order: no space around them, one space between
// them; their lines and paragraphs stay unless they must be one line.
func tidy(s string, oneLine bool) string {
	s = clean(s)
	if oneLine {
		return strings.Join(strings.Fields(s), " ")
	}
	var out []string
	for _, line := range strings.Split(s, "\n") {
		line = strings.Join(strings.Fields(line), " ")
		if line == "" && (len(out) == 0 || out[len(out)-1] == "") {
			continue
		}
		out = append(out, line)
	}
	return strings.TrimSpace(strings.Join(out, "\n"))
}

// clean leaves out what shows nothing, and makes characters visible that would
// show differently in one form than in another: they become U+FFFD. A draft
// with such characters is refused when it is saved; a preview of it is harmless
// too. Lines end in \n.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == gap || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r):
			return unicode.ReplacementChar
		}
		return r
	}, comms.Visible(strings.ToValidUTF8(s, string(unicode.ReplacementChar))))
}
