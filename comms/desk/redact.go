package desk

import (
	"cmp"
	"context"
	"maps"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Redact starts a redaction: a message that takes the words of a publication
// away from every surface and from the database, and leaves its states, times
// and digest. Where one is on its way already, that one is returned.
func (d *Desk) Redact(ctx context.Context, a Actor, publication int64) (Update, error) {
	var u Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		old, err := tx.Publication(ctx, publication)
		if err != nil {
			return err
		}
		if err := signoff.Redactable(old); err != nil {
			return err
		}
		incident := old.Message().Incident.ID
		updates, err := tx.UpdatesOf(ctx, incident)
		if err != nil {
			return err
		}
		for _, one := range updates {
			if one.Kind != comms.MessageRedaction || one.Over() {
				continue
			}
			latest, err := tx.Latest(ctx, one.ID)
			if err != nil {
				return err
			}
			if latest.Draft.Redacts == publication {
				u = one
				return nil
			}
		}
		u, err = d.start(ctx, tx, a, incident, draft.Draft{Kind: comms.MessageRedaction, Slots: draft.Slots{}, Redacts: publication})
		return err
	})
	return u, err
}

// rename calls an incident by the components that it affects, else by its
// identifier: what people called it may have the words that are taken away.
func (d *Desk) rename(ctx context.Context, tx Tx, inc *Incident, claims []comms.Claim) error {
	p, _, err := d.plan(ctx, tx)
	if err != nil {
		return err
	}
	var names []string
	for _, c := range claims {
		if one, ok := p.Catalogue.Component(c.Component); ok {
			name, _ := one.Name.In(p.Catalogue.Source, p.Catalogue.Source)
			names = append(names, name)
		}
	}
	inc.Name = cmp.Or(strings.Join(names, ", "), string(inc.ID))
	return nil
}

// forget takes the words of a publication out of the texts of its incident
// that are still being written: what repeats one of them word for word, as the
// next update does that was begun from it, loses that field. The author of the
// redaction is an author of the text from then on.
func (d *Desk) forget(ctx context.Context, tx Tx, a Actor, b bench, redaction signoff.Publication) error {
	update := redaction.Message().Redaction.Remains.Update
	revisions, err := tx.Revisions(ctx, update)
	if err != nil {
		return err
	}
	gone := map[string]bool{}
	for _, r := range revisions {
		for lang, values := range r.Draft.Slots {
			for _, v := range values {
				gone[v] = gone[v] || lang != draft.Shared
			}
		}
	}
	updates, err := tx.UpdatesOf(ctx, b.place.update.Incident)
	if err != nil {
		return err
	}
	for _, u := range updates {
		if u.Over() || u.Kind == comms.MessageRedaction {
			continue
		}
		if err := d.forgetIn(ctx, tx, a, u, gone, b.authors[0]); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) forgetIn(ctx context.Context, tx Tx, a Actor, u Update, gone map[string]bool, author plan.PersonID) error {
	latest, err := tx.Latest(ctx, u.ID)
	if err != nil {
		return err
	}
	if latest, err = settle(ctx, tx, latest); err != nil {
		return err
	}
	text := latest.Draft.Clone()
	changed := false
	for lang, values := range text.Slots {
		maps.DeleteFunc(values, func(_, v string) bool {
			repeats := lang != draft.Shared && gone[v]
			changed = changed || repeats
			return repeats
		})
	}
	if !changed {
		return nil
	}
	if err := d.reopen(ctx, tx, a, u); err != nil {
		return err
	}
	if u, err = tx.Update(ctx, u.ID); err != nil {
		return err
	}
	u.Note = "it repeated words that were removed; they are taken out here as well, so write these fields anew"
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return err
	}
	if err := tx.AddRevision(ctx, Revision{Update: u.ID, Number: latest.Number + 1, Author: author, At: d.c.Now(), Draft: text}); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "update.redacted", u.ID)
}
