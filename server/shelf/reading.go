package shelf

import (
	"context"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// Reading is for one document, and for one goroutine.
type Reading struct {
	shelf *Shelf
	read  map[int64]comms.Message
	err   error
}

// Reading begins one.
func (s *Shelf) Reading() *Reading { return &Reading{shelf: s, read: map[int64]comms.Message{}} }

// Expect says that the words of these will be asked for, so that they are read
// at once.
func (r *Reading) Expect(of ...*signoff.Outline) {
	if r.err == nil {
		r.shelf.fetch(of, r.read)
	}
}

// Message is what was signed; without words if they were redacted, and if they
// could not be had, which Err tells then.
func (r *Reading) Message(o *signoff.Outline) comms.Message {
	if o.Redacted() != nil || r.err != nil {
		return comms.Message{}
	}
	if m, ok := r.read[o.Number()]; ok {
		return m
	}
	m, ok := r.shelf.get(o)
	if !ok {
		if m, r.err = r.shelf.load(o); r.err != nil {
			return comms.Message{}
		}
	}
	r.read[o.Number()] = m
	return m
}

// Err is why some words could not be had. A document that was written then
// lacks them, and goes to nobody.
func (r *Reading) Err() error { return r.err }

// Of makes a shelf of publications that stay in memory.
func Of(pubs []signoff.Publication) *Shelf { return New(list(pubs)) }

type list []signoff.Publication

// Numbered implements Source.
func (l list) Numbered(_ context.Context, numbers []int64) (out []signoff.Publication, err error) {
	wanted := map[int64]bool{}
	for _, n := range numbers {
		wanted[n] = true
	}
	for _, p := range l {
		if wanted[p.Number()] {
			out = append(out, p)
		}
	}
	return out, nil
}
