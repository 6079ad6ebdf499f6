package desk

import (
	"context"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Submit asks for the signatures. The exact message is stored and its
// requirements are written down. base is the revision that the submitter saw.
// A blocking finding refuses with *Blocked, a warning that stands with
// *Undecided where the plan asks.
func (d *Desk) Submit(ctx context.Context, a Actor, update comms.ID, base int) (Update, error) {
	return d.SubmitWith(ctx, a, update, base, nil)
}

// SubmitWith is Submit with the reasons why findings may stand: of warnings,
// and of what a second person has to waive when signing. What was said of the
// same finding at an earlier submission need not be said again.
func (d *Desk) SubmitWith(ctx context.Context, a Actor, update comms.ID, base int, reasons Reasons) (Update, error) {
	var u Update
	var stale *Stale
	err := d.write(ctx, a, func(tx Tx, p *plan.Plan) error {
		stale = nil
		var latest Revision
		var err error
		if u, latest, err = editable(ctx, tx, update); err != nil {
			return err
		}
		if u.Waits() {
			return comms.Refuse(comms.Conflict, "", "signatures for this update are asked for already")
		}
		if err := d.declare(ctx, tx, a, u); err != nil {
			return err
		}
		if latest, err = settle(ctx, tx, latest); err != nil {
			return err
		}
		if latest.Number != base {
			stale = &Stale{Mine: latest.Draft, Theirs: latest}
			return nil // what was typed meanwhile is a revision now, and stays one
		}
		if _, err := latest.Draft.Schedule(d.c.Now()); err != nil {
			return err
		}
		at, err := d.place(ctx, tx, u, latest.Draft)
		if err != nil {
			return err
		}
		if at.prior != nil && !at.prior.Waits() {
			return comms.Refuse(comms.Invalid, "publish_at", "another update of this goes out before this one and has not been submitted yet; submit that one first, or withdraw it")
		}
		preview := d.preview(at, latest.Draft, readerOf(p, a.Person))
		if preview.Err != nil {
			return preview.Err
		}
		stand, err := d.admissible(ctx, tx, a, at, latest.Draft, preview, reasons)
		if err != nil {
			return err
		}
		if s := preview.Message.Statement; s != nil {
			if err := signoff.Approvable(*s, at.plan, d.c.Now()); err != nil {
				return err
			}
		}
		requirements, able, err := d.require(ctx, tx, at, preview.Message)
		if err != nil {
			return err
		}
		u.State, u.Digest, u.Note = InReview, preview.Content.Digest(), ""
		u.SubmittedAt, u.SubmittedBy = d.c.Now(), a.Person
		if u, err = d.putInReview(ctx, tx, u, preview.Content, requirements); err != nil {
			return err
		}
		if err := d.let(ctx, tx, a, stand); err != nil {
			return err
		}
		if err := d.askToSign(ctx, tx, a, u, able); err != nil {
			return err
		}
		return d.log(ctx, tx, a, "update.submitted", u.ID, "digest", u.Digest.String())
	})
	if err == nil && stale != nil {
		return u, stale
	}
	return u, err
}

func (d *Desk) putInReview(ctx context.Context, tx Tx, u Update, content comms.Content, requirements []plan.Requirement) (Update, error) {
	if err := tx.AddContent(ctx, content); err != nil {
		return u, err
	}
	rows := make([]Requirement, len(requirements))
	for i, r := range requirements {
		rows[i] = Requirement{Update: u.ID, Digest: u.Digest, Index: i, Requirement: r}
	}
	if err := tx.AddRequirements(ctx, rows); err != nil {
		return u, err
	}
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return u, err
	}
	return tx.Update(ctx, u.ID)
}

// admissible refuses what the language rules or the plan's own checks stop, and
// lists what the submitter lets stand.
func (d *Desk) admissible(ctx context.Context, tx Tx, a Actor, at place, text draft.Draft, preview Preview, reasons Reasons) ([]Waiver, error) {
	if at.update.Kind != comms.MessagePlan {
		return d.decide(ctx, tx, a, at, preview, reasons)
	}
	if behind, err := d.behindOf(ctx, tx, at.update, text); err != nil {
		return nil, err
	} else if behind != nil {
		return nil, comms.Refuse(comms.Overtaken, "files", "version %d of the plan is in force since this was begun, and this would take back what it changed; bring the change up to date first", behind.InForce)
	}
	if problems := plan.Check(preview.Message.PlanVersion.Files, lint.Judge(readerOf(at.plan, a.Person))); problems.Blocks() {
		return nil, problems
	}
	return nil, nil
}

// require works out which signatures are needed and who can give them, and
// refuses when nobody is left who could give one of them.
func (d *Desk) require(ctx context.Context, tx Tx, at place, m comms.Message) (requirements []plan.Requirement, able []plan.PersonID, err error) {
	var proposed *plan.Plan
	if m.Kind == comms.MessagePlan {
		if proposed, err = plan.Read(m.PlanVersion.Files); err != nil {
			return nil, nil, err
		}
	}
	requirements, err = signoff.Requirements(m, at.severity(), at.plan, proposed)
	if err != nil {
		return nil, nil, err
	}
	authors, err := tx.Authors(ctx, at.update.ID)
	if err != nil {
		return nil, nil, err
	}
	barred, err := tx.Barred(ctx, holders(at.plan, requirements))
	if err != nil {
		return nil, nil, err
	}
	for _, r := range requirements {
		may := candidates(at.plan, r, authors, barred)
		if len(may) == 0 {
			return nil, nil, comms.Refuse(comms.Unsigned, "", "nobody can give the signature for %s: everybody who holds %s wrote this text or has no account; let somebody else write it, or add an account", r.Kind.Said(), at.plan.MayGive(r))
		}
		able = everybody(able, may)
	}
	return requirements, able, nil
}

// holders lists everybody whose role may fill one of the requirements.
func holders(p *plan.Plan, requirements []plan.Requirement) []plan.PersonID {
	var out []plan.PersonID
	for _, r := range requirements {
		for _, role := range r.Roles {
			for _, person := range p.Holders(role) {
				if !slices.Contains(out, person) {
					out = append(out, person)
				}
			}
		}
	}
	return out
}

// candidates lists who may give one signature.
func candidates(p *plan.Plan, r plan.Requirement, authors []plan.PersonID, barred map[plan.PersonID]string) []plan.PersonID {
	var out []plan.PersonID
	for _, person := range holders(p, []plan.Requirement{r}) {
		if _, no := barred[person]; !no && !slices.Contains(authors, person) {
			out = append(out, person)
		}
	}
	return out
}

func (d *Desk) askToSign(ctx context.Context, tx Tx, a Actor, u Update, to []plan.PersonID) error {
	head, err := tx.Head(ctx)
	if err != nil {
		return err
	}
	return tx.Notify(ctx, Notice{Kind: NoticeSign, Update: u.ID, Digest: u.Digest, To: to, By: a.Person, Head: head})
}

// readerOf is the language in which the desk speaks to a person.
func readerOf(p *plan.Plan, person plan.PersonID) comms.Lang {
	if v, ok := p.Person(person); ok && v.Lang != "" {
		return v.Lang
	}
	return p.Catalogue.Source
}
