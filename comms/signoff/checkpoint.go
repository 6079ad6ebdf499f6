package signoff

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"unique"

	"github.com/countersign/countersign/comms"
)

// Checkpoint is what the publications up to a head amount to, without any of
// their words: a service that verified them once need not do it again before it
// shows the page. It is sealed by the key that seals publications, so nobody
// else makes one, and what it says is what signed publications said.
type Checkpoint struct {
	head     Head
	outlines []*Outline // of those with words the number and the digest may be all that is known
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
func NewCheckpoint(head Head, outlines []*Outline) Checkpoint { return Checkpoint{head, outlines} }

// Head is the end of the chain up to which it goes; zero for no checkpoint.
func (c Checkpoint) Head() Head { return c.head }

// Worded lists the numbers of the publications that Outlines wants, in order.
func (c Checkpoint) Worded() (numbers []int64) {
	for _, o := range c.outlines {
		if o.rare != nil {
			numbers = append(numbers, o.number)
		}
	}
	return numbers
}

// Outlines gives the outlines of all publications up to the head, with those
// that Worded names.
func (c Checkpoint) Outlines(worded []Publication) ([]*Outline, error) {
	out := make([]*Outline, len(c.outlines))
	known := latest{}
	for n, o := range c.outlines {
		switch {
		case o.number != int64(n)+1:
			return nil, fmt.Errorf("the checkpoint has publication %d in the place of %d", o.number, n+1)
		case o.rare == nil:
			out[n] = known.add(o)
		case len(worded) == 0 || worded[0].number != o.number || worded[0].Digest() != o.digest:
			return nil, fmt.Errorf("publication %d is not the one of the checkpoint", o.number)
		default:
			out[n], worded = known.outline(worded[0]), worded[1:]
		}
	}
	if c.head.Number != int64(len(out)) {
		return nil, fmt.Errorf("the checkpoint has %d publications, and its head is number %d", len(out), c.head.Number)
	}
	return out, nil
}

// entry is how the outline is kept.
func (o *Outline) entry() entry {
	if o.rare != nil {
		return entry{Number: o.number, Digest: o.digest, Words: true}
	}
	e := entry{
		Number: o.number, Digest: o.digest, At: o.at, Update: o.update, Plan: o.plan.Value(),
		Kind: o.Kind(), Phase: o.Phase(), Announced: o.Announced(), Claims: o.Claims(), Changes: o.Changes(),
		Started: o.started, Ended: o.ended, Next: o.next,
	}
	if o.of != nil {
		e.Incident, e.Of, e.Severity = o.of.id, o.of.kind, o.of.severity
	}
	return e
}

// outline is what is kept in the entry.
func (e entry) outline(before *Outline) *Outline {
	if e.Words {
		return &Outline{number: e.Number, digest: e.Digest, rare: &rare{}}
	}
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

// sealedText changes with the shape of entries, so that nothing is read that an
// older or newer program wrote otherwise.
func (s SealedCheckpoint) sealedText() []byte {
	return fmt.Appendf(nil, "countersign checkpoint 1\nnumber %d\nbytes %x\n", s.Number, sha256.Sum256(s.Bytes))
}

// SealCheckpoint makes what is stored of a checkpoint.
func (k Key) SealCheckpoint(c Checkpoint) (SealedCheckpoint, error) {
	var out bytes.Buffer
	small := gzip.NewWriter(&out)
	err := c.write(small)
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

// write writes an object with the head and a row of entries: one after the
// other, so that ten years of them are never in memory together.
func (c Checkpoint) write(w io.Writer) error {
	if _, err := fmt.Fprintf(w, `{"head":%q,"publications":[`, c.head); err != nil {
		return err
	}
	out, comma := json.NewEncoder(w), ""
	for _, o := range c.outlines {
		if _, err := io.WriteString(w, comma); err != nil {
			return err
		}
		if err := out.Encode(o.entry()); err != nil {
			return err
		}
		comma = ","
	}
	_, err := io.WriteString(w, "]}")
	return err
}

// readCheckpoint reads what write wrote.
func readCheckpoint(r io.Reader) (c Checkpoint, err error) {
	in := json.NewDecoder(r)
	var front [5]json.Token // {"head": HEAD, "publications": [
	for n := range front {
		if front[n], err = in.Token(); err != nil {
			return c, err
		}
	}
	head, _ := front[2].(string)
	if c.head, err = ParseHead(head); err != nil {
		return c, err
	}
	known := latest{}
	for in.More() {
		var e entry
		if err := in.Decode(&e); err != nil {
			return c, err
		}
		c.outlines = append(c.outlines, known.add(e.outline(known[e.Incident])))
	}
	_, err = in.Token() // the row's end; without it something is missing
	return c, err
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
	large, err := gzip.NewReader(bytes.NewReader(s.Bytes))
	if err != nil {
		return fail(err)
	}
	c, err := readCheckpoint(large)
	if err != nil {
		return fail(err)
	}
	if c.head.Number != s.Number {
		return fail(fmt.Errorf("its head is number %d", c.head.Number))
	}
	return c, nil
}
