package comms

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/gowebpki/jcs"
)

// Format is the version of a message's canonical form that this program
// writes. Older ones stay readable: their bytes are kept as they were signed.
const Format = 1

// MessageKind says what a message does.
type MessageKind string

// The kinds of message.
const (
	MessageUpdate     MessageKind = "update"     // an update of an incident or maintenance
	MessageCorrection MessageKind = "correction" // puts right an earlier publication
	MessagePlan       MessageKind = "plan"       // a new version of the communications plan
	MessageRedaction  MessageKind = "redaction"  // takes the words of a publication away
	MessageStatement  MessageKind = "statement"  // approves a holding statement in advance; customers see nothing of it
)

// Message is everything that would go out: one signature covers all of it.
// Its rendered forms are part of it, so that an old publication reads the same
// whatever later renderers do.
type Message struct {
	Format int         `json:"format"`
	Kind   MessageKind `json:"kind"`

	// Update is the permanent identifier of the update; feeds and mails derive theirs from it.
	Update ID `json:"update"`
	// Plan is the digest of the publication of the plan that this goes by: of
	// the version that the incident is under, for a plan of the one in force.
	// Zero only for the first plan.
	Plan Digest `json:"plan"`
	// Basis is the number of the latest publication of the incident (for a
	// plan: of the plan; for a statement: of the same statement) when this was
	// written, 0 for none. If it has moved, the message is overtaken and cannot
	// be signed.
	Basis int64 `json:"basis"`
	// After names the words that must be the latest of the incident when this
	// goes out, where those are not published yet and have no number; Basis is
	// 0 then. Zero for none.
	After Digest `json:"after,omitzero"`
	// PublishAt is the time before which this does not go out, in whole
	// seconds; nil is as soon as it is signed. Updates alone have one.
	PublishAt *time.Time `json:"publish_at,omitempty"`

	Incident    *Incident      `json:"incident,omitempty"`     // updates and corrections; for a redaction, as customers know it
	Correction  *Correction    `json:"correction,omitempty"`   // corrections
	Redaction   *Redaction     `json:"redaction,omitempty"`    // redactions
	PlanVersion *PlanVersion   `json:"plan_version,omitempty"` // plans
	Statement   *Statement     `json:"statement,omitempty"`    // statements
	Holding     *Holding       `json:"holding,omitempty"`      // updates whose words were approved in advance
	Audience    *Audience      `json:"audience,omitempty"`     // who gets mail; nil sends none
	Forms       map[Lang]Forms `json:"forms,omitempty"`        // updates and corrections
}

// Incident is the state of an incident or maintenance as a message states it.
type Incident struct {
	ID       ID       `json:"id"`
	Kind     Kind     `json:"kind"`
	Phase    Phase    `json:"phase"`
	Severity Severity `json:"severity"`
	Template string   `json:"template"`

	// Claims replaces all earlier claims of this incident; sorted by component.
	Claims []Claim `json:"claims"`
	// Changes is what customers will see change, over all incidents; sorted by component.
	Changes []Change `json:"changes"`

	StartedAt  time.Time  `json:"started_at"`            // when it began for customers; for maintenance, the window's start
	EndedAt    *time.Time `json:"ended_at,omitempty"`    // when it ended; for maintenance, the window's end
	NextUpdate *time.Time `json:"next_update,omitempty"` // the promise
}

// Correction names the publication that was wrong and says why.
type Correction struct {
	Publication int64  `json:"publication"`
	Digest      Digest `json:"digest"`
	Update      ID     `json:"update"` // the update that was wrong, for its permanent address
	Reason      Words  `json:"reason"` // shown beside the old words, by language
}

// Redaction names the publication whose words go away and says why. It
// carries everything else that was signed with them, so that no state, no time
// and no claim changes by it.
type Redaction struct {
	Publication int64    `json:"publication"`
	Digest      Digest   `json:"digest"`
	Remains     *Message `json:"remains"` // the message as WithoutWords leaves it
	Reason      Words    `json:"reason"`  // shown in the place of the words, by language
}

// Audience is the rule by which subscribers are chosen at publication.
type Audience struct {
	// Components limits the mails to those who follow one of these, or everything.
	Components []ComponentID `json:"components"`
	Kind       Kind          `json:"kind"`
	// Quiet are hours in which the mails wait; nil sends them at once.
	Quiet *Quiet `json:"quiet,omitempty"`
}

// Forms are the words of a message in one language, ready to go out.
type Forms struct {
	Title     string `json:"title"`      // heading on the page
	Subject   string `json:"subject"`    // of the mail
	HTML      string `json:"html"`       // body on the page, in feeds and in the mail's HTML part
	Text      string `json:"text"`       // body in the mail's text part
	Short     string `json:"short"`      // at most 280 characters
	Support   string `json:"support"`    // what support answers
	InProduct string `json:"in_product"` // one line inside the product
}

// In returns the words in the language, else in the source language, else in
// the first language in which there are any: a company may write in another
// language first than it did. It tells which language it is.
func (m Message) In(lang, source Lang) (Forms, Lang) {
	for _, l := range append([]Lang{lang, source}, slices.Sorted(maps.Keys(m.Forms))...) {
		if f := m.Forms[l]; f.Text != "" || f.HTML != "" {
			return f, l
		}
	}
	return Forms{}, lang
}

// WithoutWords is what a redaction leaves of a message: what it was, of which
// incident, and the states, claims and times that were signed with it.
func (m Message) WithoutWords() Message {
	m.Forms = nil
	if m.Correction != nil {
		c := *m.Correction
		c.Reason = nil
		m.Correction = &c
	}
	return m
}

// Languages lists the languages in which the message has words, sorted.
func (m Message) Languages() []Lang {
	if m.Redaction != nil {
		return slices.Sorted(maps.Keys(m.Redaction.Reason))
	}
	if m.Statement != nil && len(m.Statement.Wordings) > 0 {
		return slices.Sorted(maps.Keys(m.Statement.Wordings[0].Forms))
	}
	return slices.Sorted(maps.Keys(m.Forms))
}

// Titles name the message in each language that has one: those of its words, or
// the name of the statement that it approves.
func (m Message) Titles() Words {
	if m.Statement != nil {
		return m.Statement.Name
	}
	var titles Words
	for lang, f := range m.Forms {
		if f.Title == "" {
			continue
		}
		if titles == nil {
			titles = Words{}
		}
		titles[lang] = f.Title
	}
	return titles
}

// NotBefore is the earliest moment at which the message may go out, seen from
// now: its own time if that lies ahead, else now.
func (m Message) NotBefore(now time.Time) time.Time {
	if m.PublishAt != nil && m.PublishAt.After(now) {
		return *m.PublishAt
	}
	return now
}

// PlanVersion carries a whole plan: the files as people wrote them, and the
// words of it that customers see, compiled.
type PlanVersion struct {
	Version   int        `json:"version"` // 1 for the first
	Parts     []string   `json:"parts"`   // what changed: "rules", "templates", "catalogue", "roster", "links"
	Files     []PlanFile `json:"files"`   // sorted by name
	Catalogue Catalogue  `json:"catalogue"`
	Summary   string     `json:"summary"` // why, for the team; customers do not see it
}

// PlanFile is one file of a plan's folder.
type PlanFile struct {
	Name string `json:"name"`
	Text string `json:"text"`
}

// Content is a message's canonical bytes under their digest. It is made by
// Seal or read back from storage by OpenContent; the zero value holds nothing.
type Content struct {
	digest Digest
	bytes  []byte
}

// Seal encodes the message in the canonical form of RFC 8785 and names the
// bytes by their digest. Times are put in UTC and cut to microseconds first,
// so that equal messages give equal bytes.
func Seal(m Message) (Content, error) {
	m.Format = Format
	m = m.normal()
	raw, err := json.Marshal(m)
	if err != nil {
		return Content{}, fmt.Errorf("encode message: %w", err)
	}
	canonical, err := jcs.Transform(raw)
	if err != nil {
		return Content{}, fmt.Errorf("put message in canonical form: %w", err)
	}
	return Content{digest: DigestOf(canonical), bytes: canonical}, nil
}

// OpenContent takes stored bytes back under the digest that they were stored
// as, and refuses bytes that do not hash to it.
func OpenContent(digest Digest, stored []byte) (Content, error) {
	if got := DigestOf(stored); got != digest {
		return Content{}, fmt.Errorf("content %s: the stored bytes hash to %s; they were changed after they were signed", digest, got)
	}
	return Content{digest: digest, bytes: append([]byte(nil), stored...)}, nil
}

// Withdrawn is the content of a digest whose bytes a redaction took away.
func Withdrawn(digest Digest) Content { return Content{digest: digest} }

// Digest names the content; zero for the zero value.
func (c Content) Digest() Digest { return c.digest }

// Bytes returns a copy of the canonical bytes; none if they were withdrawn.
func (c Content) Bytes() []byte { return append([]byte(nil), c.bytes...) }

// Size is how many canonical bytes there are.
func (c Content) Size() int { return len(c.bytes) }

// Message decodes the content.
func (c Content) Message() (Message, error) {
	var m Message
	if c.digest.IsZero() {
		return m, fmt.Errorf("no content: seal a message first")
	}
	if len(c.bytes) == 0 {
		return m, fmt.Errorf("content %s: its words were removed by a redaction", c.digest)
	}
	if err := json.Unmarshal(c.bytes, &m); err != nil {
		return m, fmt.Errorf("decode content %s: %w", c.digest, err)
	}
	if m.Format > Format {
		return m, fmt.Errorf("content %s has format %d and this program reads up to %d: install the newer version", c.digest, m.Format, Format)
	}
	return m, nil
}

func (m Message) normal() Message {
	if m.PublishAt != nil {
		v := m.PublishAt.UTC().Truncate(time.Second)
		m.PublishAt = &v
	}
	if m.Statement != nil {
		s := *m.Statement
		s.Expires = s.Expires.UTC().Truncate(time.Second)
		m.Statement = &s
	}
	if m.Incident != nil {
		i := *m.Incident
		i.StartedAt = normalTime(i.StartedAt)
		i.EndedAt = normalPointer(i.EndedAt)
		i.NextUpdate = normalPointer(i.NextUpdate)
		if i.Claims == nil {
			i.Claims = []Claim{}
		}
		if i.Changes == nil {
			i.Changes = []Change{}
		}
		m.Incident = &i
	}
	return m
}

func normalTime(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func normalPointer(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	v := normalTime(*t)
	return &v
}
