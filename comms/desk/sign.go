package desk

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/signoff"
)

// Signing is one signature that a person gives.
type Signing struct {
	Update      comms.ID
	Digest      comms.Digest // of what the person saw
	Requirement int
	Languages   []comms.Lang // that the person has read
	Reasons     Reasons      // why the words are no secret that a rule keeps back
}

// Sign gives a signature, and publishes in the same transaction when it was
// the last one missing; a message whose time lies ahead is approved instead,
// and goes out by Release. If the message cannot go out then, the update is
// parked with the reason, its signatures are void and their givers are told.
func (d *Desk) Sign(ctx context.Context, a Actor, s Signing) (Update, error) {
	var u Update
	var published signoff.Publication
	err := d.c.Store.Write(ctx, func(tx Tx) error {
		published = signoff.Publication{}
		var err error
		if u, err = tx.Update(ctx, s.Update); err != nil {
			return err
		}
		b, err := d.bench(ctx, tx, u)
		if err != nil {
			return err
		}
		if err := b.mayGive(a, s, d.c.Now()); err != nil {
			return err
		}
		if err := d.causeStands(b); err != nil {
			return err
		}
		waived, err := d.waive(b, s, d.c.Now())
		if err != nil {
			return err
		}
		approval, err := d.attest(a, s, waived, b.message.NotBefore(d.c.Now()).Add(b.place.plan.ApprovalLife))
		if err != nil {
			return err
		}
		if err := tx.AddApproval(ctx, approval); err != nil {
			return err
		}
		err = d.log(ctx, tx, a, "approval.given", u.ID, "digest", s.Digest.String(),
			"requirement", string(b.requirements[s.Requirement].Kind), "means", string(a.Proof))
		if err == nil {
			err = d.let(ctx, tx, a, waived.rows(u, a, approval, s.Reasons))
		}
		if err != nil {
			return err
		}
		b.approvals = append(b.approvals, approval)
		if b.complete(d.c.Now()) {
			published, err = d.conclude(ctx, tx, a, b)
		}
		if err != nil {
			return err
		}
		u, err = tx.Update(ctx, u.ID)
		return err
	})
	if err == nil {
		d.announce(published)
	}
	return u, err
}

func (d *Desk) attest(a Actor, s Signing, waived waived, expires time.Time) (signoff.Approval, error) {
	now := d.c.Now()
	return signoff.Attest(d.c.Key, signoff.Approval{
		ID: comms.NewID(), Update: s.Update, Digest: s.Digest, Requirement: s.Requirement,
		Person: a.Person, Means: a.Proof, Languages: s.Languages, At: now, Expires: expires,
		Waivers: waived.by(s.Reasons),
	})
}

// complete tells whether no signature is missing.
func (b bench) complete(now time.Time) bool {
	for i := range b.requirements {
		if b.live(i, now) == nil {
			return false
		}
	}
	return true
}

// conclude lets a message out whose last signature was given, or keeps it for
// its time. What cannot go out is parked with the reason.
func (d *Desk) conclude(ctx context.Context, tx Tx, a Actor, b bench) (signoff.Publication, error) {
	if now := d.c.Now(); b.message.NotBefore(now).After(now) {
		return signoff.Publication{}, d.approve(ctx, tx, a, b)
	}
	return d.publish(ctx, tx, a, b)
}

// publish lets a message out, or parks it with the reason.
func (d *Desk) publish(ctx context.Context, tx Tx, a Actor, b bench) (signoff.Publication, error) {
	chain, err := tx.Head(ctx)
	if err != nil {
		return signoff.Publication{}, err
	}
	basis := d.basis(b)
	basis.Chain = chain
	pub, err := signoff.Countersign(d.c.Key, b.content, d.report(b), b.approvals, basis, d.c.Now())
	if err == nil && pub.Message().Redaction != nil {
		if err := d.forget(ctx, tx, a, b, pub); err != nil {
			return signoff.Publication{}, err
		}
	}
	if err == nil {
		return pub, d.record(ctx, tx, a, b.place.update, b.place.incident, pub)
	}
	return signoff.Publication{}, d.park(ctx, tx, a, b.place.update, err)
}

// report judges the words on the bench.
func (d *Desk) report(b bench) lint.Report {
	return d.judge(b.place, b.content, b.message, b.text, readerOf(b.place.plan, b.place.update.CreatedBy))
}

// basis is what signoff needs to know of where things stand.
func (d *Desk) basis(b bench) signoff.Basis {
	return signoff.Basis{
		Incident: b.place.head, Latest: b.place.latest, Phase: b.place.phase, Severity: b.place.severity(),
		Reopened: b.place.reopened(d.c.Now()),
		States:   b.place.states, Others: b.place.others,
		Standing: b.place.standing(), Withdraws: b.place.publication(b.text.Redacts),
		Plan: b.place.plan, PlanDigest: b.place.planPub.Digest(), Requirements: b.requirements,
		Authors: b.authors, Barred: b.barred, Voided: b.voided, Frame: d.c.Frame, Keys: d.c.Keys,
	}
}

// record stores a publication and everything that follows from it.
func (d *Desk) record(ctx context.Context, tx Tx, a Actor, u Update, inc *Incident, pub signoff.Publication) error {
	if err := tx.AddPublication(ctx, pub); err != nil {
		return err
	}
	u, err := tx.Update(ctx, u.ID)
	if err != nil {
		return err
	}
	u.State, u.Publication, u.Digest, u.Note = Published, pub.Number(), pub.Digest(), ""
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return err
	}
	if inc != nil {
		i := pub.Message().Incident
		inc.Phase, inc.Severity, inc.Head, inc.StartedAt = i.Phase, i.Severity, pub.Number(), i.StartedAt
		if pub.Message().Kind == comms.MessageRedaction {
			if err := d.rename(ctx, tx, inc, i.Claims); err != nil {
				return err
			}
		}
		if err := tx.ChangeIncident(ctx, *inc); err != nil {
			return err
		}
	}
	err = d.log(ctx, tx, a, "publication.added", u.ID, "number", pub.Head().String(),
		"digest", pub.Digest().String(), "warrant", string(pub.Warrant().Kind))
	if err != nil {
		return err
	}
	if err := tx.Announce(ctx, pub); err != nil {
		return err
	}
	switch pub.Message().Kind {
	case comms.MessagePlan:
		if err := d.endMoved(ctx, tx, pub); err != nil {
			return err
		}
		return d.replan(ctx, tx, a)
	case comms.MessageStatement:
		return nil
	}
	return d.requeue(ctx, tx, a, u.Incident)
}

// park sets an update aside that signoff refused. What its signers can mend by
// signing again, and what is no refusal, is returned instead.
func (d *Desk) park(ctx context.Context, tx Tx, a Actor, u Update, err error) error {
	refusal, ok := isRefusal(err)
	if !ok || refusal.Field == "languages" && a.Person != "" {
		return err
	}
	if err := d.setAside(ctx, tx, a, u, Parked, refusal.Text); err != nil {
		return err
	}
	return d.requeue(ctx, tx, a, u.Incident)
}

// setAside parks or withdraws an update that was submitted: its signatures are
// void, and everybody who wrote or signed it is told why.
func (d *Desk) setAside(ctx context.Context, tx Tx, a Actor, u Update, to UpdateState, reason string) error {
	u, err := tx.Update(ctx, u.ID)
	if err != nil {
		return err
	}
	given, err := tx.Approvals(ctx, u.ID, u.Digest)
	if err != nil {
		return err
	}
	authors, err := tx.Authors(ctx, u.ID)
	if err != nil {
		return err
	}
	u.State, u.Note = to, reason
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return err
	}
	if err := d.voidAll(ctx, tx, given, comms.Say("the update could not go out").String()); err != nil {
		return err
	}
	n := Notice{Kind: NoticeKind(to), Update: u.ID, Digest: u.Digest, To: everybody(authors, signers(given)), By: a.Person, Reason: reason}
	if err := tx.Notify(ctx, n); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "update."+string(to), u.ID, "reason", reason)
}
