package desk

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
)

// PrepareWork starts the updates that a maintenance needs at the start and at
// the end of its window, as drafts that go out then: each is finished,
// submitted and signed like any other. The announcement may still be on its
// way, if the actor alone wrote it.
func (d *Desk) PrepareWork(ctx context.Context, a Actor, incident comms.ID) ([]Update, error) {
	var out []Update
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) error {
		out = nil
		inc, err := tx.Incident(ctx, incident)
		if err != nil {
			return err
		}
		p, _, err := d.under(ctx, tx, inc.ID)
		if err != nil {
			return err
		}
		texts, err := d.work(ctx, tx, a, p, inc)
		if err != nil {
			return err
		}
		for _, text := range texts {
			u, err := d.start(ctx, tx, a, inc.ID, text)
			if err != nil {
				return err
			}
			if err := d.log(ctx, tx, a, "update.prepared", u.ID, "publish_at", text.PublishAt); err != nil {
				return err
			}
			out = append(out, u)
		}
		return nil
	})
	return out, err
}

// work makes the texts of PrepareWork, or refuses.
func (d *Desk) work(ctx context.Context, tx Tx, a Actor, p *plan.Plan, inc Incident) ([]draft.Draft, error) {
	if inc.Kind != comms.KindMaintenance || inc.Phase != comms.PhaseScheduled && inc.Phase != comms.PhaseNone {
		return nil, comms.Refuse(comms.Invalid, "", "only planned work that has not begun has a start and an end to prepare; write the next update instead")
	}
	announced, err := d.announcement(ctx, tx, a, p, inc)
	if err != nil {
		return nil, err
	}
	start, startErr := draft.ParseTime(announced.StartedAt)
	end, endErr := draft.ParseTime(announced.EndedAt)
	switch {
	case startErr != nil || endErr != nil:
		return nil, comms.Refuse(comms.Invalid, "", "the announcement does not say from when to when the work takes place; fill that in and save it first")
	case !end.After(start):
		return nil, comms.Refuse(comms.Invalid, "", "the planned work ends before it starts; choose a later end in the announcement and save it first")
	case !start.After(d.c.Now()):
		return nil, comms.Refuse(comms.Invalid, "", "the work should have begun at %s; write the next update instead", start.Format("2006-01-02 15:04 UTC"))
	}
	var out []draft.Draft
	for _, step := range []struct {
		phase comms.Phase
		state comms.State
		at    time.Time
	}{{comms.PhaseInProgress, comms.Maintenance, start}, {comms.PhaseCompleted, comms.Operational, end}} {
		t, err := pick(p.Following(comms.PhaseScheduled, step.phase, inc.Severity), "")
		if err != nil {
			return nil, err
		}
		text := announced.Clone()
		text.Template, text.Phase, text.PublishAt = t.ID, step.phase, draft.FormatTime(step.at)
		for i := range text.Claims {
			text.Claims[i].State = step.state
		}
		keepDeclared(text.Slots, t)
		fillTimes(text.Slots, t, end)
		out = append(out, text)
	}
	return out, nil
}

// fillTimes fills in the window's end wherever a template asks for a moment
// that nothing else gives: the next update of work under way, and the moment
// at which it was finished.
func fillTimes(slots draft.Slots, t plan.Template, end time.Time) {
	for _, s := range t.Slots {
		switch {
		case s.Type == plan.SlotNextUpdate || s.From == nextUpdate:
			slots.Set(draft.Shared, nextUpdate, draft.FormatTime(end))
		case s.Type == plan.SlotTime && s.From == "" && s.Required:
			slots.Set(draft.Shared, s.Name, draft.FormatTime(end))
		}
	}
}

// announcement is what customers were told of the work, or are to be told by a
// text that the actor alone wrote: words that somebody else wrote and that are
// not published are not taken over (see carryOver). It refuses when the start
// or the end is prepared already.
func (d *Desk) announcement(ctx context.Context, tx Tx, a Actor, p *plan.Plan, inc Incident) (draft.Draft, error) {
	updates, err := tx.UpdatesOf(ctx, inc.ID)
	if err != nil {
		return draft.Draft{}, err
	}
	var text draft.Draft
	for _, u := range updates {
		if u.Over() || u.Kind != comms.MessageUpdate {
			continue
		}
		revisions, err := tx.Revisions(ctx, u.ID)
		if err != nil {
			return draft.Draft{}, err
		}
		latest := revisions[len(revisions)-1].Draft
		if latest.Phase != comms.PhaseScheduled {
			return draft.Draft{}, comms.Refuse(comms.Conflict, "", "an update for the time of the work is being written already; go on from there, or withdraw it first")
		}
		if inc.Head > 0 {
			continue
		}
		if others := slices.IndexFunc(revisions, func(r Revision) bool { return r.Author != a.Person }); others >= 0 {
			author, _ := p.Person(revisions[others].Author)
			return draft.Draft{}, comms.Refuse(comms.Forbidden, "", "%s wrote the announcement, and it is not published yet; let them prepare the start and the end, or wait until it is published", author.Name)
		}
		text = latest.Clone()
	}
	if inc.Head > 0 {
		if text, err = d.carryOver(ctx, tx, inc); err != nil {
			return text, err
		}
	}
	if strings.TrimSpace(text.EndedAt) == "" {
		return text, comms.Refuse(comms.Invalid, "", "the announcement does not say from when to when the work takes place; fill that in and save it first")
	}
	text.PublishAt = ""
	return text, nil
}
