package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/signoff"
)

// Publication restores a publication, verified.
func (s *Store) Publication(ctx context.Context, number int64) (p signoff.Publication, err error) {
	err = s.view(ctx, func(t *tx) error {
		p, err = t.Publication(ctx, number)
		return err
	})
	return p, err
}

// PlanInForce restores the plan publication in force; zero before the first.
func (s *Store) PlanInForce(ctx context.Context) (p signoff.Publication, err error) {
	err = s.view(ctx, func(t *tx) error {
		p, err = t.PlanInForce(ctx)
		return err
	})
	return p, err
}

// Standing implements outbox.Store.
func (s *Store) Standing(ctx context.Context) (ps []signoff.Publication, err error) {
	err = s.view(ctx, func(t *tx) error {
		ps, err = t.Standing(ctx)
		return err
	})
	return ps, err
}

// Publications restores at most limit publications after a number, in order,
// and verifies that each follows the one before it. With an error come those
// that could be verified before it: what was signed stays true whatever
// somebody wrote behind it.
func (s *Store) Publications(ctx context.Context, after int64, limit int) (ps []signoff.Publication, err error) {
	err = s.view(ctx, func(t *tx) error {
		head, err := t.headAt(ctx, `SELECT number, seal FROM publications WHERE number = $1`, after)
		if err != nil {
			return err
		}
		rows, err := t.rawPublications(ctx, `WHERE p.number > $1 ORDER BY p.number LIMIT $2`, after, limit)
		if err != nil {
			return err
		}
		restored, errs := restoreAll(rows, s.keys)
		for i, p := range restored {
			err := errs[i]
			if err == nil {
				err = p.Follows(head)
			}
			if err != nil {
				return fmt.Errorf("the chain of publications holds up to number %d and is broken behind it; run `countersign audit verify` to see every row that cannot be true: %w", head.Number, err)
			}
			ps, head = append(ps, p), p.Head()
		}
		return nil
	})
	return ps, err
}

// Numbered implements shelf.Source. It goes past what is kept of rows that were
// restored before: whoever asks keeps what they need.
func (s *Store) Numbered(ctx context.Context, numbers []int64) (ps []signoff.Publication, err error) {
	args := make([]any, len(numbers))
	for i, n := range numbers {
		args[i] = n
	}
	err = s.view(ctx, func(t *tx) error {
		rows, err := t.rawPublications(ctx, `WHERE p.number IN (`+places(1, len(args))+`) ORDER BY p.number`, args...)
		if err != nil {
			return err
		}
		var errs []error
		ps, errs = restoreAll(rows, s.keys)
		return errors.Join(errs...)
	})
	if err != nil {
		return nil, err
	}
	return ps, nil
}

// restoreAll verifies rows on all processors: a start verifies every signature
// that was ever given.
func restoreAll(rows []RawPublication, keys signoff.Keyring) ([]signoff.Publication, []error) {
	ps, errs := make([]signoff.Publication, len(rows)), make([]error, len(rows))
	var hands sync.WaitGroup
	share := len(rows)/runtime.GOMAXPROCS(0) + 1
	for from := 0; from < len(rows); from += share {
		hands.Go(func() {
			for i := from; i < min(from+share, len(rows)); i++ {
				ps[i], errs[i] = rows[i].Restore(keys)
			}
		})
	}
	hands.Wait()
	return ps, errs
}

// Head is the end of the chain, verified.
func (s *Store) Head(ctx context.Context) (h signoff.Head, err error) {
	err = s.view(ctx, func(t *tx) error {
		h, err = t.Head(ctx)
		return err
	})
	return h, err
}

// Audit lists at most limit entries of the audit before a number, newest
// first; before 0 begins at the end.
func (s *Store) Audit(ctx context.Context, before int64, limit int) (es []desk.Entry, err error) {
	err = s.view(ctx, func(t *tx) error {
		es, err = all(ctx, t, scanEntry, `SELECT number, at, person, action, subject, detail FROM audit
			WHERE CAST($1 AS BIGINT) = 0 OR number < $2 ORDER BY number DESC LIMIT $3`, before, before, limit)
		return err
	})
	return es, err
}

func scanEntry(r row) (e desk.Entry, err error) {
	var at int64
	var detail string
	if err = r.Scan(&e.Number, &at, &e.Person, &e.Action, &e.Subject, &detail); err != nil {
		return e, err
	}
	e.At = fromMicros(at)
	if err := json.Unmarshal([]byte(detail), &e.Detail); err != nil {
		return e, fmt.Errorf("audit number %d: its detail is not readable: %w", e.Number, err)
	}
	return e, nil
}

// PublicationsByWarrant counts the publications by the right by which they exist.
func (s *Store) PublicationsByWarrant(ctx context.Context) (map[signoff.WarrantKind]int64, error) {
	type count struct {
		kind signoff.WarrantKind
		n    int64
	}
	out := map[signoff.WarrantKind]int64{}
	err := s.view(ctx, func(t *tx) error {
		counts, err := all(ctx, t, func(r row) (c count, err error) {
			err = r.Scan(&c.kind, &c.n)
			return c, err
		}, `SELECT warrant_kind, COUNT(*) FROM publications GROUP BY warrant_kind`)
		for _, c := range counts {
			out[c.kind] = c.n
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count the publications: %w", err)
	}
	return out, nil
}
