package desk

import (
	"context"
	"slices"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

// bench is everything on the table when an update that is in review is signed.
type bench struct {
	place        place
	content      comms.Content
	message      comms.Message
	requirements []plan.Requirement
	approvals    []signoff.Approval
	voided       map[comms.ID]string
	authors      []plan.PersonID
	barred       map[plan.PersonID]string
	text         draft.Draft
	proposed     *plan.Plan // of a plan message
}

func (d *Desk) bench(ctx context.Context, tx Tx, u Update) (bench, error) {
	b := bench{voided: map[comms.ID]string{}}
	switch {
	case u.State == Published:
		return b, comms.Refuse(comms.Conflict, "", "this is published already, as number %d", u.Publication)
	case !u.Waits():
		return b, comms.Refuse(comms.Conflict, "", "no signature is asked for: the update is in the state %q; look at it again", u.State)
	}
	var err error
	if b.content, err = tx.Content(ctx, u.Digest); err != nil {
		return b, err
	}
	if b.message, err = b.content.Message(); err != nil {
		return b, err
	}
	if b.place, err = d.placed(ctx, tx, u, b.message); err != nil {
		return b, err
	}
	if v := b.message.PlanVersion; v != nil {
		if b.proposed, err = plan.Read(v.Files); err != nil {
			return b, err
		}
	}
	rows, err := tx.Requirements(ctx, u.ID, u.Digest)
	if err != nil {
		return b, err
	}
	for _, r := range rows {
		b.requirements = append(b.requirements, r.Requirement)
	}
	if b.approvals, err = tx.Approvals(ctx, u.ID, u.Digest); err != nil {
		return b, err
	}
	voids, err := tx.Voids(ctx, u.ID, u.Digest)
	if err != nil {
		return b, err
	}
	for _, v := range voids {
		b.voided[v.Approval] = v.Reason
	}
	latest, err := tx.Latest(ctx, u.ID)
	if err != nil {
		return b, err
	}
	b.text = latest.Draft
	if b.authors, err = tx.Authors(ctx, u.ID); err != nil {
		return b, err
	}
	b.barred, err = tx.Barred(ctx, append(holders(b.place.plan, b.requirements), signers(b.approvals)...))
	return b, err
}

// live returns the approval that fills a requirement now, if there is one.
func (b bench) live(index int, now time.Time) *signoff.Approval {
	for i := range b.approvals {
		a := &b.approvals[i]
		_, void := b.voided[a.ID]
		_, out := b.barred[a.Person]
		if a.Requirement == index && a.Live(now) && !void && !out {
			return a
		}
	}
	return nil
}

// mayGive refuses a signature with the reason that the signer can act on.
func (b bench) mayGive(a Actor, s Signing, now time.Time) error {
	if a.Token != "" {
		return comms.Refuse(comms.Forbidden, "", "a token never signs; sign in as yourself and sign at the desk")
	}
	if b.place.update.State == Approved {
		return comms.Refuse(comms.Conflict, "", "every signature is given already; this goes out at its time")
	}
	if a.Proof == "" {
		return comms.Refuse(comms.Forbidden, "password", "signing asks for you again; give your password or code with the signature")
	}
	if s.Digest != b.content.Digest() {
		return comms.Refuse(comms.Conflict, "digest", "the text has changed since you saw it (%s is now %s); read it again before you sign", s.Digest.Short(), b.content.Digest().Short())
	}
	if s.Requirement < 0 || s.Requirement >= len(b.requirements) {
		return comms.Refuse(comms.Invalid, "requirement", "this message does not ask for such a signature; look at it again")
	}
	if why := b.why(a.Person, s.Requirement, now); why != "" {
		return comms.Refuse(comms.Forbidden, "requirement", "%s", reasons[why])
	}
	for _, lang := range s.Languages {
		if !slices.Contains(b.message.Languages(), lang) {
			return comms.Refuse(comms.Invalid, "languages", "this message does not go out in %q", lang)
		}
	}
	if b.message.Kind != comms.MessagePlan && len(s.Languages) == 0 {
		return comms.Refuse(comms.Invalid, "languages", "say which languages you have read; every language that goes out must have been read by a signer")
	}
	return nil
}

// The reasons why a person may not give a signature, by the key that the
// desk's faces translate.
const (
	WhyAuthor = "author"
	WhyRole   = "role"
	WhyBarred = "barred"
	WhyOther  = "signed_other"
	WhyGiven  = "given"
	WhyState  = "state"
	WhyGains  = "gains"
)

var reasons = map[string]comms.Phrase{
	WhyAuthor: comms.Say("you wrote this text; nobody signs what they wrote, so ask somebody else"),
	WhyRole:   comms.Say("your roles in the plan do not give this signature; ask somebody who holds one that does"),
	WhyBarred: comms.Say("your account is disabled, so you cannot sign; ask an administrator"),
	WhyOther:  comms.Say("you have given another signature for this text; one person fills one requirement"),
	WhyGiven:  comms.Say("this signature has been given already"),
	WhyGains:  comms.Say("this change gives you a role that you do not hold; whoever gains by it cannot sign it"),
	WhyState:  comms.Say("no signature is asked for now"),
}

func (b bench) why(person plan.PersonID, index int, now time.Time) string {
	if slices.Contains(b.authors, person) {
		return WhyAuthor
	}
	if !signoff.MayFill(b.place.plan, b.requirements[index], person) {
		return WhyRole
	}
	if _, out := b.barred[person]; out {
		return WhyBarred
	}
	if signoff.Gains(person, b.place.plan, b.proposed) {
		return WhyGains
	}
	if b.live(index, now) != nil {
		return WhyGiven
	}
	for i := range b.requirements {
		if a := b.live(i, now); a != nil && a.Person == person {
			return WhyOther
		}
	}
	return ""
}
