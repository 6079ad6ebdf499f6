package store

import (
	"context"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

func scanNotice(r row) (n desk.Notice, err error) {
	var digest, head string
	var due int64
	err = r.Scan(&n.Kind, &n.Update, &digest, &n.By, &n.Reason, &head, &n.Promise, &n.Step, &n.Need, &n.Incident, &n.Promised, &due, &n.Handover, &n.Rise, &n.Holding)
	if err != nil {
		return n, err
	}
	n.Due = fromMicros(due)
	if err = n.Digest.UnmarshalText([]byte(digest)); err != nil {
		return n, err
	}
	n.Head, err = signoff.ParseHead(head)
	return n, err
}

// Notice implements outbox.Store.
func (s *Store) Notice(ctx context.Context, id comms.ID) (n desk.Notice, sent map[string]bool, err error) {
	type person struct {
		id   plan.PersonID
		sent int64
	}
	err = s.view(ctx, func(t *tx) error {
		if n, err = one(ctx, t, scanNotice, `SELECT n.kind, n.update_id, n.digest, n.sent_by, n.reason, n.head,
			COALESCE(n.promise, ''), n.step, n.need, COALESCE(p.incident, ''), COALESCE(p.kind, ''), COALESCE(p.due, 0), COALESCE(n.handover, ''), COALESCE(n.rise, ''), n.holding
			FROM notices n LEFT JOIN promises p ON p.id = n.promise WHERE n.id = $1`, id); err != nil {
			return missing(err, comms.Say("notice"), id)
		}
		if n.Rise != "" {
			if n.Risen, err = t.Rise(ctx, n.Rise); err != nil {
				return err
			}
		}
		people, err := all(ctx, t, func(r row) (p person, err error) {
			err = r.Scan(&p.id, &p.sent)
			return p, err
		}, `SELECT person, sent_at FROM notice_people WHERE notice_id = $1 ORDER BY position`, id)
		if err != nil {
			return fmt.Errorf("read who gets notice %s: %w", id, err)
		}
		sent = map[string]bool{}
		for _, p := range people {
			n.To = append(n.To, p.id)
			if p.sent != 0 {
				sent[string(p.id)] = true
			}
		}
		return nil
	})
	return n, sent, err
}

// NoticeSent implements outbox.Store.
func (s *Store) NoticeSent(ctx context.Context, id comms.ID, person string, at time.Time) error {
	return s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE notice_people SET sent_at = $1 WHERE notice_id = $2 AND person = $3 AND sent_at = 0`, micros(at), id, person)
		return err
	})
}

// moot picks the reminders that would come too late: their promise waits for
// nobody any more, or a later reminder of it has gone out; and the rises that
// are over, or of which customers or the team know; and that a drill is due,
// once one was recorded.
const moot = `(n.kind = 'drill' AND EXISTS (SELECT 1 FROM drills d WHERE d.recorded_at >= n.created_at)
	OR n.rise IS NOT NULL AND NOT EXISTS (SELECT 1 FROM link_rises l WHERE l.id = n.rise AND l.ended_at = 0 AND l.told_at = 0 AND l.seen_at = 0)
	OR n.promise IS NOT NULL AND (
	EXISTS (SELECT 1 FROM reminders r WHERE r.promise = n.promise AND r.step > n.step)
	OR NOT EXISTS (SELECT 1 FROM promises p WHERE p.id = n.promise AND (p.state = 'open' OR p.state = 'missed' AND p.answered_at = 0))))`

// Moot implements outbox.Store.
func (s *Store) Moot(ctx context.Context, id comms.ID) (yes bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM notices n WHERE n.id = $1 AND `+moot, id)
		yes = n > 0
		return err
	})
	return yes, err
}

// Unsent implements outbox.Store.
func (s *Store) Unsent(ctx context.Context) (ids []comms.ID, err error) {
	err = s.view(ctx, func(t *tx) error {
		ids, err = all(ctx, t, value[comms.ID], `SELECT n.id FROM notices n
			WHERE n.id IN (SELECT notice_id FROM notice_people WHERE sent_at = 0) AND NOT `+moot+` ORDER BY n.created_at, n.id`)
		return err
	})
	return ids, err
}

// Subject implements outbox.Store: the titles that were submitted, and what the
// desk calls the incident; for a plan, what its author says of it.
func (s *Store) Subject(ctx context.Context, update comms.ID) (about desk.Subject, err error) {
	err = s.view(ctx, func(t *tx) error {
		u, err := t.Update(ctx, update)
		if err != nil {
			return err
		}
		if about, err = t.submittedSubject(ctx, u); err != nil || about.Titles != nil || about.Name != "" {
			return err
		}
		if u.Incident != "" {
			i, err := t.Incident(ctx, u.Incident)
			about.Name = i.Name
			return err
		}
		latest, err := t.Latest(ctx, update)
		about.Name = latest.Draft.Summary
		return err
	})
	return about, err
}

// submittedSubject reads the titles from the submitted words, and the time at
// which they go out.
func (t *tx) submittedSubject(ctx context.Context, u desk.Update) (about desk.Subject, err error) {
	if u.Digest.IsZero() {
		return about, nil
	}
	c, err := t.Content(ctx, u.Digest)
	if err != nil || len(c.Bytes()) == 0 { // redacted
		return about, err
	}
	m, err := c.Message()
	if err != nil || m.Redaction != nil {
		return about, err
	}
	if m.PublishAt != nil {
		about.GoesOut = *m.PublishAt
	}
	about.Titles = m.Titles()
	if m.PlanVersion != nil {
		about.Name = m.PlanVersion.Summary
	}
	if m.Statement != nil {
		about.Name = m.Statement.ID
	}
	return about, nil
}
