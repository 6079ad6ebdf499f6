package signoff

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/plan"
)

// WarrantKind says by what right a publication exists.
type WarrantKind string

// The kinds of warrant.
const (
	Quorum  WarrantKind = "quorum"
	Holding WarrantKind = "holding"
	Genesis WarrantKind = "genesis"
)

// Warrant is why a publication may exist.
type Warrant struct {
	Kind         WarrantKind        `json:"kind"`
	Requirements []plan.Requirement `json:"requirements,omitempty"`
	Approvals    []Approval         `json:"approvals,omitempty"` // one for each requirement, in its order
	Authors      []plan.PersonID    `json:"authors,omitempty"`
	Grant        *Grant             `json:"grant,omitempty"` // of an update that is made from a holding statement
}

// Publication is a message that may reach customers. Only Countersign and
// Restore make one; the zero value is none.
type Publication struct {
	number   int64
	at       time.Time
	content  comms.Content
	message  comms.Message
	warrant  Warrant
	frame    comms.Digest
	previous Seal
	seal     Seal
	removal  *Removal
}

// Removal is what customers are told in the place of words that a redaction
// took away.
type Removal struct {
	Number int64        // of the redaction
	At     time.Time    // when it was published, in UTC
	Digest comms.Digest // of the redaction
	Reason comms.Words
}

// IsZero tells whether this is no publication at all.
func (p Publication) IsZero() bool { return p.number == 0 }

// Number counts publications from 1 without gaps.
func (p Publication) Number() int64 { return p.number }

// At is when it was published, in UTC.
func (p Publication) At() time.Time { return p.at }

// Content returns the exact bytes that were signed; only their digest once a
// redaction took them away.
func (p Publication) Content() comms.Content { return p.content }

// Digest names what was signed.
func (p Publication) Digest() comms.Digest { return p.content.Digest() }

// Redacted tells how the words were taken away; nil while they stand.
func (p Publication) Redacted() *Removal {
	if p.removal == nil {
		return nil
	}
	r := *p.removal
	return &r
}

// Message is what was signed, decoded; without its words if they were redacted.
func (p Publication) Message() comms.Message { return p.message }

// Warrant says why it may exist.
func (p Publication) Warrant() Warrant { return p.warrant }

// Head is the end of the chain after this publication.
func (p Publication) Head() Head { return Head{p.number, p.seal} }

// Previous is the seal that this one follows.
func (p Publication) Previous() Seal { return p.previous }

// Frame is the digest of the words that shipped in the program that published it.
func (p Publication) Frame() comms.Digest { return p.frame }

// UnmarshalJSON refuses: a publication comes from Countersign or Restore.
func (p *Publication) UnmarshalJSON([]byte) error {
	return errors.New("a publication cannot be decoded: restore it from the store, which verifies it")
}

// MarshalJSON refuses, so that no publication leaves in a shape that nobody signed.
func (p Publication) MarshalJSON() ([]byte, error) {
	return nil, errors.New("a publication has no JSON form: use its content's bytes")
}

// seal is the one place where a publication comes into being.
func seal(key Key, content comms.Content, m comms.Message, w Warrant, b Basis, at time.Time) (Publication, error) {
	p := Publication{
		number:   b.Chain.Number + 1,
		at:       at.UTC().Truncate(time.Microsecond),
		content:  content,
		message:  m,
		warrant:  w,
		frame:    b.Frame,
		previous: b.Chain.Seal,
	}
	text, err := p.sealed()
	if err != nil {
		return Publication{}, err
	}
	p.seal = key.sign(text)
	return p, nil
}

func (p Publication) sealed() ([]byte, error) {
	warrant, err := json.Marshal(p.warrant)
	if err != nil {
		return nil, fmt.Errorf("encode the warrant of publication %d: %w", p.number, err)
	}
	return fmt.Appendf(nil, "countersign publication 1\nnumber %d\nat %d\ndigest %s\nframe %s\nwarrant %x\nprevious %s\n",
		p.number, p.at.UnixMicro(), p.Digest(), p.frame, sha256.Sum256(warrant), p.previous), nil
}

// Record is a publication as it is stored: plain data, believed by nobody.
type Record struct {
	Number   int64
	At       time.Time
	Digest   comms.Digest
	Content  []byte
	Warrant  []byte // JSON as EncodeWarrant gives it
	Frame    comms.Digest
	Previous string
	Seal     string
	// Redaction is the restored publication that took the words away; the zero
	// value if none did.
	Redaction Publication
}

// EncodeWarrant gives the warrant's stored form.
func (p Publication) EncodeWarrant() ([]byte, error) { return json.Marshal(p.warrant) }

// Restore takes a stored publication back and verifies it as of its own time:
// the bytes hash to the digest, the seal fits and is of a known key, and the
// warrant's signatures are attested, live, for this digest, by distinct people
// who are none of its authors. Where a redaction stands, it alone vouches for
// what the digest's words said besides words, and the bytes are not looked at.
// It neither lints nor renders. Whether it follows the publication before it is
// Follows' question.
func Restore(r Record, keys Keyring) (Publication, error) {
	fail := func(err error) (Publication, error) {
		return Publication{}, fmt.Errorf("publication %d cannot be trusted: %w", r.Number, err)
	}
	p := Publication{number: r.Number, at: r.At.UTC(), content: comms.Withdrawn(r.Digest), frame: r.Frame}
	var err error
	if r.Redaction.IsZero() {
		if p.content, err = comms.OpenContent(r.Digest, r.Content); err != nil {
			return fail(err)
		}
		p.message, err = p.content.Message()
	} else {
		p, err = p.Without(r.Redaction)
	}
	if err != nil {
		return fail(err)
	}
	if err := json.Unmarshal(r.Warrant, &p.warrant); err != nil {
		return fail(fmt.Errorf("its warrant is not JSON: %w", err))
	}
	if p.previous, err = ParseSeal(r.Previous); err != nil {
		return fail(err)
	}
	if p.seal, err = ParseSeal(r.Seal); err != nil {
		return fail(err)
	}
	text, err := p.sealed()
	if err != nil {
		return fail(err)
	}
	if err := keys.verify(p.seal, text); err != nil {
		return fail(err)
	}
	if err := p.warrant.holds(p, keys); err != nil {
		return fail(err)
	}
	return p, nil
}

// Without gives the publication as it is once its words were redacted. It
// refuses a redaction of anything else.
func (p Publication) Without(redaction Publication) (Publication, error) {
	r := redaction.message.Redaction
	if r == nil || r.Remains == nil || r.Publication != p.number || r.Digest != p.Digest() || redaction.number <= p.number {
		return Publication{}, fmt.Errorf("publication %d is no redaction of publication %d", redaction.number, p.number)
	}
	p.content, p.message = comms.Withdrawn(r.Digest), r.Remains.WithoutWords()
	p.removal = &Removal{Number: redaction.number, At: redaction.at, Digest: redaction.Digest(), Reason: r.Reason}
	return p, nil
}

// Follows tells whether the publication is the one after the head.
func (p Publication) Follows(h Head) error {
	switch {
	case p.number != h.Number+1:
		return fmt.Errorf("publication %d does not follow publication %d: one is missing or out of order", p.number, h.Number)
	case !p.previous.equals(h.Seal):
		return fmt.Errorf("publication %d does not name the seal of publication %d: the chain is broken between them", p.number, h.Number)
	}
	return nil
}

// holds verifies a warrant from nothing, as of the publication's own time.
func (w Warrant) holds(p Publication, keys Keyring) error {
	switch w.Kind {
	case Genesis:
		if p.number != 1 || p.message.Kind != comms.MessagePlan {
			return errors.New("genesis is for the first plan of an installation alone")
		}
		return nil
	case Quorum:
		if p.message.Holding != nil {
			return errors.New("it names a holding statement, and its warrant does not")
		}
		if at := p.message.PublishAt; at != nil && p.at.Before(*at) {
			return fmt.Errorf("it was published before its time, %s", at.UTC().Format(time.RFC3339))
		}
		if len(w.Requirements) == 0 {
			return errors.New("its warrant requires nobody's signature")
		}
		if len(w.Approvals) != len(w.Requirements) {
			return fmt.Errorf("its warrant asks for %d signatures and has %d", len(w.Requirements), len(w.Approvals))
		}
		return w.signed(p, keys)
	case Holding:
		return w.grants(p, keys)
	}
	return fmt.Errorf("its warrant is of the unknown kind %q", w.Kind)
}

// signed verifies the signatures of a warrant.
func (w Warrant) signed(p Publication, keys Keyring) error {
	signers := map[plan.PersonID]bool{}
	for i, a := range w.Approvals {
		if err := a.Verify(keys); err != nil {
			return err
		}
		switch {
		case a.Requirement != i || a.Digest != p.Digest() || a.Update != p.message.Update:
			return fmt.Errorf("approval %s is not for this message", a.ID)
		case !a.Live(p.at):
			return fmt.Errorf("approval %s was not alive when this was published", a.ID)
		case signers[a.Person]:
			return fmt.Errorf("%s filled two requirements", a.Person)
		case slices.Contains(w.Authors, a.Person):
			return fmt.Errorf("%s signed a text that they wrote", a.Person)
		}
		for _, waiver := range a.Waivers {
			if !waivable(waiver.Rule) {
				return fmt.Errorf("approval %s waives a finding of the rule %s, which nobody can", a.ID, waiver.Rule)
			}
		}
		signers[a.Person] = true
	}
	return nil
}
