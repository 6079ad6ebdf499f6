package desk

import (
	"context"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/signoff"
)

// Signing is one signature that a person gives.
type Signing struct {
	Update      comms.ID
	Digest      comms.Digest // of what the person saw
	Requirement int
	Languages   []comms.Lang // that the person has read
}

// Sign gives a signature, and publishes in the same transaction when it was
// the last one missing. If the message cannot go out then, the update is
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
		approval, err := d.attest(a, s, b.place.plan.ApprovalLife)
		if err != nil {
			return err
		}
		if err := tx.AddApproval(ctx, approval); err != nil {
			return err
		}
		err = d.log(ctx, tx, a, "approval.given", u.ID, "digest", s.Digest.String(),
			"requirement", string(b.requirements[s.Requirement].Kind), "means", string(a.Proof))
		if err != nil {
			return err
		}
		b.approvals = append(b.approvals, approval)
		published, err = d.publish(ctx, tx, a, b)
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

func (d *Desk) attest(a Actor, s Signing, life time.Duration) (signoff.Approval, error) {
	now := d.c.Now()
	return signoff.Attest(d.c.Key, signoff.Approval{
		ID: comms.NewID(), Update: s.Update, Digest: s.Digest, Requirement: s.Requirement,
		Person: a.Person, Means: a.Proof, Languages: s.Languages, At: now, Expires: now.Add(life),
	})
}

// publish lets the message out if nothing is missing any more. A message that
// is complete and cannot go out is parked with the reason.
func (d *Desk) publish(ctx context.Context, tx Tx, a Actor, b bench) (signoff.Publication, error) {
	now := d.c.Now()
	for i := range b.requirements {
		if b.live(i, now) == nil {
			return signoff.Publication{}, nil
		}
	}
	chain, err := tx.Head(ctx)
	if err != nil {
		return signoff.Publication{}, err
	}
	u := b.place.update
	report := d.judge(b.place, b.content, b.text, readerOf(b.place.plan, u.CreatedBy))
	pub, err := signoff.Countersign(d.c.Key, b.content, report, b.approvals, signoff.Basis{
		Chain: chain, Incident: b.place.basis, Phase: b.place.phase, Severity: b.place.severity(), States: b.place.states, Others: b.place.others,
		Standing: b.place.standing(), Withdraws: b.place.publication(b.text.Redacts),
		Plan: b.place.plan, PlanDigest: b.place.planPub.Digest(), Requirements: b.requirements,
		Authors: b.authors, Barred: b.barred, Voided: b.voided, Frame: d.c.Frame, Keys: d.c.Keys,
	}, now)
	if err == nil {
		return pub, d.record(ctx, tx, a, u, b.place.incident, pub)
	}
	refusal, ok := isRefusal(err)
	if !ok || refusal.Field == "languages" {
		return signoff.Publication{}, err
	}
	return signoff.Publication{}, d.park(ctx, tx, a, b, refusal.Text)
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
		if err := tx.ChangeIncident(ctx, *inc); err != nil {
			return err
		}
	}
	err = d.log(ctx, tx, a, "publication.added", u.ID, "number", pub.Head().String(),
		"digest", pub.Digest().String(), "warrant", string(pub.Warrant().Kind))
	if err != nil {
		return err
	}
	return tx.Announce(ctx, pub)
}

func (d *Desk) park(ctx context.Context, tx Tx, a Actor, b bench, reason string) error {
	u, err := tx.Update(ctx, b.place.update.ID)
	if err != nil {
		return err
	}
	u.State, u.Note = Parked, reason
	if err := tx.ChangeUpdate(ctx, u); err != nil {
		return err
	}
	if err := d.voidAll(ctx, tx, b.approvals, "the update could not go out"); err != nil {
		return err
	}
	n := Notice{Kind: NoticeParked, Update: u.ID, Digest: u.Digest, To: everybody(b.authors, signers(b.approvals)), By: a.Person, Reason: reason}
	if err := tx.Notify(ctx, n); err != nil {
		return err
	}
	return d.log(ctx, tx, a, "update.parked", u.ID, "reason", reason)
}
