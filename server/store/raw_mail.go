package store

import (
	"context"
	"encoding/json"

	"github.com/countersign/countersign/comms"
)

// RawFanout is a row of fanouts, with how many deliveries there are.
type RawFanout struct {
	Publication, Cutoff, DoneAt int64
	Kind, Plan                  string
	Components                  []comms.ComponentID
	Made, Found                 int64
}

// Fanouts lists every fan-out.
func (r Raw) Fanouts(ctx context.Context) ([]RawFanout, error) {
	return all(ctx, r.t, func(r row) (f RawFanout, err error) {
		var components string
		if err = r.Scan(&f.Publication, &f.Cutoff, &f.DoneAt, &f.Kind, &f.Plan, &components, &f.Made, &f.Found); err != nil {
			return f, err
		}
		// What is not a list of components is no audience, and found as such.
		if json.Unmarshal([]byte(components), &f.Components) != nil {
			f.Components = nil
		}
		return f, nil
	}, `SELECT publication, cutoff, done_at, kind, plan, components, made,
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

// Outside lists the deliveries of a publication to subscribers who are not in
// an audience of these components.
func (r Raw) Outside(ctx context.Context, publication int64, components []comms.ComponentID) ([]Astray, error) {
	args := append(anys(components), publication)
	return all(ctx, r.t, scanAstray, `SELECT d.publication, d.subscriber, d.way, 'the subscriber is not in its audience'
		FROM subscribers s JOIN deliveries d ON d.subscriber = s.id
		WHERE NOT `+inAudience(1, components)+` AND d.publication = `+places(len(args), 1)+` ORDER BY d.subscriber, d.way`, args...)
}

// Missed lists the deliveries that a fan-out which is done should have made to
// an audience of these components, and did not. Who came or left within a
// minute of it is left out, because clocks and commits may differ by that.
func (r Raw) Missed(ctx context.Context, f RawFanout) ([]Astray, error) {
	const minute = 60_000_000
	if f.DoneAt == 0 {
		return nil, nil
	}
	args := append([]any{f.Publication, way, f.Cutoff - minute, f.DoneAt + minute}, anys(f.Components)...)
	args = append(args, f.Publication)
	return all(ctx, r.t, scanAstray, `SELECT CAST($1 AS BIGINT), s.id, CAST($2 AS TEXT), 'the fan-out is done, and this delivery is missing'
		FROM subscribers s WHERE s.confirmed_at <= $3 AND (s.ended_at = 0 OR s.ended_at > $4) AND `+inAudience(5, f.Components)+`
		AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.publication = `+places(len(args), 1)+` AND d.subscriber = s.id) ORDER BY s.id`, args...)
}

func scanAstray(r row) (a Astray, err error) {
	err = r.Scan(&a.Publication, &a.Subscriber, &a.Way, &a.Why)
	return a, err
}
