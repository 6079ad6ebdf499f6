// Package shelf gives the words of publications to what shows them.
//
// What a page needs to know of ten years it keeps as outlines
// (signoff.Outline). Their words lie in the store, and those that were asked
// for last in a bounded memory as well. The store verifies a publication each
// time that it reads one, and the shelf that it is the one of the outline: words
// that were changed since the start are shown to nobody.
//
// A Reading is one document's way to the shelf. It remembers the first thing
// that went wrong, so that whoever writes a document asks once, at its end.
package shelf

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/cache"
)

// Source is where publications are kept.
type Source interface {
	// Numbered returns the publications with these numbers, each verified, in
	// their order; what is not there is left out. It returns none if one of
	// them cannot be verified.
	Numbered(ctx context.Context, numbers []int64) ([]signoff.Publication, error)
}

// Shelf is safe for use by several goroutines.
type Shelf struct {
	source Source
	held   *cache.Cache[comms.Digest, held]

	mu     sync.Mutex
	failed map[int64]*signoff.Outline // whose words could not be had, by their number
	why    error                      // of the last of them
}

type held struct {
	message comms.Message
	size    int // of its canonical bytes
}

const (
	mostHeld = 1 << 19 // bytes of words; decoded they take about twice that
	mostRows = 4096
	patience = 10 * time.Second // for one answer of the store
	atOnce   = 100              // publications of one question
)

// New makes a shelf that holds nothing yet.
func New(source Source) *Shelf {
	return &Shelf{
		source: source, failed: map[int64]*signoff.Outline{},
		held: cache.New[comms.Digest](mostHeld, mostRows, func(h held) int { return h.size }),
	}
}

// Put holds the words of a publication that was just verified.
func (s *Shelf) Put(p signoff.Publication) {
	m := p.Message()
	if len(m.Forms) == 0 || p.Redacted() != nil {
		return
	}
	s.held.Add(p.Digest(), held{m, p.Content().Size()})
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failed, p.Number())
}

// Forget drops words that a redaction took away.
func (s *Shelf) Forget(d comms.Digest) { s.held.Remove(d) }

// Failed is why words that somebody asked for could not be had; nil once all
// could be. It never waits for the store.
func (s *Shelf) Failed() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.failed) == 0 {
		return nil
	}
	return s.why
}

// Retry asks once more for what could not be had.
func (s *Shelf) Retry() {
	s.mu.Lock()
	var again []*signoff.Outline
	for _, o := range s.failed {
		again = append(again, o)
	}
	s.mu.Unlock()
	for _, o := range again {
		_, _ = s.load(o) // says itself what it found
	}
}

func (s *Shelf) get(o *signoff.Outline) (comms.Message, bool) {
	h, ok := s.held.Get(o.Digest())
	return h.message, ok
}

// load reads one publication's words again.
func (s *Shelf) load(o *signoff.Outline) (comms.Message, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	pubs, err := s.source.Numbered(ctx, []int64{o.Number()})
	if err == nil && len(pubs) != 1 {
		err = errors.New("it is not in the store any more")
	}
	if err == nil {
		err = o.Fits(pubs[0])
	}
	if err != nil {
		err = fmt.Errorf("read the words of publication %d: %w", o.Number(), err)
		s.fail(o, err, len(pubs) == 1 && pubs[0].Redacted() != nil)
		return comms.Message{}, err
	}
	s.Put(pubs[0])
	return pubs[0].Message(), nil
}

// fail notes what could not be had. Words that were redacted since are no
// failure: the next snapshot knows of it.
func (s *Shelf) fail(o *signoff.Outline, why error, redacted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failed, o.Number())
	if !redacted {
		s.failed[o.Number()], s.why = o, why
	}
}

// fetch reads those that are not held, many at once. What cannot be read is
// left to load, which says what is wrong with it.
func (s *Shelf) fetch(of []*signoff.Outline, into map[int64]comms.Message) {
	missing, numbers := map[int64]*signoff.Outline{}, []int64{}
	for _, o := range of {
		if o.Redacted() != nil || missing[o.Number()] != nil {
			continue
		}
		if m, ok := s.get(o); ok {
			into[o.Number()] = m
			continue
		}
		missing[o.Number()] = o
		numbers = append(numbers, o.Number())
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for some := range slices.Chunk(numbers, atOnce) {
		pubs, err := s.source.Numbered(ctx, some)
		if err != nil {
			return
		}
		for _, p := range pubs {
			if o := missing[p.Number()]; o != nil && o.Fits(p) == nil {
				into[p.Number()] = p.Message()
				s.Put(p)
			}
		}
	}
}
