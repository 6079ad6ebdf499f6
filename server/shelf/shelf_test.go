package shelf_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/page/pagetest"
	"github.com/countersign/countersign/server/shelf"
)

var at = time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)

// store is where a test's publications are kept; some of them not as they were.
type store struct {
	*pagetest.Press
	instead map[int64]signoff.Publication // what lies in the place of which
	broken  map[int64]bool                // cannot be verified any more
}

func (s *store) Numbered(ctx context.Context, numbers []int64) ([]signoff.Publication, error) {
	pubs, err := s.Press.Numbered(ctx, numbers)
	for n, p := range pubs {
		if s.broken[p.Number()] {
			return nil, fmt.Errorf("publication %d does not verify", p.Number())
		}
		if other, ok := s.instead[p.Number()]; ok {
			pubs[n] = other
		}
	}
	return pubs, err
}

// filled has so many incidents of one update each.
func filled(t *testing.T, count int) (*store, *shelf.Shelf, []*signoff.Outline) {
	t.Helper()
	s := &store{pagetest.New(t, at), map[int64]signoff.Publication{}, map[int64]bool{}}
	for n := range count {
		s.Publish(update(n))
	}
	outlines, _ := pagetest.Outlines(t, s.All())
	return s, shelf.New(s), outlines[1:] // the first is the plan's
}

func update(n int) pagetest.Update {
	return pagetest.Update{
		Incident: fmt.Sprint("trouble ", n), Phase: comms.PhaseInvestigating, Severity: "minor", At: at.Add(time.Duration(n+1) * time.Minute),
		Title: comms.Words{"en": title(n)}, HTML: comms.Words{"en": "<p>" + strings.Repeat("Sign-in is slow. ", 3500) + "</p>"},
	}
}

func title(n int) string { return fmt.Sprintf("Trouble number %d", n) }

func reads(t *testing.T, r *shelf.Reading, o *signoff.Outline, want string) {
	t.Helper()
	if got := r.Message(o).Forms["en"].Title; got != want {
		t.Errorf("publication %d reads %q, want %q (%v)", o.Number(), got, want, r.Err())
	}
}

func TestWordsAreReadWhenAskedForAndHeld(t *testing.T) {
	s, words, outlines := filled(t, 3)
	r := words.Reading()
	reads(t, r, outlines[1], title(1))
	reads(t, r, outlines[1], title(1))
	reads(t, words.Reading(), outlines[1], title(1))
	if n := s.Read.Load(); n != 1 {
		t.Errorf("the store was asked for %d publications, want 1: others are held", n)
	}
	r = words.Reading()
	r.Expect(outlines...)
	for n, o := range outlines {
		reads(t, r, o, title(n))
	}
	if n := s.Read.Load(); n != 3 {
		t.Errorf("the store was asked for %d publications, want 3: what was expected is read at once, and what is held not again", n)
	}
}

func TestWhatIsHeldHasABound(t *testing.T) {
	s, words, outlines := filled(t, 24)
	words.Put(s.All()[1])
	reads(t, words.Reading(), outlines[0], title(0))
	if n := s.Read.Load(); n != 0 {
		t.Error("words that were put on the shelf were read all the same")
	}
	words.Forget(outlines[0].Digest())
	reads(t, words.Reading(), outlines[0], title(0))
	if n := s.Read.Load(); n != 1 {
		t.Errorf("the store was asked for %d publications, want 1: what was forgotten is read again", n)
	}
	for n, o := range outlines { // more than a megabyte
		reads(t, words.Reading(), o, title(n))
	}
	before := s.Read.Load()
	reads(t, words.Reading(), outlines[len(outlines)-1], title(len(outlines)-1))
	if n := s.Read.Load(); n != before {
		t.Error("what was used last made room")
	}
	reads(t, words.Reading(), outlines[0], title(0))
	if n := s.Read.Load(); n != before+1 {
		t.Error("what was used longest ago is held for ever")
	}
}

func TestWordsThatCannotBeVerifiedAreShownToNobody(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*store, *signoff.Outline)
		mend  func(*store, *signoff.Outline)
	}{
		{"they do not verify", func(s *store, o *signoff.Outline) { s.broken[o.Number()] = true }, func(s *store, o *signoff.Outline) { delete(s.broken, o.Number()) }},
		{"they are of another publication", func(s *store, o *signoff.Outline) { s.instead[o.Number()] = s.All()[1] }, func(s *store, o *signoff.Outline) { delete(s.instead, o.Number()) }},
		{"something lies there that is no publication", func(s *store, o *signoff.Outline) { s.instead[o.Number()] = signoff.Publication{} }, func(s *store, o *signoff.Outline) { delete(s.instead, o.Number()) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, words, outlines := filled(t, 3)
			bad := outlines[2]
			c.spoil(s, bad)
			r := words.Reading()
			r.Expect(outlines...)
			reads(t, r, outlines[0], title(0))
			reads(t, r, bad, "")
			if r.Err() == nil || words.Failed() == nil {
				t.Fatal("nobody is told that words could not be had")
			}
			reads(t, r, outlines[0], "") // the document goes to nobody
			reads(t, words.Reading(), outlines[0], title(0))
			if words.Retry(); words.Failed() == nil {
				t.Error("it counts as well before it is")
			}
			c.mend(s, bad)
			if words.Retry(); words.Failed() != nil {
				t.Errorf("it is mended, and still said to fail: %v", words.Failed())
			}
			reads(t, words.Reading(), bad, title(2))
		})
	}
}

func TestRedactedWordsAreNoFailure(t *testing.T) {
	s, words, outlines := filled(t, 2)
	before := outlines[0]
	s.Redact(s.All()[1], at.Add(time.Hour), comms.Words{"en": "A name stood there."})
	r := words.Reading()
	reads(t, r, before, "")
	if r.Err() == nil {
		t.Error("a document of before the redaction was written without the words that it shows")
	}
	if err := words.Failed(); err != nil {
		t.Errorf("a redaction counts as a failure: %v", err)
	}
	after, _ := pagetest.Outlines(t, s.All())
	at := slices.IndexFunc(after, func(o *signoff.Outline) bool { return o.Number() == before.Number() })
	r = words.Reading()
	reads(t, r, after[at], "")
	if err := r.Err(); err != nil {
		t.Errorf("a document of after the redaction asks for the words: %v", err)
	}
}
