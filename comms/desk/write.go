package desk

import (
	"context"
	"reflect"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// Save keeps what was typed as a new revision. base is the number of the
// revision that was edited; if another one came since, or somebody else typed
// since, the text is not saved and the error is *Stale with both texts. A save
// of an update that is in review takes it back to draft, and with it every
// signature. Saving the same text again keeps the revision that there is.
func (d *Desk) Save(ctx context.Context, a Actor, update comms.ID, base int, text draft.Draft) (Revision, error) {
	var saved Revision
	var stale *Stale
	err := d.write(ctx, a, func(tx Tx, _ *plan.Plan) (err error) {
		saved, stale, err = d.save(ctx, tx, a, update, base, text)
		return err
	})
	if err == nil && stale != nil {
		return Revision{}, stale
	}
	return saved, err
}

// save is Save within a transaction. A text that is stale is no error here:
// what was typed meanwhile is a revision by then, and stays one.
func (d *Desk) save(ctx context.Context, tx Tx, a Actor, update comms.ID, base int, text draft.Draft) (Revision, *Stale, error) {
	none := Revision{}
	u, latest, err := editable(ctx, tx, update)
	if err != nil {
		return none, nil, err
	}
	text.Kind, text.Corrects, text.Redacts = latest.Draft.Kind, latest.Draft.Corrects, latest.Draft.Redacts
	text.Statement, text.Grows = latest.Draft.Statement, latest.Draft.Grows
	if err := d.checkDraft(ctx, tx, u, text); err != nil {
		return none, nil, err
	}
	if err := d.declare(ctx, tx, a, u); err != nil {
		return none, nil, err
	}
	workings, err := tx.Workings(ctx, update)
	if err != nil {
		return none, nil, err
	}
	saved, err := settle(ctx, tx, latest)
	if err != nil {
		return none, nil, err
	}
	mine := !slices.ContainsFunc(workings, func(w Working) bool { return w.Author != a.Person })
	switch {
	case same(text, saved.Draft):
		if saved.Number == latest.Number {
			return saved, nil, nil
		}
		return saved, nil, d.reopen(ctx, tx, a, u)
	case latest.Number != base || !mine:
		return none, &Stale{Mine: text, Theirs: saved}, nil
	}
	saved = Revision{Update: u.ID, Number: saved.Number + 1, Author: a.Person, At: d.c.Now(), Draft: text}
	if err := d.reopen(ctx, tx, a, u); err != nil {
		return none, nil, err
	}
	return saved, nil, tx.AddRevision(ctx, saved)
}

// declare notes that a person says of what a program opened that it is an
// incident.
func (d *Desk) declare(ctx context.Context, tx Tx, a Actor, u Update) error {
	if a.Token != "" || u.Incident == "" {
		return nil
	}
	inc, err := tx.Incident(ctx, u.Incident)
	if err != nil || !inc.DeclaredAt.IsZero() {
		return err
	}
	inc.DeclaredAt = d.c.Now()
	return tx.ChangeIncident(ctx, inc)
}

// editable returns an update that is on its way, with its latest revision.
func editable(ctx context.Context, tx Tx, update comms.ID) (Update, Revision, error) {
	u, err := tx.Update(ctx, update)
	if err != nil {
		return u, Revision{}, err
	}
	switch u.State {
	case Published:
		return u, Revision{}, comms.Refuse(comms.Conflict, "", "this update is published (number %d) and is never edited; write a correction or the next update", u.Publication)
	case Withdrawn:
		return u, Revision{}, comms.Refuse(comms.Conflict, "", "this update was withdrawn; start a new one")
	}
	latest, err := tx.Latest(ctx, update)
	return u, latest, err
}

// reopen takes an update back to draft, because its text changes. Its
// signatures were for other words from here on, and their givers are told.
func (d *Desk) reopen(ctx context.Context, tx Tx, a Actor, u Update) error {
	if u.State == Draft {
		return nil
	}
	waited := u.Waits()
	if waited {
		given, err := tx.Approvals(ctx, u.ID, u.Digest)
		if err != nil {
			return err
		}
		if err := d.voidAll(ctx, tx, given, comms.Say("the text was changed").String()); err != nil {
			return err
		}
		if to := signers(given); len(to) > 0 {
			n := Notice{Kind: NoticeVoided, Update: u.ID, Digest: u.Digest, To: to, By: a.Person}
			if err := tx.Notify(ctx, n); err != nil {
				return err
			}
		}
		if err := d.log(ctx, tx, a, "update.reopened", u.ID, "digest", u.Digest.String()); err != nil {
			return err
		}
	}
	u.State, u.Digest, u.Note = Draft, comms.Digest{}, ""
	if err := tx.ChangeUpdate(ctx, u); err != nil || !waited {
		return err
	}
	return d.requeue(ctx, tx, a, u.Incident)
}

// voidAll takes signatures back for good: the same words submitted again are
// the same digest, and ask for new ones.
func (d *Desk) voidAll(ctx context.Context, tx Tx, approvals []signoff.Approval, reason string) error {
	for _, a := range approvals {
		if err := tx.AddVoid(ctx, Void{Approval: a.ID, At: d.c.Now(), Reason: reason}); err != nil {
			return err
		}
	}
	return nil
}

// everybody lists the people of both lists once.
func everybody(a, b []plan.PersonID) []plan.PersonID {
	out := slices.Clone(a)
	for _, p := range b {
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func signers(approvals []signoff.Approval) []plan.PersonID {
	var out []plan.PersonID
	for _, a := range approvals {
		if !slices.Contains(out, a.Person) {
			out = append(out, a.Person)
		}
	}
	return out
}

// checkDraft refuses what no form would send; half-finished texts are fine.
func (d *Desk) checkDraft(ctx context.Context, tx Tx, u Update, text draft.Draft) error {
	if err := text.Clean(); err != nil {
		return err
	}
	if text.Kind == comms.MessagePlan || text.Kind == comms.MessageRedaction || text.Kind == comms.MessageStatement {
		return nil
	}
	p, _, err := d.under(ctx, tx, u.Incident)
	if err != nil {
		return err
	}
	bad := checkClaims(p, text.Claims)
	inc, err := tx.Incident(ctx, u.Incident)
	if err != nil {
		return err
	}
	if s, ok := p.Severity(text.Severity); !ok || s.Kind != inc.Kind {
		bad = append(bad, comms.Refuse(comms.Invalid, "severity", "the plan has no severity %q for this; choose one of: %s", text.Severity, severities(p, inc.Kind)))
	}
	t, ok := p.Template(text.Template)
	if !ok || t.Message != text.Kind || t.Phase != comms.PhaseNone && t.Phase.Of() != inc.Kind {
		bad = append(bad, comms.Refuse(comms.Invalid, "template", "the plan has no such template %q; choose one of those shown", text.Template))
	}
	if ok && text.Kind == comms.MessageUpdate && !t.Follows(inc.Phase) {
		bad = append(bad, comms.Refuse(comms.Invalid, "template", "the template %q is not for where this stands; choose one of those shown", text.Template))
	}
	if len(bad) > 0 {
		return bad
	}
	return nil
}

func same(a, b draft.Draft) bool { return reflect.DeepEqual(tidy(a), tidy(b)) }

// tidy drops what makes no difference: empty slots, empty lists.
func tidy(d draft.Draft) draft.Draft {
	d = d.Clone()
	for lang, values := range d.Slots {
		for name, v := range values {
			if v == "" {
				delete(values, name)
			}
		}
		if len(values) == 0 {
			delete(d.Slots, lang)
		}
	}
	if len(d.Claims) == 0 {
		d.Claims = nil
	}
	if len(d.Files) == 0 {
		d.Files = nil
	}
	return d
}

// Preview is a draft as it would go out, with what the language rules say.
type Preview struct {
	Message comms.Message
	Content comms.Content
	Report  lint.Report
	Err     error // why there is nothing to show
}

// Try renders and judges a text that is not saved; reader is the language in
// which findings explain themselves.
func (d *Desk) Try(ctx context.Context, update comms.ID, text draft.Draft, reader comms.Lang) (Preview, error) {
	var out Preview
	err := d.c.Store.Read(ctx, func(tx Tx) error {
		u, err := tx.Update(ctx, update)
		if err != nil {
			return err
		}
		place, err := d.place(ctx, tx, u, text)
		if err != nil {
			return err
		}
		out = d.preview(place, text, reader)
		return nil
	})
	return out, err
}
