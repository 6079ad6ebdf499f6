package store

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/countersign/countersign/comms"
)

// RawFanout is a row of fanouts, with how many deliveries there are.
type RawFanout struct {
	Publication, Cutoff, DoneAt int64
	Kind, Plan, Ends            string
	Components                  []comms.ComponentID
	Circles                     []string
	Made, Found                 int64
}

// Fanouts lists every fan-out.
func (r Raw) Fanouts(ctx context.Context) ([]RawFanout, error) {
	return all(ctx, r.t, func(r row) (f RawFanout, err error) {
		var components, circles string
		if err = r.Scan(&f.Publication, &f.Cutoff, &f.DoneAt, &f.Kind, &f.Plan, &components, &circles, &f.Ends, &f.Made, &f.Found); err != nil {
			return f, err
		}
		// What is not a list of components is no audience, and found as such.
		if json.Unmarshal([]byte(components), &f.Components) != nil {
			f.Components = nil
		}
		if json.Unmarshal([]byte(circles), &f.Circles) != nil {
			f.Circles = nil
		}
		return f, nil
	}, `SELECT publication, cutoff, done_at, kind, plan, components, circles, ends, made,
		(SELECT COUNT(*) FROM deliveries d WHERE d.publication = f.publication) FROM fanouts f ORDER BY publication`)
}

// Astray is a delivery that cannot have come about as it stands.
type Astray struct {
	Publication     int64
	Subscriber, Way string
	Why             string
}

// Astray lists the deliveries that belong to no publication, are from before
// it or after its fan-out had ended, are for somebody who had not confirmed by
// then, or are settled without ever having been claimed.
func (r Raw) Astray(ctx context.Context) ([]Astray, error) {
	return all(ctx, r.t, scanAstray, `SELECT publication, subscriber, way, why FROM (
		SELECT d.publication, d.subscriber, d.way, CASE
			WHEN p.number IS NULL THEN 'there is no such publication'
			WHEN f.publication IS NULL THEN 'the publication has no fan-out'
			WHEN d.created_at < p.at OR d.settled_at <> 0 AND d.settled_at < p.at THEN 'it is older than its publication'
			WHEN f.done_at <> 0 AND d.created_at > f.done_at THEN 'it was made after the fan-out of its publication had ended'
			WHEN s.id IS NULL THEN 'there is no such subscriber'
			WHEN s.confirmed_at > p.at THEN 'the subscriber confirmed after the publication'
			WHEN d.state IN ('sent', 'dead') AND d.attempt = 0 THEN 'it is settled, and nobody ever claimed it'
			WHEN (d.state IN ('sent', 'dead')) <> (d.settled_at <> 0) THEN 'it is in the state ' || d.state || ', which its time of settling denies'
			ELSE '' END AS why
		FROM deliveries d LEFT JOIN publications p ON p.number = d.publication LEFT JOIN fanouts f ON f.publication = d.publication
		LEFT JOIN subscribers s ON s.id = d.subscriber) AS looked
		WHERE why <> '' ORDER BY publication, subscriber, way`)
}

const minute = 60_000_000 // microseconds

// Outside lists the deliveries of a publication to subscribers who are not in
// its audience. Who chose anew since may have been in it, which nothing can
// prove, so they are left out.
func (r Raw) Outside(ctx context.Context, f RawFanout) ([]Astray, error) {
	rule, args := f.audience().rule(2, f.Cutoff)
	return all(ctx, r.t, scanAstray, `SELECT d.publication, d.subscriber, d.way, 'the subscriber is not in its audience'
		FROM subscribers s JOIN deliveries d ON d.subscriber = s.id
		WHERE d.publication = $1 AND (s.changed_at = 0 OR s.changed_at < d.created_at - `+fmt.Sprint(minute)+`) AND NOT `+rule+` ORDER BY d.subscriber, d.way`,
		append([]any{f.Publication}, args...)...)
}

// Missed lists the deliveries that a fan-out which is done should have made to
// its audience, and did not. Who came or left within a minute of it is left
// out, because clocks and commits may differ by that, and who chose anew since.
func (r Raw) Missed(ctx context.Context, f RawFanout) ([]Astray, error) {
	if f.DoneAt == 0 {
		return nil, nil
	}
	before := f.Cutoff - minute
	rule, args := f.audience().rule(7, before)
	return all(ctx, r.t, scanAstray, `SELECT CAST($1 AS BIGINT), s.id, CAST($2 AS TEXT), 'the fan-out is done, and this delivery is missing'
		FROM subscribers s WHERE s.confirmed_at <= $3 AND s.changed_at <= $4 AND (s.ended_at = 0 OR s.ended_at > $5)
		AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.publication = $6 AND d.subscriber = s.id) AND `+rule+` ORDER BY s.id`,
		append([]any{f.Publication, way, before, before, f.DoneAt + minute, f.Publication}, args...)...)
}

func (f RawFanout) audience() audience {
	return audience{comms.Kind(f.Kind), f.Components, f.Circles, comms.ID(f.Ends)}
}

func scanAstray(r row) (a Astray, err error) {
	err = r.Scan(&a.Publication, &a.Subscriber, &a.Way, &a.Why)
	return a, err
}
