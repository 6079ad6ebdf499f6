// Package draft holds what people write before it is a message: the slots of
// a template, the claims, the times. A draft may be half finished and wrong; a
// message never is.
package draft

import (
	"maps"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/countersign/countersign/comms"
)

// Shared is the key of slots whose value is the same in every language: times,
// lists and choices.
const Shared comms.Lang = ""

// Draft is an update, a correction, a plan, a redaction or a holding statement
// while it is written.
type Draft struct {
	Kind comms.MessageKind `json:"kind"`

	// Updates and corrections.
	Template  string         `json:"template,omitempty"`
	Phase     comms.Phase    `json:"phase,omitempty"`
	Severity  comms.Severity `json:"severity,omitempty"`
	Claims    []comms.Claim  `json:"claims,omitempty"`
	Slots     Slots          `json:"slots,omitempty"`
	StartedAt string         `json:"started_at,omitempty"` // as typed; see ParseTime
	EndedAt   string         `json:"ended_at,omitempty"`
	// PublishAt is when it goes out, as typed; "" is as soon as it is signed.
	PublishAt string `json:"publish_at,omitempty"`
	// Corrects is the number of the publication that a correction puts right.
	Corrects int64 `json:"corrects,omitempty"`

	// Redactions. The reason is the slot "reason" of each language.
	// Redacts is the number of the publication whose words go away.
	Redacts int64 `json:"redacts,omitempty"`

	// Statements.
	Statement string `json:"statement,omitempty"`  // of the plan
	ExpiresAt string `json:"expires_at,omitempty"` // until when it is approved, as typed

	// Plans.
	Files   []comms.PlanFile `json:"files,omitempty"`
	Summary string           `json:"summary,omitempty"`
	// Grows is the number of the publication of the plan that the files grew
	// out of; 0 is the one that was in force when the draft was begun.
	Grows int64 `json:"grows,omitempty"`
}

// Slots are what was typed, by language (or Shared) and slot name.
type Slots map[comms.Lang]map[string]string

// Get returns the slot in the language, else its shared value.
func (s Slots) Get(lang comms.Lang, name string) string {
	if v, ok := s[lang][name]; ok && v != "" {
		return v
	}
	return s[Shared][name]
}

// Set stores a value; an empty one removes it.
func (s Slots) Set(lang comms.Lang, name, value string) {
	if value == "" {
		delete(s[lang], name)
		return
	}
	s.Put(lang, name, value)
}

// Put keeps a value, also an empty one.
func (s Slots) Put(lang comms.Lang, name, value string) {
	if s[lang] == nil {
		s[lang] = map[string]string{}
	}
	s[lang][name] = value
}

// Clone returns a deep copy.
func (d Draft) Clone() Draft {
	d.Claims = slices.Clone(d.Claims)
	d.Files = slices.Clone(d.Files)
	slots := make(Slots, len(d.Slots))
	for lang, m := range d.Slots {
		slots[lang] = maps.Clone(m)
	}
	d.Slots = slots
	return d
}

// Components lists the components that the draft claims something of, in
// their order.
func (d Draft) Components() []comms.ComponentID {
	out := make([]comms.ComponentID, 0, len(d.Claims))
	for _, c := range d.Claims {
		out = append(out, c.Component)
	}
	return out
}

// TimeLayout is how times stand in drafts: minutes, in UTC, as a browser's
// datetime-local field sends them.
const TimeLayout = "2006-01-02T15:04"

// ParseTime reads a time as people and programs send it: TimeLayout (taken as
// UTC) or RFC 3339. The error is a *comms.Refusal that names no field.
func ParseTime(s string) (time.Time, error) {
	s = strings.TrimSpace(s)
	for _, layout := range []string{TimeLayout, "2006-01-02T15:04:05", "2006-01-02 15:04", time.RFC3339} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, comms.Refuse(comms.Invalid, "", "%q is not a time: write it as 2026-11-23T15:00, in UTC", s)
}

// Ahead is how far ahead a message can be scheduled: what was signed longer
// ago than that, nobody remembers.
const Ahead = 14 * 24 * time.Hour

// Schedule reads when a draft goes out; the zero time is as soon as it is
// signed. It refuses, naming the field, a time that has passed, one that lies
// too far ahead, and any time for what is not an update.
func (d Draft) Schedule(now time.Time) (time.Time, error) {
	const field = "publish_at"
	if strings.TrimSpace(d.PublishAt) == "" {
		return time.Time{}, nil
	}
	if d.Kind != comms.MessageUpdate {
		return time.Time{}, comms.Refuse(comms.Invalid, field, "only an update can wait for its time; leave the time empty, and this goes out as soon as it is signed")
	}
	at, err := ParseTime(d.PublishAt)
	said := at.Format("2006-01-02 15:04 UTC")
	switch {
	case err != nil:
		return time.Time{}, comms.Refuse(comms.Invalid, field, "%v", err)
	case !at.After(now):
		return time.Time{}, comms.Refuse(comms.Invalid, field, "the time at which this should go out (%s) has passed; choose a later one, or leave it empty and it goes out as soon as it is signed", said)
	case at.After(now.Add(Ahead)):
		return time.Time{}, comms.Refuse(comms.Invalid, field, "the time at which this should go out (%s) lies more than 14 days ahead, and signatures do not hold for so long; ask for them from %s on", said, at.Add(-Ahead).Format("2006-01-02 15:04 UTC"))
	}
	return at.Truncate(time.Second), nil
}

// FormatTime writes a time the way ParseTime reads it back.
func FormatTime(t time.Time) string { return t.UTC().Format(TimeLayout) }

// maxSlot bounds one slot in bytes; the templates' own limits are far below.
const maxSlot = 20_000

// Clean looks for input that no honest keyboard sends (invalid UTF-8, control
// characters, bidirectional overrides) and for fields that are too long. It
// changes nothing, so that nothing that was typed is lost.
func (d Draft) Clean() error {
	var bad comms.Refusals
	check := func(field, value string, multiline bool) {
		if r := CheckText(field, value, multiline); r != nil {
			bad = append(bad, r)
		}
	}
	check("template", d.Template, false)
	check("started_at", d.StartedAt, false)
	check("ended_at", d.EndedAt, false)
	check("publish_at", d.PublishAt, false)
	check("expires_at", d.ExpiresAt, false)
	check("summary", d.Summary, true)
	for _, lang := range slices.Sorted(maps.Keys(d.Slots)) {
		for _, name := range slices.Sorted(maps.Keys(d.Slots[lang])) {
			check(SlotField(lang, name), d.Slots[lang][name], true)
		}
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

// CheckText refuses characters that no honest keyboard sends, naming the field.
func CheckText(field, value string, multiline bool) *comms.Refusal {
	if len(value) > maxSlot {
		return comms.Refuse(comms.Invalid, field, "this text is %d bytes long; shorten it to %d at most", len(value), maxSlot)
	}
	if !utf8.ValidString(value) {
		return comms.Refuse(comms.Invalid, field, "this text is not valid UTF-8; type it again or save its file as UTF-8")
	}
	at := func(i int) int { return utf8.RuneCountInString(value[:i]) + 1 }
	if i := strings.IndexAny(value, "\n\r\t"); i >= 0 && !multiline {
		return comms.Refuse(comms.Invalid, field, "a line break stands at character %d; keep this field on one line", at(i))
	}
	switch i, r := Hidden(value); {
	case i < 0:
		return nil
	case isBidi(r):
		return comms.Refuse(comms.Invalid, field, "a character that reverses the direction of writing (U+%04X) stands at character %d; remove it", r, at(i))
	default:
		return comms.Refuse(comms.Invalid, field, "an invisible control character (U+%04X) stands at character %d; remove it", r, at(i))
	}
}

// Hidden finds the first character of a text that nobody sees and that changes
// what is read: a control character other than line breaks and tabs, or one of
// the bidirectional ones. at is its byte, -1 for none.
func Hidden(text string) (at int, r rune) {
	for i, r := range text {
		if r != '\n' && r != '\r' && r != '\t' && unicode.IsControl(r) || isBidi(r) {
			return i, r
		}
	}
	return -1, 0
}

// isBidi tells which characters can make a text read differently from what was
// signed (UAX #9).
func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

// SlotField names a slot's form field: "slots.en.impact", or
// "slots.next_update" for a shared one.
func SlotField(lang comms.Lang, name string) string {
	if lang == Shared {
		return "slots." + name
	}
	return "slots." + string(lang) + "." + name
}
