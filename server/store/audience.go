package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"

	"github.com/countersign/countersign/comms"
)

// audience is whom a publication tells: those who follow everything, one of
// its components or one of their groups, of its kind; and those who wait for
// the end of its incident, if it tells of that.
type audience struct {
	kind       comms.Kind
	components []comms.ComponentID
	circles    []string // groups
	ends       comms.ID // "" for none
}

// forever is a time that everything came before.
const forever = math.MaxInt64

// rule is the audience as SQL about subscriber s, who follows what counts
// since before a time; its places begin at from.
func (a audience) rule(from int, before int64) (string, []any) {
	args := []any{before, string(a.kind)}
	list := func(vs []any) string {
		p := places(from+len(args), len(vs))
		args = append(args, vs...)
		return p
	}
	components, circles := list(anys(a.components)), list(anys(a.circles))
	ends := list([]any{string(a.ends)})
	return fmt.Sprintf(`EXISTS (SELECT 1 FROM follows f WHERE f.subscriber_id = s.id AND f.since <= $%d
		AND (s.kind IN ('', $%d) AND (f.what = 'everything' OR f.what = 'component' AND f.name IN (%s) OR f.what = 'group' AND f.name IN (%s))
			OR f.what = 'incident' AND f.name = %s))`, from, from+1, components, circles, ends), args
}

// audience is whom the message tells, by its own rule, the groups of the plan
// in force, and what it ends. A correction of an end reaches those whom the
// end reached.
func (t *tx) audience(ctx context.Context, m comms.Message) (audience, error) {
	a := audience{kind: m.Audience.Kind, components: m.Audience.Components, circles: []string{}}
	p, err := t.PlanInForce(ctx)
	if err != nil {
		return a, fmt.Errorf("read the plan in force: %w", err)
	}
	if v := p.Message().PlanVersion; v != nil {
		a.circles = append(a.circles, v.Catalogue.GroupsOf(a.components)...)
	}
	switch {
	case m.Incident == nil:
	case m.Kind == comms.MessageUpdate && m.Incident.Phase.Ends():
		a.ends = m.Incident.ID
	case m.Correction != nil:
		ends, err := one(ctx, t, value[comms.ID], `SELECT ends FROM fanouts WHERE publication = $1`, m.Correction.Publication)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return a, fmt.Errorf("read whom publication %d told: %w", m.Correction.Publication, err)
		}
		a.ends = ends
	}
	return a, nil
}
