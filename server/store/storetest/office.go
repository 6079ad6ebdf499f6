package storetest

import (
	"context"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// Office is a company under the built-in plan that signs for real: every
// publication of it went through signoff.Countersign.
type Office struct {
	T     testing.TB
	Store *store.Store
	Plan  *plan.Plan
	Now   time.Time // moves on a second with each act

	planDigest comms.Digest
}

// Submitted is an update that asks for signatures.
type Submitted struct {
	desk.Update
	Incident     desk.Incident
	Content      comms.Content
	Requirements []plan.Requirement
	Author       plan.PersonID

	withdraws signoff.Publication // of a redaction
}

// NewOffice founds the company: publication 1 is its plan.
func NewOffice(t testing.TB, st *store.Store) *Office {
	t.Helper()
	p, err := plan.Read(plan.Builtin())
	must(t, err)
	o := &Office{T: t, Store: st, Plan: p, Now: Clock()}
	content, err := comms.Seal(comms.Message{Kind: comms.MessagePlan, Update: comms.NewID(), PlanVersion: &comms.PlanVersion{
		Version: 1, Parts: []string{"rules"}, Files: p.Files, Catalogue: p.Catalogue,
	}})
	must(t, err)
	pub, err := signoff.Countersign(Key(), content, lint.Report{}, nil, signoff.Basis{Keys: Keys()}, o.tick())
	must(t, err)
	o.Write(func(tx desk.Tx) error {
		must(t, tx.AddContent(o.ctx(), content))
		return tx.AddPublication(o.ctx(), pub)
	})
	o.planDigest = pub.Digest()
	return o
}

func (o *Office) ctx() context.Context { return context.Background() }

func (o *Office) tick() time.Time {
	o.Now = o.Now.Add(time.Second)
	return o.Now
}

// Write runs a transaction that must succeed.
func (o *Office) Write(fn func(desk.Tx) error) {
	o.T.Helper()
	must(o.T, o.Store.Write(o.ctx(), fn))
}

// Exec runs ordinary SQL that must succeed.
func (o *Office) Exec(query string, args ...any) {
	o.T.Helper()
	_, err := o.Store.DB().Exec(query, args...)
	must(o.T, err)
}

// Incident opens an incident of a severity.
func (o *Office) Incident(severity comms.Severity) desk.Incident {
	o.T.Helper()
	i := desk.Incident{ID: comms.NewID(), Kind: comms.KindIncident, Name: "Sign-in is slow", Severity: severity,
		StartedAt: o.tick(), OpenedAt: o.Now, OpenedBy: "dana", Version: 1}
	o.Write(func(tx desk.Tx) error { return tx.InsertIncident(o.ctx(), i) })
	return i
}

// Draft stores an update of an incident with its first revision.
func (o *Office) Draft(i desk.Incident, author plan.PersonID) desk.Update {
	o.T.Helper()
	return o.draft(i, author, comms.MessageUpdate)
}

func (o *Office) draft(i desk.Incident, author plan.PersonID, kind comms.MessageKind) desk.Update {
	o.T.Helper()
	u := desk.Update{ID: comms.NewID(), Incident: i.ID, Kind: kind, State: desk.Draft, CreatedAt: o.tick(), CreatedBy: author, Version: 1}
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.InsertUpdate(o.ctx(), u))
		return tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: 1, Author: author, At: o.Now,
			Draft: draft.Draft{Kind: kind, Template: "investigating", Phase: comms.PhaseInvestigating, Severity: i.Severity}})
	})
	return u
}

// Submit stores an update that asks for signatures; changes make its message
// another one than that of an incident's beginning.
func (o *Office) Submit(i desk.Incident, author plan.PersonID, changes ...func(*comms.Message)) Submitted {
	o.T.Helper()
	m := o.message(i)
	for _, change := range changes {
		change(&m)
	}
	u := o.draft(i, author, m.Kind)
	m.Update = u.ID
	content, err := comms.Seal(m)
	must(o.T, err)
	m, err = content.Message()
	must(o.T, err)
	needed, err := signoff.Requirements(m, "", o.Plan, nil)
	must(o.T, err)
	u.State, u.Digest, u.SubmittedAt, u.SubmittedBy = desk.InReview, content.Digest(), o.tick(), author
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.AddContent(o.ctx(), content))
		must(o.T, tx.AddRequirements(o.ctx(), asRows(u, needed)))
		must(o.T, tx.ChangeUpdate(o.ctx(), u))
		u, err = tx.Update(o.ctx(), u.ID)
		return err
	})
	return Submitted{Update: u, Incident: i, Content: content, Requirements: needed, Author: author}
}

func asRows(u desk.Update, needed []plan.Requirement) []desk.Requirement {
	rows := make([]desk.Requirement, len(needed))
	for i, r := range needed {
		rows[i] = desk.Requirement{Update: u.ID, Digest: u.Digest, Index: i, Requirement: r}
	}
	return rows
}

func (o *Office) message(i desk.Incident) comms.Message {
	words := func(s string) comms.Forms {
		return comms.Forms{Title: s, Subject: s, HTML: "<p>" + s + "</p>", Text: s, Short: s, Support: s, InProduct: s}
	}
	return comms.Message{
		Kind: comms.MessageUpdate, Plan: o.planDigest, Basis: i.Head,
		Incident: &comms.Incident{ID: i.ID, Kind: i.Kind, Phase: comms.PhaseInvestigating, Severity: i.Severity, Template: "investigating", StartedAt: i.StartedAt},
		Audience: &comms.Audience{Components: []comms.ComponentID{o.Component()}, Kind: i.Kind},
		Forms: map[comms.Lang]comms.Forms{
			"en": words("Some customers cannot sign in."),
			"es": words("Algunos clientes no pueden entrar."),
		},
	}
}

// Component is what every message of the office is about.
func (o *Office) Component() comms.ComponentID { return o.Plan.Catalogue.Components()[0].ID }

// Signer is somebody who may give the signature and wrote nothing.
func (o *Office) Signer(s Submitted, requirement int) plan.PersonID {
	o.T.Helper()
	for _, role := range s.Requirements[requirement].Roles {
		for _, p := range o.Plan.Holders(role) {
			if p != s.Author {
				return p
			}
		}
	}
	o.T.Fatal("the plan names nobody who may sign")
	return ""
}

// Approval is an attested signature that is not stored.
func (o *Office) Approval(s Submitted, requirement int, person plan.PersonID) signoff.Approval {
	o.T.Helper()
	a, err := signoff.Attest(Key(), signoff.Approval{ID: comms.NewID(), Update: s.ID, Digest: s.Digest, Requirement: requirement, Person: person,
		Means: signoff.MeansTOTP, Languages: []comms.Lang{"en", "es"}, At: o.tick(), Expires: o.Now.Add(15 * time.Minute)})
	must(o.T, err)
	return a
}

// Sign stores the signature of a person.
func (o *Office) Sign(s Submitted, requirement int, person plan.PersonID) signoff.Approval {
	o.T.Helper()
	a := o.Approval(s, requirement, person)
	o.Write(func(tx desk.Tx) error { return tx.AddApproval(o.ctx(), a) })
	return a
}

// SignAll stores every signature that the update asks for.
func (o *Office) SignAll(s Submitted) []signoff.Approval {
	o.T.Helper()
	var out []signoff.Approval
	for i := range s.Requirements {
		out = append(out, o.Sign(s, i, o.Signer(s, i)))
	}
	return out
}

// Countersign seals the publication of an update and does not store it.
func (o *Office) Countersign(s Submitted, approvals []signoff.Approval) signoff.Publication {
	o.T.Helper()
	head, err := o.Store.Head(o.ctx())
	must(o.T, err)
	m, err := s.Content.Message()
	must(o.T, err)
	p, err := signoff.Countersign(Key(), s.Content, lint.NewReport(s.Digest, 1, nil), approvals, signoff.Basis{
		Chain: head, Incident: s.Incident.Head, Phase: s.Incident.Phase, Plan: o.Plan, PlanDigest: o.planDigest,
		Severity: s.Incident.Severity, Standing: s.withdraws.Message().Incident, Withdraws: s.withdraws,
		Requirements: s.Requirements, Authors: []plan.PersonID{s.Author}, Keys: Keys(),
		Latest: m.After, // true or not
	}, o.tick())
	must(o.T, err)
	return p
}

// Keep stores a publication and what follows from it, in the desk's order.
func (o *Office) Keep(s Submitted, p signoff.Publication) error {
	return o.Store.Write(o.ctx(), func(tx desk.Tx) error {
		if err := tx.AddPublication(o.ctx(), p); err != nil {
			return err
		}
		s.State, s.Update.Publication = desk.Published, p.Number()
		if err := tx.ChangeUpdate(o.ctx(), s.Update); err != nil {
			return err
		}
		i := s.Incident
		i.Head, i.Phase = p.Number(), p.Message().Incident.Phase
		if err := tx.ChangeIncident(o.ctx(), i); err != nil {
			return err
		}
		if err := tx.AddEntry(o.ctx(), desk.Entry{At: p.At(), Person: s.Author, Action: "publication.added", Subject: string(s.ID)}); err != nil {
			return err
		}
		return tx.Announce(o.ctx(), p)
	})
}

// Publish takes a new incident of a severity all the way to customers.
func (o *Office) Publish(severity comms.Severity) (Submitted, signoff.Publication) {
	o.T.Helper()
	s := o.Submit(o.Incident(severity), "dana")
	p := o.Countersign(s, o.SignAll(s))
	must(o.T, o.Keep(s, p))
	return s, p
}

// SubmitRedaction asks for the signatures under a redaction of a publication
// that is the latest of its incident.
func (o *Office) SubmitRedaction(s Submitted, p signoff.Publication) Submitted {
	o.T.Helper()
	i := s.Incident
	o.Write(func(tx desk.Tx) (err error) {
		i, err = tx.Incident(o.ctx(), i.ID)
		return err
	})
	u := desk.Update{ID: comms.NewID(), Incident: i.ID, Kind: comms.MessageRedaction, State: desk.Draft, CreatedAt: o.tick(), CreatedBy: "dana", Version: 1}
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.InsertUpdate(o.ctx(), u))
		return tx.AddRevision(o.ctx(), desk.Revision{Update: u.ID, Number: 1, Author: "dana", At: o.Now, Draft: draft.Draft{Kind: comms.MessageRedaction, Redacts: p.Number()}})
	})
	remains, standing := p.Message().WithoutWords(), *p.Message().Incident
	standing.Changes = nil
	content, err := comms.Seal(comms.Message{
		Kind: comms.MessageRedaction, Update: u.ID, Plan: o.planDigest, Basis: i.Head, Incident: &standing,
		Redaction: &comms.Redaction{Publication: p.Number(), Digest: p.Digest(), Remains: &remains,
			Reason: comms.Words{"en": "It named a customer.", "es": "Nombraba a un cliente."}},
	})
	must(o.T, err)
	m, err := content.Message()
	must(o.T, err)
	needed, err := signoff.Requirements(m, i.Severity, o.Plan, nil)
	must(o.T, err)
	u.State, u.Digest, u.SubmittedAt, u.SubmittedBy = desk.InReview, content.Digest(), o.tick(), "dana"
	o.Write(func(tx desk.Tx) error {
		must(o.T, tx.AddContent(o.ctx(), content))
		must(o.T, tx.AddRequirements(o.ctx(), asRows(u, needed)))
		must(o.T, tx.ChangeUpdate(o.ctx(), u))
		u, err = tx.Update(o.ctx(), u.ID)
		return err
	})
	return Submitted{Update: u, Incident: i, Content: content, Requirements: needed, Author: "dana", withdraws: p}
}

// Redact takes the words of the latest publication of an incident away.
func (o *Office) Redact(s Submitted, p signoff.Publication) (Submitted, signoff.Publication) {
	o.T.Helper()
	r := o.SubmitRedaction(s, p)
	by := o.Countersign(r, o.SignAll(r))
	must(o.T, o.Keep(r, by))
	return r, by
}

// Subscribe stores a confirmed subscriber of these components, or of everything.
func (o *Office) Subscribe(address string, follows ...comms.ComponentID) comms.ID {
	o.T.Helper()
	return o.Follow(address, comms.Choice{Everything: len(follows) == 0, Components: follows})
}

// Follow stores a confirmed subscriber with a choice.
func (o *Office) Follow(address string, c comms.Choice) comms.ID {
	o.T.Helper()
	id := comms.NewID()
	must(o.T, o.Store.AddSubscriber(o.ctx(), comms.Subscriber{ID: id, Address: address, Lang: "en", Choice: c, ConfirmedAt: o.Now}))
	return id
}
