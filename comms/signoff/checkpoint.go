package signoff

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"reflect"
	"unique"

	"github.com/countersign/countersign/comms"
)

// Checkpoint is what the publications up to a head amount to, without any of
// their words: a service that verified them once need not do it again before it
// shows the page. It is sealed by the key that seals publications, so nobody
// else makes one, and what it says is what signed publications said.
type Checkpoint struct {
	head    Head
	entries []entry
}

// entry is an outline as it is kept. One that holds words (that of a plan, of a
// correction, of a redaction and of what one took away) is kept by its name
// alone, and made from its publication again.
type entry struct {
	Number    int64             `json:"number"`
	Digest    comms.Digest      `json:"digest"`
	Words     bool              `json:"words,omitempty"`
	At        int64             `json:"at,omitempty"` // UTC microseconds, like the other times
	Update    comms.ID          `json:"update,omitempty"`
	Kind      comms.MessageKind `json:"kind,omitempty"`
	Plan      comms.Digest      `json:"plan"`
	Incident  comms.ID          `json:"incident,omitempty"`
	Of        comms.Kind        `json:"of,omitempty"`
	Severity  comms.Severity    `json:"severity,omitempty"`
	Phase     comms.Phase       `json:"phase,omitempty"`
	Claims    []comms.Claim     `json:"claims,omitempty"`
	Changes   []comms.Change    `json:"changes,omitempty"`
	Started   int64             `json:"started"`
	Ended     int64             `json:"ended"`
	Next      int64             `json:"next"`
	Announced bool              `json:"announced,omitempty"`
}

// NewCheckpoint makes one of the outlines of all publications up to a head.
func NewCheckpoint(head Head, outlines []*Outline) Checkpoint {
	c := Checkpoint{head: head, entries: make([]entry, len(outlines))}
	for n, o := range outlines {
		e := entry{Number: o.number, Digest: o.digest, Words: o.rare != nil}
		if !e.Words {
			e.At, e.Update, e.Plan = o.at, o.update, o.plan.Value()
			e.Kind, e.Phase, e.Announced = o.Kind(), o.Phase(), o.Announced()
			e.Claims, e.Changes = o.Claims(), o.Changes()
			e.Started, e.Ended, e.Next = o.started, o.ended, o.next
			if o.of != nil {
				e.Incident, e.Of, e.Severity = o.of.id, o.of.kind, o.of.severity
			}
		}
		c.entries[n] = e
	}
	return c
}

// Head is the end of the chain up to which it goes; zero for no checkpoint.
func (c Checkpoint) Head() Head { return c.head }

// Worded lists the numbers of the publications that Outlines wants, in order.
func (c Checkpoint) Worded() (numbers []int64) {
	for _, e := range c.entries {
		if e.Words {
			numbers = append(numbers, e.Number)
		}
	}
	return numbers
}

// Outlines gives the outlines of all publications up to the head, with those
// that Worded names.
func (c Checkpoint) Outlines(worded []Publication) ([]*Outline, error) {
	out := make([]*Outline, len(c.entries))
	known := latest{}
	for n, e := range c.entries {
		switch {
		case e.Number != int64(n)+1:
			return nil, fmt.Errorf("the checkpoint has publication %d in the place of %d", e.Number, n+1)
		case !e.Words:
			out[n] = known.add(e.outline(known[e.Incident]))
		case len(worded) == 0 || worded[0].number != e.Number || worded[0].Digest() != e.Digest:
			return nil, fmt.Errorf("publication %d is not the one of the checkpoint", e.Number)
		default:
			out[n], worded = known.outline(worded[0]), worded[1:]
		}
	}
	if c.head.Number != int64(len(out)) {
		return nil, fmt.Errorf("the checkpoint has %d publications, and its head is number %d", len(out), c.head.Number)
	}
	return out, nil
}

func (e entry) outline(before *Outline) *Outline {
	o := &Outline{
		number: e.Number, at: e.At, digest: e.Digest, update: e.Update, plan: unique.Make(e.Plan),
		manner: unique.Make(manner{e.Kind, e.Phase, e.Announced}), started: never, ended: never, next: never,
	}
	if e.Incident != "" {
		o.state(&comms.Incident{ID: e.Incident, Kind: e.Of, Severity: e.Severity, Claims: e.Claims, Changes: e.Changes}, before)
		o.started, o.ended, o.next = e.Started, e.Ended, e.Next
	}
	return o
}

// Is tells whether this is the outline of a publication, in everything.
func (o *Outline) Is(p Publication) bool { return reflect.DeepEqual(o, p.Outline(nil)) }

// SealedCheckpoint is a checkpoint as it is stored, believed by nobody before Open.
type SealedCheckpoint struct {
	Number int64  // of the publication that it goes up to
	Bytes  []byte // JSON, compressed by gzip (RFC 1952)
	Seal   string
}

// kept is what a checkpoint's bytes hold.
type kept struct {
	Head    string  `json:"head"`
	Entries []entry `json:"publications"`
}

// sealedText changes with the shape of entries, so that nothing is read that an
// older or newer program wrote otherwise.
func (s SealedCheckpoint) sealedText() []byte {
	return fmt.Appendf(nil, "countersign checkpoint 1\nnumber %d\nbytes %x\n", s.Number, sha256.Sum256(s.Bytes))
}

// SealCheckpoint makes what is stored of a checkpoint.
func (k Key) SealCheckpoint(c Checkpoint) (SealedCheckpoint, error) {
	var out bytes.Buffer
	small := gzip.NewWriter(&out)
	err := json.NewEncoder(small).Encode(kept{c.head.String(), c.entries})
	if err == nil {
		err = small.Close()
	}
	if err != nil {
		return SealedCheckpoint{}, fmt.Errorf("encode the checkpoint at publication %d: %w", c.head.Number, err)
	}
	s := SealedCheckpoint{Number: c.head.Number, Bytes: out.Bytes()}
	s.Seal = k.sign(s.sealedText()).String()
	return s, nil
}

// Open verifies the seal and takes the checkpoint out. Whether its head lies on
// the chain, the caller asks.
func (s SealedCheckpoint) Open(keys Keyring) (Checkpoint, error) {
	fail := func(err error) (Checkpoint, error) {
		return Checkpoint{}, fmt.Errorf("the checkpoint at publication %d cannot be trusted: %w", s.Number, err)
	}
	seal, err := ParseSeal(s.Seal)
	if err == nil {
		err = keys.verify(seal, s.sealedText())
	}
	if err != nil {
		return fail(err)
	}
	var k kept
	large, err := gzip.NewReader(bytes.NewReader(s.Bytes))
	if err == nil {
		err = json.NewDecoder(large).Decode(&k)
	}
	if err != nil {
		return fail(err)
	}
	c := Checkpoint{entries: k.Entries}
	if c.head, err = ParseHead(k.Head); err != nil {
		return fail(err)
	}
	if c.head.Number != s.Number {
		return fail(fmt.Errorf("its head is number %d", c.head.Number))
	}
	return c, nil
}
