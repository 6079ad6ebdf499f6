package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/server/outbox"
)

const signupColumns = `id, address, lang, choice, asked_at, confirmed_at, subscriber`

func scanSignup(r row) (v comms.Signup, err error) {
	var choice string
	var asked, confirmed int64
	if err = r.Scan(&v.ID, &v.Address, &v.Lang, &choice, &asked, &confirmed, &v.Subscriber); err != nil {
		return v, err
	}
	v.AskedAt, v.ConfirmedAt = fromMicros(asked), fromMicros(confirmed)
	return v, json.Unmarshal([]byte(choice), &v.Choice)
}

// SignUp stores a request for mail and the job that asks for confirmation. It
// does the same work whether or not the address is known. An address that had
// its mails of the day gets no other one: limited is true then, and nothing
// is stored. So it is with full, when too many wait already.
func (s *Store) SignUp(ctx context.Context, v comms.Signup) (limited, full bool, err error) {
	choice, err := encode(v.Choice.Tidy())
	if err != nil {
		return false, false, err
	}
	counted, at := countedAs(v.Address), micros(v.AskedAt)
	err = s.change(ctx, func(t *tx) error {
		if s.dialect.signups != "" {
			if _, err := t.exec(ctx, s.dialect.signups); err != nil {
				return fmt.Errorf("wait for other requests for mail: %w", err)
			}
		}
		waiting, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM signups WHERE `+open)
		if err != nil {
			return fmt.Errorf("count the requests for mail that wait: %w", err)
		}
		if full = waiting >= comms.SignupsWaiting; full {
			return nil
		}
		mails, err := one(ctx, t, value[int], `SELECT COUNT(*) FROM signups WHERE counted_as = $1 AND asked_at > $2`,
			counted, micros(v.AskedAt.Add(-comms.SignupWindow)))
		if err != nil {
			return fmt.Errorf("count the requests for mail to an address: %w", err)
		}
		if limited = mails >= comms.SignupsPerAddress; limited {
			return nil
		}
		if err := t.insert(ctx, "the request for mail", `INSERT INTO signups (id, address, counted_as, lang, choice, asked_at, confirmed_at, subscriber, state, attempt, due, tried_at)
			VALUES ($1, $2, $3, $4, $5, $6, 0, '', 'waiting', 0, $7, 0)`, v.ID, v.Address, counted, v.Lang, choice, at, at); err != nil {
			return err
		}
		if t.s.enqueuer == nil {
			return nil
		}
		if err := t.s.enqueuer.Signups(ctx, t.tx); err != nil {
			return fmt.Errorf("store the job that asks for confirmation: %w", err)
		}
		return nil
	})
	return limited, full, err
}

// Signup returns a request for mail whose time is not over.
func (s *Store) Signup(ctx context.Context, id comms.ID, now time.Time) (v comms.Signup, err error) {
	err = s.view(ctx, func(t *tx) error {
		v, err = t.signup(ctx, id, now, "")
		return err
	})
	return v, err
}

func (t *tx) signup(ctx context.Context, id comms.ID, now time.Time, lock string) (comms.Signup, error) {
	v, err := one(ctx, t, scanSignup, `SELECT `+signupColumns+` FROM signups WHERE id = $1 AND asked_at > $2`+lock, id, micros(now.Add(-comms.SignupLife)))
	return v, missing(err, comms.Say("request for mail"), id)
}

// Confirm makes a request for mail a subscription, or adds the choice to the
// one that its address has, and returns who it is. Confirming again changes
// nothing. A request whose time is over is refused with NotFound.
func (s *Store) Confirm(ctx context.Context, id comms.ID, c comms.Choice, now time.Time) (subscriber comms.ID, err error) {
	confirm := func(t *tx) error {
		v, err := t.signup(ctx, id, now, s.dialect.forRow)
		if err != nil {
			return err
		}
		if subscriber = v.Subscriber; subscriber != "" {
			return nil
		}
		known, err := t.atAddress(ctx, v.Address)
		if err != nil {
			return fmt.Errorf("look for a subscription: %w", err)
		}
		switch {
		case known.ID == "":
			subscriber = comms.NewID()
			err = t.addSubscriber(ctx, comms.Subscriber{ID: subscriber, Address: v.Address, Lang: v.Lang, Choice: c.Tidy(), ConfirmedAt: now})
		case known.Choice.With(c).Equal(known.Choice):
			subscriber = known.ID
		default:
			subscriber = known.ID
			err = t.choose(ctx, known.ID, known.Choice.With(c), now)
		}
		if err != nil {
			return err
		}
		_, err = t.exec(ctx, `UPDATE signups SET confirmed_at = $1, subscriber = $2 WHERE id = $3`, micros(now), subscriber, id)
		return err
	}
	err = s.change(ctx, confirm)
	if comms.CodeOf(err) == comms.Conflict { // another request of the same address came first
		err = s.change(ctx, confirm)
	}
	return subscriber, err
}

// ClaimSignups implements outbox.Store.
func (s *Store) ClaimSignups(ctx context.Context, limit int, now time.Time, lease time.Duration) (vs []outbox.Signup, err error) {
	err = s.change(ctx, func(t *tx) error {
		until := now.Add(lease)
		ids, err := all(ctx, t, value[comms.ID], `WITH next AS (SELECT id FROM signups WHERE due <= $1 AND `+open+` ORDER BY due, id LIMIT $2`+s.dialect.skipLocked+`)
			UPDATE signups SET state = 'sending', attempt = attempt + 1, due = $3, tried_at = $4
			WHERE id IN (SELECT id FROM next) AND +due <= $5 AND `+open+` RETURNING id`,
			micros(now), limit, micros(until), micros(now), micros(now))
		if err != nil {
			return fmt.Errorf("claim requests for mail: %w", err)
		}
		for _, id := range ids {
			v := outbox.Signup{Lease: until}
			if v.Signup, err = one(ctx, t, scanSignup, `SELECT `+signupColumns+` FROM signups WHERE id = $1`, id); err != nil {
				return err
			}
			if v.Attempt, err = one(ctx, t, value[int], `SELECT attempt FROM signups WHERE id = $1`, id); err != nil {
				return err
			}
			if v.Known, err = t.atAddress(ctx, v.Address); err != nil {
				return err
			}
			vs = append(vs, v)
		}
		return nil
	})
	return vs, err
}

// SettleSignup implements outbox.Store.
func (s *Store) SettleSignup(ctx context.Context, v outbox.Signup, o outbox.Outcome) error {
	return s.change(ctx, func(t *tx) error {
		_, err := t.exec(ctx, `UPDATE signups SET state = $1, due = CASE WHEN $2 = 0 THEN due ELSE CAST($3 AS BIGINT) END
			WHERE id = $4 AND state = 'sending' AND attempt = $5 AND due = $6`,
			o.State, boolean(o.State == outbox.Waiting), micros(o.Next), v.ID, v.Attempt, micros(v.Lease))
		if err != nil {
			return fmt.Errorf("settle the mail of request %s: %w", v.ID, err)
		}
		return nil
	})
}

// NextSignup implements outbox.Store.
func (s *Store) NextSignup(ctx context.Context) (at time.Time, ok bool, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err := one(ctx, t, value[sql.NullInt64], `SELECT MIN(due) FROM signups WHERE `+open)
		at, ok = fromMicros(n.Int64), n.Valid
		return err
	})
	return at, ok, err
}

// SignupsTried implements outbox.Store.
func (s *Store) SignupsTried(ctx context.Context, since time.Time) (n int, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err = one(ctx, t, value[int], `SELECT COUNT(*) FROM signups WHERE tried_at > $1`, micros(since))
		return err
	})
	return n, err
}

// Following counts subscribers and requests for mail; Asked, Confirmed and Left
// since a time.
func (s *Store) Following(ctx context.Context, since time.Time) (f comms.Following, err error) {
	f.Languages = map[comms.Lang]int{}
	at := micros(since)
	err = s.view(ctx, func(t *tx) error {
		for _, q := range []struct {
			into  *int
			query string
			args  []any
		}{
			{&f.Everything, `subscribers s WHERE ended_at = 0 AND EXISTS (SELECT 1 FROM follows f WHERE f.subscriber_id = s.id AND f.what = 'everything')`, nil},
			{&f.Chosen, `subscribers s WHERE ended_at = 0 AND EXISTS (SELECT 1 FROM follows f WHERE f.subscriber_id = s.id AND f.what IN ('group', 'component'))`, nil},
			{&f.Ends, `subscribers s WHERE ended_at = 0 AND NOT EXISTS (SELECT 1 FROM follows f WHERE f.subscriber_id = s.id AND f.what <> 'incident')`, nil},
			{&f.IncidentsOnly, `subscribers WHERE ended_at = 0 AND kind = 'incident'`, nil},
			{&f.PlannedOnly, `subscribers WHERE ended_at = 0 AND kind = 'maintenance'`, nil},
			{&f.Asked, `signups WHERE asked_at > $1`, []any{at}},
			{&f.Confirmed, `subscribers WHERE confirmed_at > $1`, []any{at}},
			{&f.Left, `subscribers WHERE ended_at > $1`, []any{at}},
			{&f.Unconfirmed, `signups WHERE confirmed_at = 0`, nil},
			{&f.Waiting, `signups WHERE ` + open, nil},
			{&f.Undue, `signups WHERE state = 'dead'`, nil},
		} {
			if *q.into, err = one(ctx, t, value[int], `SELECT COUNT(*) FROM `+q.query, q.args...); err != nil {
				return fmt.Errorf("count subscribers: %w", err)
			}
		}
		type count struct {
			lang comms.Lang
			n    int
		}
		rows, err := all(ctx, t, func(r row) (c count, err error) { err = r.Scan(&c.lang, &c.n); return c, err },
			`SELECT lang, COUNT(*) FROM subscribers WHERE ended_at = 0 GROUP BY lang`)
		for _, c := range rows {
			f.Languages[c.lang] = c.n
			f.Subscribers += c.n
		}
		return err
	})
	return f, err
}
