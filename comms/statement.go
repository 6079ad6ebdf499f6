package comms

import "time"

// Statement is a holding statement: words that a quorum approves before
// anything has happened, for the first publication of an incident. Whoever
// publishes it chooses from its lists, and writes nothing.
type Statement struct {
	ID         string      `json:"id"`       // of the plan's entry
	Name       Words       `json:"name"`     // of its template, for the team
	Template   string      `json:"template"` // of the plan
	Phase      Phase       `json:"phase"`    // that it announces
	Severities []Severity  `json:"severities"`
	Mails      []Mails     `json:"mails"`      // for each severity, in the same order
	Components []Permitted `json:"components"` // that it may name, in the order of the page
	Publishers []string    `json:"publishers"` // roles whose holders may publish it
	Itself     []Itself    `json:"itself"`     // when it goes out by itself; empty for never
	Expires    time.Time   `json:"expires"`    // from then on it is none; whole seconds, in UTC
	Gaps       []Gap       `json:"gaps"`       // what is filled in from lists and clocks
	Wordings   []Wording   `json:"wordings"`   // one for each choice that there is; at least one
	// Addresses is where the incident stays on the page, by language, up to its
	// identifier.
	Addresses Words `json:"addresses"`
}

// Mails says whether an update of a severity goes out by mail, and when.
type Mails struct {
	Severity Severity `json:"severity"`
	Sent     bool     `json:"sent"`
	Quiet    *Quiet   `json:"quiet,omitempty"` // hours in which they wait
}

// Permitted is what a statement may say of one component.
type Permitted struct {
	Component ComponentID `json:"component"`
	Name      Words       `json:"name"`
	States    []State     `json:"states"`
}

// Itself lets a statement go out without anybody asking for it.
type Itself struct {
	Severity Severity `json:"severity"`
	After    int64    `json:"after"` // seconds after the incident began or was declared, whichever is later
}

// Gap is a place in a statement's words, written {slot}.
type Gap struct {
	Slot string `json:"slot"`
	From string `json:"from"` // "components", "started", "next_update" or "url"
	Date bool   `json:"date"` // of a time: the day alone
}

// Wording is the exact words for one choice from the lists.
type Wording struct {
	Choices map[string]string `json:"choices"` // the option's key by slot; "" leaves an optional one out
	Forms   map[Lang]Forms    `json:"forms"`   // with gaps
}

// Holding says which statement an update was made from, and what was chosen.
type Holding struct {
	ID          string            `json:"id"`          // of the statement
	Publication int64             `json:"publication"` // that approved it
	Digest      Digest            `json:"digest"`      // of that publication
	Choices     map[string]string `json:"choices"`     // as in Wording
}

// Permits finds what the statement may say of a component.
func (s Statement) Permits(id ComponentID) (Permitted, bool) {
	for _, p := range s.Components {
		if p.Component == id {
			return p, true
		}
	}
	return Permitted{}, false
}

// ByItself tells how long after an incident of the severity was declared the
// statement goes out by itself, if it does.
func (s Statement) ByItself(severity Severity) (time.Duration, bool) {
	for _, i := range s.Itself {
		if i.Severity == severity {
			return time.Duration(i.After) * time.Second, true
		}
	}
	return 0, false
}

// Has tells whether one of the statement's gaps is filled from a source.
func (s Statement) Has(from string) bool {
	for _, g := range s.Gaps {
		if g.From == from {
			return true
		}
	}
	return false
}
