package plan

import (
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
)

// Plan is a communications plan, read and valid. Its words are in Catalogue;
// the rest are the rules by which they may be used.
type Plan struct {
	Files       []comms.PlanFile // as written, sorted by name
	Catalogue   comms.Catalogue
	Required    []comms.Lang // languages without which nothing goes out; the source is one
	Products    []string     // own names, never a finding
	Suppliers   []string     // suppliers that may be named
	Customers   []string     // customer names that never go out (SEC-CUST)
	Domains     []string     // hosts that links and texts may name, besides the company's own; "*.x.com" is x.com and every host below
	Severities  []Severity   // in the order of the plan
	Templates   []Template   // in the order of the plan
	Transitions map[comms.Phase][]comms.Phase
	People      []Person
	Roles       []Role
	// Postmortem is what is promised of reports on incidents that are over.
	Postmortem Postmortem
	Channels   Channels
	Drills     Drills
	// ApprovalLife is how long an approval lives; 15 minutes unless the plan says otherwise.
	ApprovalLife time.Duration
	// Reminders are those of severities that name none of their own.
	Reminders Reminders
	// Quorums are the requirements by which changes of the plan are signed, by part.
	Quorums  map[Part][]Requirement
	Glossary []Term
	Rules    map[string]Level // language rules that the plan sets otherwise than by default
	// OwnRules are language rules that the plan adds.
	OwnRules []OwnRule
	// Readability is how easily texts must read in a language, from 0 to 100; see ReadingFloor.
	Readability map[comms.Lang]int
	Allow       []string      // words that no language rule of the kind JARGON or SEC may complain of
	Values      []comms.Words // three to six sentences that decide doubtful cases
	// DataSentences are what may be said of data: the choices of data_statement slots, by key.
	DataSentences []Sentence
	// Signals say what alerts of the monitoring mean; the first that matches counts.
	Signals []Signal
	Holding Holding // what is approved in advance
}

// Severity is how bad an incident is, and what that promises customers.
type Severity struct {
	ID          comms.Severity
	Name        comms.Words
	Meaning     comms.Words
	Kind        comms.Kind
	FirstUpdate time.Duration // from the start to the first update; for maintenance, the notice
	Every       time.Duration // between updates; 0 promises none
	LongAfter   time.Duration // when long-incident mode may begin; 0 never
	LongEvery   time.Duration // between updates in long-incident mode
	Reminders   Reminders     // zero for the plan's
	// Urgent says that its mails go out, and at once, whatever else the plan
	// says of mails; see Plan.Urgent.
	Urgent    bool
	Approvals []Requirement
	Warnings  Warnings
	// Data marks what concerns customers' data: nothing of it is ever said by
	// words that were approved before.
	Data bool
}

// Warnings says what becomes of the warnings of the language rules that still
// stand when a text is submitted.
type Warnings string

// What becomes of warnings. Keep, the default, lists them for the review and
// holds nobody up; Ask has whoever submits say why each may stay.
const (
	AskWarnings  Warnings = "ask"
	KeepWarnings Warnings = "keep"
)

// Kind of approval: what the signer answers for.
type ApprovalKind string

// The kinds of approval. Any is filled by whoever may give one of the others.
const (
	Facts   ApprovalKind = "facts"
	Wording ApprovalKind = "wording"
	Legal   ApprovalKind = "legal"
	Any     ApprovalKind = "any"
)

// Requirement is one signature that a message needs. Roles lists who may give
// it; one person fills one requirement of a message.
type Requirement struct {
	Kind  ApprovalKind
	Roles []RoleID
}

// RoleID names a role of the roster.
type RoleID string

// The roles that the software itself knows; a plan may add others.
const (
	Reporter     RoleID = "reporter"
	Drafter      RoleID = "drafter"
	IncidentLead RoleID = "incident-lead"
	CommsLead    RoleID = "communications-lead"
	LegalRole    RoleID = "legal"
	SupportLead  RoleID = "support-lead"
	SocialLead   RoleID = "social-lead"
	Admin        RoleID = "admin"
)

// PersonID names a person of the roster: lower-case letters, digits, hyphens.
type PersonID string

// Person is someone on the roster.
type Person struct {
	ID    PersonID
	Name  string
	Email string
	Lang  comms.Lang // the language of the desk for this person; "" is the source
	// Phone and Chat are how the team reaches them besides mail; "" for not at all.
	Phone, Chat string
}

// Role says who holds it and who stands in.
type Role struct {
	ID       RoleID
	Name     comms.Words
	Holders  []PersonID
	StandIns []PersonID
	Hours    Hours // in which the holders come first; see Shift
}

// Part names a part of the plan that has a quorum of its own.
type Part string

// The parts of a plan.
const (
	PartRules     Part = "rules"
	PartTemplates Part = "templates"
	PartCatalogue Part = "catalogue"
	PartRoster    Part = "roster"
	PartLinks     Part = "links"
)

// Template is the shared words of one moment, with slots for what differs.
type Template struct {
	ID         string
	Name       comms.Words
	Message    comms.MessageKind // update or correction
	Phase      comms.Phase       // "" keeps the incident's phase (corrections)
	After      []comms.Phase     // where the incident must stand before; empty for anywhere
	Severities []comms.Severity  // empty for all of the phase's kind
	Slots      []Slot
	Forms      map[comms.Lang]TemplateForms
	// Holding marks a template that may be approved in advance.
	Holding bool
}

// TemplateForms are the words around the slots in one language. Body is
// Markdown; the others are plain text. {slot} is replaced; a sentence with an
// empty {slot?} disappears whole.
type TemplateForms struct {
	Title, Subject, Body, Short, Support, InProduct string
}

// SlotType says what a slot may hold.
type SlotType string

// The types of slot.
const (
	SlotComponents SlotType = "components"      // from the draft's claims
	SlotImpact     SlotType = "impact"          // plain sentence of what customers cannot do
	SlotWho        SlotType = "who"             // who is affected
	SlotAction     SlotType = "action_customer" // what the customer can do
	SlotUs         SlotType = "action_us"       // what we do
	SlotTime       SlotType = "time"            // an absolute time
	SlotDate       SlotType = "date"            // the day of an absolute time
	SlotNextUpdate SlotType = "next_update"     // the promise
	SlotDuration   SlotType = "duration"        // between start and end
	SlotCause      SlotType = "cause"           // what caused it, in plain words
	SlotData       SlotType = "data_statement"  // one of the plan's sentences
	SlotURL        SlotType = "url"             // the permanent address of the incident
	SlotChoice     SlotType = "choice"          // one of Options
	SlotText       SlotType = "text"
)

// Slot is a gap in a template.
type Slot struct {
	Name     string
	Type     SlotType
	Label    comms.Words // the question that the drafter reads
	Help     comms.Words
	Required bool
	Min, Max int // characters; 0 for no bound
	Lines    int // rows of the field; 1 is a single line
	// From fills the slot from the incident instead of the keyboard:
	// "started", "ended", "next_update", "components", "url" or "duration".
	From    string
	Options []Sentence // of a choice
}

// Sentence is one of a list of texts that may be chosen.
type Sentence struct {
	Key  string
	Text comms.Words
}

// Term is a glossary entry: a term that customers need not know and what to
// say instead. An empty Plain means: leave it out.
type Term struct {
	Lang  comms.Lang
	Term  string
	Plain string
	Note  string
}

// Level says what a language rule's finding does.
type Level string

// The levels of a rule.
const (
	Block Level = "block" // stops submission
	Warn  Level = "warn"  // asks; may be waived with a reason
	Off   Level = "off"
)

// Severity finds a severity.
func (p *Plan) Severity(id comms.Severity) (Severity, bool) {
	for _, s := range p.Severities {
		if s.ID == id {
			return s, true
		}
	}
	return Severity{}, false
}

// Template finds a template.
func (p *Plan) Template(id string) (Template, bool) {
	for _, t := range p.Templates {
		if t.ID == id {
			return t, true
		}
	}
	return Template{}, false
}

// TemplatesFor lists the templates of a message kind, phase and severity, in
// the order of the plan. Corrections keep the incident's phase: ask with PhaseNone.
func (p *Plan) TemplatesFor(kind comms.MessageKind, phase comms.Phase, severity comms.Severity) []Template {
	var out []Template
	for _, t := range p.Templates {
		if t.Message == kind && t.Phase == phase && t.serves(severity) {
			out = append(out, t)
		}
	}
	return out
}

// Following lists the templates of updates by which an incident of a severity
// comes from one phase to another: those made for coming from there first,
// else in the order of the plan.
func (p *Plan) Following(from, to comms.Phase, severity comms.Severity) []Template {
	var made, other []Template
	for _, t := range p.TemplatesFor(comms.MessageUpdate, to, severity) {
		switch {
		case len(t.After) == 0:
			other = append(other, t)
		case t.Follows(from):
			made = append(made, t)
		}
	}
	return append(made, other...)
}

// Follows tells whether the template may be used where an incident stands.
func (t Template) Follows(from comms.Phase) bool {
	return len(t.After) == 0 || slices.Contains(t.After, from)
}

func (t Template) serves(severity comms.Severity) bool {
	if len(t.Severities) == 0 {
		return true
	}
	for _, s := range t.Severities {
		if s == severity {
			return true
		}
	}
	return false
}

// Slot finds a slot of the template.
func (t Template) Slot(name string) (Slot, bool) {
	for _, s := range t.Slots {
		if s.Name == name {
			return s, true
		}
	}
	return Slot{}, false
}

// Openings lists the templates that an incident of the severity can begin with.
func (p *Plan) Openings(severity comms.Severity) []Template {
	var out []Template
	for _, phase := range p.Transitions[comms.PhaseNone] {
		if phase.Of() == comms.KindIncident {
			out = append(out, p.Following(comms.PhaseNone, phase, severity)...)
		}
	}
	return out
}

// Person finds a person of the roster.
func (p *Plan) Person(id PersonID) (Person, bool) {
	for _, v := range p.People {
		if v.ID == id {
			return v, true
		}
	}
	return Person{}, false
}

// Holds tells whether the person holds the role or stands in for it.
func (p *Plan) Holds(person PersonID, role RoleID) bool {
	for _, h := range p.Holders(role) {
		if h == person {
			return true
		}
	}
	return false
}

// Holders lists who may act in the role: holders first, then stand-ins.
func (p *Plan) Holders(role RoleID) []PersonID {
	for _, r := range p.Roles {
		if r.ID == role {
			return append(append([]PersonID(nil), r.Holders...), r.StandIns...)
		}
	}
	return nil
}

// RolesOf lists the roles of a person in the order of the plan.
func (p *Plan) RolesOf(person PersonID) []RoleID {
	var out []RoleID
	for _, r := range p.Roles {
		if p.Holds(person, r.ID) {
			out = append(out, r.ID)
		}
	}
	return out
}

// Follows tells whether the plan has the transition; PhaseNone is before the
// first update.
func (p *Plan) Follows(from, to comms.Phase) bool {
	for _, next := range p.Transitions[from] {
		if next == to {
			return true
		}
	}
	return false
}
