package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
)

// AddSubscriber stores a subscriber who has confirmed. An address that gets
// mail already is refused with Conflict; one that has left may come back under
// a new identifier.
func (s *Store) AddSubscriber(ctx context.Context, v comms.Subscriber) error {
	return s.change(ctx, func(t *tx) error { return t.addSubscriber(ctx, v) })
}

func (t *tx) addSubscriber(ctx context.Context, v comms.Subscriber) error {
	if err := t.insert(ctx, "the subscriber", `INSERT INTO subscribers (id, address, lang, kind, confirmed_at, changed_at, ended_at)
		VALUES ($1, $2, $3, $4, $5, 0, 0)`, v.ID, v.Address, v.Lang, v.Choice.Kind, micros(v.ConfirmedAt)); err != nil {
		return err
	}
	return t.follow(ctx, v.ID, v.Choice, v.ConfirmedAt)
}

// follows lists what is chosen as rows.
func follows(c comms.Choice) (rows [][2]string) {
	if c.Everything {
		rows = append(rows, [2]string{"everything", ""})
	}
	for _, g := range c.Groups {
		rows = append(rows, [2]string{"group", g})
	}
	for _, id := range c.Components {
		rows = append(rows, [2]string{"component", string(id)})
	}
	for _, id := range c.Incidents {
		rows = append(rows, [2]string{"incident", string(id)})
	}
	return rows
}

// follow adds what the subscriber does not follow yet.
func (t *tx) follow(ctx context.Context, id comms.ID, c comms.Choice, at time.Time) error {
	for _, f := range follows(c.Tidy()) {
		if err := t.insert(ctx, "what the subscriber follows", `INSERT INTO follows (subscriber_id, what, name, since) VALUES ($1, $2, $3, $4)
			ON CONFLICT DO NOTHING`, id, f[0], f[1], micros(at)); err != nil {
			return err
		}
	}
	return nil
}

// choose replaces what the subscriber follows. What stays is followed since
// when it was.
func (t *tx) choose(ctx context.Context, id comms.ID, c comms.Choice, at time.Time) error {
	have, err := t.choice(ctx, id, c.Kind)
	if err != nil {
		return err
	}
	want := follows(c.Tidy())
	for _, f := range follows(have) {
		if slices.Contains(want, f) {
			continue
		}
		if _, err := t.exec(ctx, `DELETE FROM follows WHERE subscriber_id = $1 AND what = $2 AND name = $3`, id, f[0], f[1]); err != nil {
			return fmt.Errorf("end what subscriber %s follows: %w", id, err)
		}
	}
	if err := t.follow(ctx, id, c, at); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE subscribers SET kind = $1, changed_at = $2 WHERE id = $3`, c.Kind, micros(at), id); err != nil {
		return fmt.Errorf("change the subscription %s: %w", id, err)
	}
	return nil
}

// Choose replaces what a subscriber gets, and in which language.
func (s *Store) Choose(ctx context.Context, id comms.ID, lang comms.Lang, c comms.Choice, at time.Time) error {
	return s.change(ctx, func(t *tx) error {
		n, err := t.exec(ctx, `UPDATE subscribers SET lang = $1 WHERE id = $2 AND ended_at = 0`, lang, id)
		if err != nil {
			return fmt.Errorf("change the subscription %s: %w", id, err)
		}
		if n == 0 {
			return comms.Refuse(comms.NotFound, "", "there is no subscription %s", id)
		}
		return t.choose(ctx, id, c, at)
	})
}

// Unsubscribe ends a subscription and erases the address, here and in every
// request for mail; ending it again changes nothing.
func (s *Store) Unsubscribe(ctx context.Context, id comms.ID, at time.Time) error {
	return s.change(ctx, func(t *tx) error {
		if _, err := t.exec(ctx, `DELETE FROM signups WHERE LOWER(address) = (SELECT LOWER(address) FROM subscribers WHERE id = $1 AND ended_at = 0)`, id); err != nil {
			return fmt.Errorf("erase the requests of subscriber %s: %w", id, err)
		}
		n, err := t.exec(ctx, `UPDATE subscribers SET address = '', ended_at = CASE WHEN ended_at = 0 THEN CAST($1 AS BIGINT) ELSE ended_at END WHERE id = $2`, micros(at), id)
		if err != nil {
			return fmt.Errorf("end the subscription %s: %w", id, err)
		}
		if n == 0 {
			return comms.Refuse(comms.NotFound, "", "there is no subscription %s", id)
		}
		return nil
	})
}

// Subscriber returns a subscriber, also one who has left.
func (s *Store) Subscriber(ctx context.Context, id comms.ID) (v comms.Subscriber, err error) {
	err = s.view(ctx, func(t *tx) error {
		v, err = t.subscriber(ctx, `id = $1`, id)
		return missing(err, comms.Say("subscription"), id)
	})
	return v, err
}

func (t *tx) subscriber(ctx context.Context, where string, arg any) (comms.Subscriber, error) {
	v, err := one(ctx, t, scanSubscriber, `SELECT id, address, lang, kind, confirmed_at, changed_at, ended_at FROM subscribers WHERE `+where, arg)
	if err == nil {
		v.Choice, err = t.choice(ctx, v.ID, v.Choice.Kind)
	}
	return v, err
}

// atAddress finds who gets mail at an address now; the zero value for nobody.
func (t *tx) atAddress(ctx context.Context, address string) (comms.Subscriber, error) {
	v, err := t.subscriber(ctx, `LOWER(address) = LOWER($1) AND ended_at = 0`, address)
	if errors.Is(err, sql.ErrNoRows) {
		return comms.Subscriber{}, nil
	}
	return v, err
}

func (t *tx) choice(ctx context.Context, id comms.ID, kind comms.Kind) (comms.Choice, error) {
	c := comms.Choice{Kind: kind}
	rows, err := all(ctx, t, func(r row) (f [2]string, err error) {
		err = r.Scan(&f[0], &f[1])
		return f, err
	}, `SELECT what, name FROM follows WHERE subscriber_id = $1 ORDER BY what, name`, id)
	for _, f := range rows {
		switch f[0] {
		case "everything":
			c.Everything = true
		case "group":
			c.Groups = append(c.Groups, f[1])
		case "component":
			c.Components = append(c.Components, comms.ComponentID(f[1]))
		case "incident":
			c.Incidents = append(c.Incidents, comms.ID(f[1]))
		}
	}
	return c, err
}

func scanSubscriber(r row) (v comms.Subscriber, err error) {
	var confirmed, changed, ended int64
	err = r.Scan(&v.ID, &v.Address, &v.Lang, &v.Choice.Kind, &confirmed, &changed, &ended)
	v.ConfirmedAt, v.ChangedAt, v.EndedAt = fromMicros(confirmed), fromMicros(changed), fromMicros(ended)
	return v, err
}

// SubscriberCount counts those who get mail.
func (s *Store) SubscriberCount(ctx context.Context) (n int, err error) {
	err = s.view(ctx, func(t *tx) error {
		n, err = one(ctx, t, value[int], `SELECT COUNT(*) FROM subscribers WHERE ended_at = 0`)
		return err
	})
	return n, err
}

// Kept is everything that is kept about a subscriber, for themselves.
func (s *Store) Kept(ctx context.Context, id comms.ID) (h comms.Kept, err error) {
	err = s.view(ctx, func(t *tx) error {
		if h.Subscriber, err = t.subscriber(ctx, `id = $1`, id); err != nil {
			return missing(err, comms.Say("subscription"), id)
		}
		if h.Signups, err = all(ctx, t, scanSignup, `SELECT `+signupColumns+` FROM signups
			WHERE address <> '' AND LOWER(address) = LOWER($1) ORDER BY asked_at, id`, h.Subscriber.Address); err != nil {
			return err
		}
		h.Mails, err = all(ctx, t, func(r row) (m comms.Told, err error) {
			var at int64
			err = r.Scan(&m.Publication, &m.State, &at)
			m.At = fromMicros(at)
			return m, err
		}, `SELECT publication, state, settled_at FROM deliveries WHERE subscriber = $1 ORDER BY publication`, id)
		return err
	})
	return h, err
}

// Tidy deletes the requests for mail whose time is over, and ends what people
// followed of incidents that ended comms.EndKept ago. It tells how many
// requests it deleted and how many subscriptions it ended.
func (s *Store) Tidy(ctx context.Context, now time.Time) (purged, ended int64, err error) {
	err = s.change(ctx, func(t *tx) error {
		if purged, err = t.exec(ctx, `DELETE FROM signups WHERE asked_at <= $1`, micros(now.Add(-comms.SignupLife))); err != nil {
			return fmt.Errorf("delete the requests for mail whose time is over: %w", err)
		}
		ids, err := t.overlong(ctx, now)
		if err != nil {
			return err
		}
		for _, id := range ids {
			left, err := t.endIncidents(ctx, id, now)
			if err != nil {
				return fmt.Errorf("end what subscriber %s follows: %w", id, err)
			}
			ended += left
		}
		return nil
	})
	return purged, ended, err
}

// tidiedAtOnce bounds one round of Tidy; the next takes the rest.
const tidiedAtOnce = 500

const closedLong = `SELECT i.id FROM incidents i JOIN publications p ON p.number = i.head WHERE p.at <= $1 AND i.phase IN (`

// overlong lists subscribers who follow the end of an incident that ended long ago.
func (t *tx) overlong(ctx context.Context, now time.Time) ([]comms.ID, error) {
	closed := anys(closedPhases())
	args := append([]any{micros(now.Add(-comms.EndKept))}, closed...)
	ids, err := all(ctx, t, value[comms.ID], `SELECT DISTINCT s.id FROM subscribers s JOIN follows f ON f.subscriber_id = s.id
		WHERE s.ended_at = 0 AND f.what = 'incident' AND f.name IN (`+closedLong+places(2, len(closed))+`)) ORDER BY s.id LIMIT `+places(len(args)+1, 1),
		append(args, tidiedAtOnce)...)
	if err != nil {
		return nil, fmt.Errorf("list who follows incidents that are over: %w", err)
	}
	return ids, nil
}

// endIncidents takes the incidents out that ended long ago; with nothing else
// left, the subscription ends (then left is 1), and keeps them as what it was.
func (t *tx) endIncidents(ctx context.Context, id comms.ID, now time.Time) (left int64, err error) {
	closed := anys(closedPhases())
	args := append([]any{micros(now.Add(-comms.EndKept))}, closed...)
	over := `subscriber_id = ` + places(len(args)+1, 1) + ` AND what = 'incident' AND name IN (` + closedLong + places(2, len(closed)) + `))`
	args = append(args, id)
	rest, err := one(ctx, t, value[int], `SELECT (SELECT COUNT(*) FROM follows WHERE subscriber_id = `+places(len(args)+1, 1)+`) - (SELECT COUNT(*) FROM follows WHERE `+over+`)`,
		append(args, id)...)
	if err != nil {
		return 0, err
	}
	if rest == 0 {
		return t.exec(ctx, `UPDATE subscribers SET address = '', ended_at = $1 WHERE id = $2`, micros(now), id)
	}
	if _, err := t.exec(ctx, `DELETE FROM follows WHERE `+over, args...); err != nil {
		return 0, err
	}
	_, err = t.exec(ctx, `UPDATE subscribers SET changed_at = $1 WHERE id = $2`, micros(now), id)
	return 0, err
}

// countedAs is the address as limits count it: what its owner may vary freely,
// its case and a tag after a plus, makes no other one.
func countedAs(address string) string {
	address = strings.ToLower(address)
	at := strings.LastIndexByte(address, '@')
	local, domain := address[:max(at, 0)], address[max(at, 0):]
	if plus := strings.IndexByte(local, '+'); plus > 0 {
		local = local[:plus]
	}
	return local + domain
}
