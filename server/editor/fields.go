package editor

import (
	"html/template"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/render"
)

// field is one field of a form, with everything that is said about it.
type field struct {
	Name        string // "slots.en.impact"
	Kind        string // "line", "area", "time" or "select"
	Label, Help string
	Lang        comms.Lang // of what is typed; "" for what is the same in every language
	Value       string
	Rows, Max   int
	Optional    bool
	Options     []option
	Note        string // a sentence that depends on where the incident stands
	Error       string
	Findings    []finding
	Theirs      string // what somebody else saved meanwhile, when it differs
	HasTheirs   bool
	By          string // whose that is
	Take, Mine  string // the script's buttons that decide; "" for none
	Here        string // who else is writing in it
	Suggested   []suggestionCard
	Picture     template.URL // what is there, of a picture
	Kept        string       // the picture that was chosen, in a form that comes back
	Inner       []field      // of a question that is asked in several fields
}

// option is one choice of a select.
type option struct {
	Value, Label string
	Chosen       bool
}

// ID is the identifier of the field on the page.
func (f field) ID() string { return fieldID(f.Name) }

// Told lists the identifiers of what describes the field.
func (f field) Told() string {
	var ids []string
	for _, one := range []struct {
		there bool
		id    string
	}{{f.Help != "", "h-"}, {f.Note != "", "n-"}, {f.Error != "", "e-"}, {len(f.Findings) > 0, "w-"}, {f.HasTheirs, "t-"}} {
		if one.there {
			ids = append(ids, one.id+f.Name)
		}
	}
	return strings.Join(ids, " ")
}

// Invalid tells whether the field keeps the form from being accepted.
func (f field) Invalid() bool {
	if f.Error != "" {
		return true
	}
	for _, one := range f.Findings {
		if one.Block {
			return true
		}
	}
	return false
}

// finding is a complaint of the language rules as the form shows it.
type finding struct {
	Rule, Reason string
	Lang         comms.Lang
	Block        bool
	Value        string // of the button that takes the suggestion over
	Button       string // "" when there is no suggestion
}

func (v *visit) finding(f lint.Finding) finding {
	out := finding{Rule: string(f.Rule), Reason: sentence(f.Reason), Lang: f.Lang, Block: f.Level == plan.Block}
	if f.Replace != nil && f.Span != "" {
		out.Value = replacementKey(f)
		out.Button = v.T("desk.replace", "word", *f.Replace)
		if *f.Replace == "" {
			out.Button = v.T("desk.remove")
		}
	}
	return out
}

// replacementKey names a finding in the form's button.
func replacementKey(f lint.Finding) string {
	return strings.Join([]string{string(f.Rule), string(f.Lang), f.Field, strconv.Itoa(f.Start), f.Span}, "|")
}

// replace takes over the suggestion of a finding, if the words still stand
// where the finding saw them.
func replace(d draft.Draft, report lint.Report, key string) (draft.Draft, bool) {
	for _, f := range report.Findings() {
		if f.Replace == nil || replacementKey(f) != key {
			continue
		}
		lang := f.Lang
		if d.Slots[lang][f.Field] == "" {
			lang = draft.Shared
		}
		text := d.Slots[lang][f.Field]
		if f.Start < 0 || f.End > len(text) || f.Start > f.End || text[f.Start:f.End] != f.Span {
			return d, false
		}
		d = d.Clone()
		d.Slots.Set(lang, f.Field, joined(text[:f.Start], *f.Replace, text[f.End:]))
		return d, true
	}
	return d, false
}

// joined puts the parts together; when nothing replaces the words, the space
// around them goes as well.
func joined(before, middle, after string) string {
	if middle == "" {
		before = strings.TrimRight(before, " ")
		if before == "" {
			after = strings.TrimLeft(after, " ")
		}
	}
	return before + middle + after
}

// sheet builds the fields of an update's form out of its template.
type sheet struct {
	v      *visit
	view   desk.View
	text   draft.Draft
	theirs *draft.Draft // what somebody else saved meanwhile
	report lint.Report
	page   page
	begun  bool // shown as it lies there, not previewed or refused

	here     map[string]string // who else is writing, by field
	disputed []string          // see written
	typed    url.Values        // the form, when it was refused
	by       string            // whose words the reader did not type
}

// fields lists the fields of a language; those that all languages share stand
// among the source language's.
func (s sheet) fields(lang comms.Lang) []field {
	var out []field
	for _, f := range render.Fields(s.view.Template, []comms.Lang{lang}) {
		if f.Lang == lang || lang == s.view.Plan.Catalogue.Source {
			out = append(out, s.field(f))
		}
	}
	return out
}

func (s sheet) field(f render.Field) field {
	c := s.view.Plan.Catalogue
	out := field{
		Name: draft.SlotField(f.Lang, f.Slot.Name), Lang: f.Lang, Kind: "line", Max: f.Slot.Max, Rows: f.Slot.Lines,
		Label: in(f.Slot.Label, s.v.Printer, c), Help: in(f.Slot.Help, s.v.Printer, c),
		Value: readable(s.text.Slots[f.Lang][f.Slot.Name]), Optional: !f.Slot.Required,
	}
	switch {
	case out.Label != "":
	case f.Slot.Type == plan.SlotNextUpdate, f.Slot.From == "next_update":
		out.Label, out.Kind = s.v.T("desk.write.next"), "time"
	default:
		out.Label = f.Slot.Name
	}
	switch f.Slot.Type {
	case plan.SlotTime, plan.SlotDate, plan.SlotNextUpdate:
		out.Kind = "time"
	case plan.SlotData:
		out.choose(s, s.view.Plan.DataSentences)
	case plan.SlotChoice:
		out.choose(s, f.Slot.Options)
	default:
		if f.Slot.Lines > 1 || f.Slot.Max > 80 {
			out.Kind, out.Rows = "area", max(2, f.Slot.Lines)
		}
		out.Help = s.v.limits(out.Help, f.Slot)
	}
	if f.Slot.Name == "next_update" && !s.view.Promise.IsZero() {
		out.Note = s.v.T("desk.write.promise", "time", s.v.Time(s.view.Promise), "severity", s.v.severity(s.text.Severity))
	}
	for _, one := range s.report.In(f.Lang, f.Slot.Name) {
		if !s.waits(one, out.Value) {
			out.Findings = append(out.Findings, s.v.finding(one))
		}
	}
	if f.Lang == draft.Shared { // a rule may judge a shared value in the words of one language
		for _, l := range c.Languages {
			for _, one := range s.report.In(l, f.Slot.Name) {
				if !s.waits(one, out.Value) {
					out.Findings = append(out.Findings, s.v.finding(one))
				}
			}
		}
	}
	out.Error = s.page.Problem(out.Name)
	if s.theirs != nil {
		out.Theirs = s.theirs.Slots[f.Lang][f.Slot.Name]
		out.HasTheirs = out.Theirs != out.Value
	}
	for _, one := range s.view.Suggestions {
		if one.Field() == out.Name && one.Answer == "" && one.You {
			out.Suggested = append(out.Suggested, s.v.suggestion(one, s.page, s.typed))
		}
	}
	return s.beside(out)
}

// waits tells whether a finding only says that a field is still empty, which
// nobody needs to be told before they ask: it counts, and is said when the
// text is previewed or submitted.
func (s sheet) waits(f lint.Finding, value string) bool {
	return s.begun && value == "" && f.Start == f.End
}

// waiting counts the fields that are still empty and must not be.
func (s sheet) waiting() int {
	empty := map[string]bool{}
	for _, f := range s.report.Findings() {
		if s.waits(f, s.text.Slots.Get(f.Lang, f.Field)) && f.Level == plan.Block {
			empty[draft.SlotField(f.Lang, f.Field)] = true
		}
	}
	return len(empty)
}

func (f *field) choose(s sheet, list []plan.Sentence) {
	f.Kind = "select"
	f.Options = []option{{"", s.v.T("desk.choose"), f.Value == ""}}
	for _, one := range list {
		f.Options = append(f.Options, option{one.Key, in(one.Text, s.v.Printer, s.view.Plan.Catalogue), f.Value == one.Key})
	}
}

// limits adds the bounds of a slot to its help.
func (v *visit) limits(help string, s plan.Slot) string {
	if s.Max == 0 || utf8.RuneCountInString(help) > 0 && strings.ContainsAny(help, "0123456789") {
		return help // the plan's own words say it already
	}
	key := "desk.write.most"
	if s.Min > 0 {
		key = "desk.write.between"
	}
	return strings.TrimSpace(help + " " + v.T(key, "min", s.Min, "max", s.Max))
}

// rest lists the findings that no field of the form stands for.
func (s sheet) rest() []finding {
	shown := map[string]bool{"started_at": true, "ended_at": true, "severity": true, "components": true, "claims": true}
	for _, f := range render.Fields(s.view.Template, s.view.Plan.Catalogue.Languages) {
		shown[f.Slot.Name] = true
	}
	var out []finding
	for _, f := range s.report.Findings() {
		if !shown[f.Field] {
			out = append(out, s.v.finding(f))
		}
	}
	return out
}

// about lists the findings on a field of the draft itself.
func (s sheet) about(names ...string) []finding {
	var out []finding
	for _, f := range s.report.Findings() {
		for _, n := range names {
			if f.Field == n {
				out = append(out, s.v.finding(f))
			}
		}
	}
	return out
}
