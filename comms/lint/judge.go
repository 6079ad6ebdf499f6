package lint

import (
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// judge is a subject with everything that the rules look up, made once for
// all of them.
type judge struct {
	Subject
	template  plan.Template
	severity  plan.Severity
	customers lexicon
	names     lexicon // products, components and the company itself, as written
	allowed   lexicon // what the plan allows, in any case
	networks  []netip.Prefix
	domains   []string // the company's own
	terms     map[comms.Lang]*glossary
	books     map[comms.Lang]*phrasebook
	suppliers map[int]bool        // whose names the plan allows
	formal    map[comms.Lang]bool // see isFormal
}

func newJudge(s Subject) *judge {
	j := &judge{Subject: s, terms: map[comms.Lang]*glossary{}, books: phrasebooks(), suppliers: known(s.Plan), formal: map[comms.Lang]bool{}}
	j.template, _ = s.Plan.Template(s.Draft.Template)
	if i := s.Message.Incident; i != nil {
		j.severity, _ = s.Plan.Severity(i.Severity)
	}
	for _, name := range s.Plan.Customers {
		j.customers.add(0, name, len(strings.Fields(name)) == 1)
	}
	for _, name := range s.Plan.Products {
		j.names.add(0, name, true)
	}
	j.names.add(0, s.Plan.Catalogue.Organisation, true)
	for _, g := range s.Plan.Catalogue.Groups {
		j.addNames(g.Name)
		for _, c := range g.Components {
			j.addNames(c.Name)
		}
	}
	for _, w := range s.Plan.Allow {
		if p, err := netip.ParsePrefix(w); err == nil {
			j.networks = append(j.networks, p.Masked())
			continue
		}
		j.allowed.add(0, w, false)
	}
	j.domains = append(j.domains, s.Plan.Domains...)
	for _, address := range []string{s.Plan.Catalogue.PageURL, s.Plan.Catalogue.SupportURL} {
		if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
			j.domains = append(j.domains, u.Hostname())
		}
	}
	return j
}

func (j *judge) addNames(w comms.Words) {
	for _, name := range w {
		j.names.add(0, name, true)
	}
}

// read cuts a text up and marks the company's own names in it.
func (j *judge) read(lang comms.Lang, s string) *text {
	t := cut(lang, s)
	t.own = append(j.names.all(t), j.allowed.all(t)...)
	t.parse()
	t.book = j.books[base(lang)]
	t.found = t.book.find(t)
	return t
}

func (j *judge) allowsIP(a netip.Addr) bool {
	for _, n := range j.networks {
		if n.Contains(a.Unmap()) {
			return true
		}
	}
	return false
}

func (j *judge) allowsHost(host string) bool {
	host = strings.ToLower(host)
	for _, d := range j.domains {
		if strings.EqualFold(host, d) {
			return true
		}
	}
	return false
}

// allowsEmail lets the support address through, and addresses of a role at the
// company's own domains.
func (j *judge) allowsEmail(local, domain string) bool {
	support := j.Plan.Catalogue.SupportEmail
	if strings.EqualFold(local+"@"+domain, support) {
		return true
	}
	if !publicRoles[strings.ToLower(local)] {
		return false
	}
	_, own, _ := strings.Cut(support, "@")
	return strings.EqualFold(domain, own) || j.allowsHost(domain)
}

// glossary compiles the plan's terms of a language when the first text of that
// language is judged.
func (j *judge) glossary(lang comms.Lang) *glossary {
	g, ok := j.terms[lang]
	if !ok {
		g = compile(j.Plan.Glossary, lang)
		j.terms[lang] = g
	}
	return g
}

// slot finds the first slot of a type in the message's template.
func (j *judge) slot(types ...plan.SlotType) (plan.Slot, bool) {
	for _, s := range j.template.Slots {
		for _, t := range types {
			if s.Type == t {
				return s, true
			}
		}
	}
	return plan.Slot{}, false
}

// langs lists the languages that go out, sorted.
func (j *judge) langs() []comms.Lang { return sortedKeys(j.Message.Forms) }

// perLanguage tells whether a slot is typed anew in each language.
func perLanguage(s plan.Slot) bool {
	switch s.Type {
	case plan.SlotImpact, plan.SlotWho, plan.SlotAction, plan.SlotUs, plan.SlotCause, plan.SlotText:
		return s.From == ""
	}
	return false
}

// fieldOf tells where a person fills the slot: its own field, or the draft's
// field that it takes its value from.
func fieldOf(s plan.Slot, lang comms.Lang) (comms.Lang, string) {
	switch {
	case s.Type == plan.SlotNextUpdate || s.From == nextUpdate:
		return draft.Shared, nextUpdate
	case s.Type == plan.SlotComponents || s.From == "components":
		return draft.Shared, "claims"
	case s.From == "started":
		return draft.Shared, "started_at"
	case s.From == "ended" || s.From == "duration" || s.Type == plan.SlotDuration:
		return draft.Shared, "ended_at"
	case perLanguage(s):
		return lang, s.Name
	}
	return draft.Shared, s.Name
}

// nextUpdate is the field of the promise, whatever a template calls its slot.
const nextUpdate = "next_update"

// about makes a finding on a whole field.
func (j *judge) about(lang comms.Lang, field, reason string, args ...string) Finding {
	return Finding{Lang: lang, Field: field, Reason: j.sentence(j.Reader, reason, args...)}
}

func clockUTC(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }
