package desk_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
)

const firstWords = "first-words"

// approve has the built-in plan's holding statement approved in advance, by
// one for the facts and another for the wording.
func (o *office) approve() signoff.Publication {
	o.t.Helper()
	u, err := o.AskForStatement(o.ctx, o.drafter(), firstWords)
	if err != nil {
		o.t.Fatal(err)
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, 1); err != nil {
		o.t.Fatal(err)
	}
	u = o.give(o.holder(plan.CommsLead), o.give(o.holder(plan.IncidentLead), u, 0), 1)
	if u.State != desk.Published {
		o.t.Fatalf("approved by both it is %s: %s", u.State, u.Note)
	}
	pub, err := o.store.Publication(o.ctx, u.Publication)
	if err != nil {
		o.t.Fatal(err)
	}
	return pub
}

// opened opens an incident of one component, as a person at the desk.
func (o *office) opened(severity comms.Severity) desk.Incident {
	o.t.Helper()
	return o.openedBy(o.drafter(), severity, o.component(0))
}

func (o *office) openedBy(a desk.Actor, severity comms.Severity, component comms.ComponentID) desk.Incident {
	o.t.Helper()
	inc, _, err := o.Open(o.ctx, a, desk.Opening{
		Kind: comms.KindIncident, Name: "Trouble", Severity: severity, Claims: []comms.Claim{{Component: component, State: comms.Partial}},
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return inc
}

// hold looks at the statement for an incident and publishes what it shows.
func (o *office) hold(a desk.Actor, inc desk.Incident) (desk.Update, error) {
	o.t.Helper()
	v, err := o.LookHolding(o.ctx, a, desk.Filling{Incident: inc.ID})
	if err != nil {
		return desk.Update{}, err
	}
	return o.Hold(o.ctx, a, v.Filling, v.Content.Digest())
}

// refused fails unless the error is a refusal that says why.
func refused(t testing.TB, err error, sentence string) {
	t.Helper()
	var r *comms.Refusal
	if !errors.As(err, &r) || !strings.Contains(r.Text, sentence) {
		t.Errorf("got %v, want a refusal that says %q", err, sentence)
	}
}

// TestHoldingStatementGoesOutInOneStep approves a statement in advance, and
// has somebody publish it for an incident of which nobody has written.
func TestHoldingStatementGoesOutInOneStep(t *testing.T) {
	o := open(t)
	approved := o.approve()
	o.wait(20 * 24 * time.Hour)
	inc := o.opened("major")
	me := signer(o.holder(plan.Drafter)) // who opened it, and asked for the approval
	u, err := o.hold(me, inc)
	if err != nil {
		t.Fatal(err)
	}
	pub := o.publication(u.Publication)
	m, w := pub.Message(), pub.Warrant()
	if u.State != desk.Published || w.Kind != signoff.Holding || len(w.Approvals) != 1 || w.Approvals[0].Person != me.Person || len(w.Authors) != 0 {
		t.Errorf("it is %s under the warrant %+v", u.State, w)
	}
	if m.Kind != comms.MessageUpdate || m.Incident.Phase != comms.PhaseInvestigating || m.Holding.Publication != approved.Number() {
		t.Errorf("it says %+v", m)
	}
	name, _ := o.plan.Catalogue.Components()[0].Name.In("en", "en")
	if en := m.Forms["en"]; en.Title != "We are looking into a problem with "+name || !strings.Contains(en.Text, "since ") || strings.Contains(en.Text, "{") || m.Forms["es"].Text == "" {
		t.Errorf("in English it says %+v", en)
	}
	again, err := o.Hold(o.ctx, me, desk.Filling{Incident: inc.ID, Update: u.ID}, u.Digest)
	if err != nil || again.Publication != u.Publication || o.head() != u.Publication {
		t.Errorf("sent again it gives %+v, %v; the chain ends at %d", again, err, o.head())
	}
	_, err = o.hold(me, inc)
	refused(t, err, "told nothing yet")

	next, err := o.Begin(o.ctx, o.drafter(), inc.ID, comms.PhaseIdentified, "")
	if err != nil {
		t.Fatal(err)
	}
	if text := o.look(next.ID).Latest.Draft; len(text.Claims) != 1 || text.Claims[0].State != comms.Partial {
		t.Errorf("the next update begins with %+v, not with what customers know", text.Claims)
	}
	if _, err = o.sign(o.holder(plan.IncidentLead), o.submit(next.ID, o.write(o.drafter(), next.ID, honest).Number)); err != nil {
		t.Error(err)
	}
}

// TestHoldingIsRefused tries to get something out by a holding statement that
// nobody approved.
func TestHoldingIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		sentence string
		try      func(o *office) error
	}{
		"nobody approved it": {"no holding statement is approved", func(o *office) error {
			_, err := o.hold(o.lead(), o.opened("major"))
			return err
		}},
		"one of two approved it": {"no holding statement is approved", func(o *office) error {
			u, _ := o.AskForStatement(o.ctx, o.drafter(), firstWords)
			u, _ = o.Submit(o.ctx, o.drafter(), u.ID, 1)
			o.give(o.holder(plan.IncidentLead), u, 0)
			_, err := o.hold(o.lead(), o.opened("major"))
			return err
		}},
		"of data": {"no holding statement is approved", func(o *office) error {
			o.approve()
			_, err := o.hold(o.lead(), o.opened("data"))
			return err
		}},
		"somebody writes that it is about data": {"no holding statement is approved", func(o *office) error {
			o.approve()
			inc := o.opened("major")
			v, err := o.LookIncident(o.ctx, o.drafter(), inc.ID)
			if err != nil {
				return err
			}
			text := o.look(v.Updates[0].ID).Latest.Draft.Clone()
			text.Severity = "data"
			if _, err := o.Save(o.ctx, o.drafter(), v.Updates[0].ID, 1, text); err != nil {
				return err
			}
			_, err = o.hold(o.lead(), inc)
			return err
		}},
		"expired": {"no holding statement is approved", func(o *office) error {
			o.approve()
			o.wait(90*24*time.Hour + time.Minute)
			_, err := o.hold(o.lead(), o.opened("major"))
			return err
		}},
		"withdrawn": {"no holding statement is approved", func(o *office) error {
			pub := o.approve()
			if err := o.EndStatement(o.ctx, o.drafter(), pub.Number(), "It says too little"); err != nil {
				return err
			}
			_, err := o.hold(o.lead(), o.opened("major"))
			return err
		}},
		"withdrawn while somebody looks at it": {"no holding statement is approved", func(o *office) error {
			pub := o.approve()
			v, err := o.LookHolding(o.ctx, o.lead(), desk.Filling{Incident: o.opened("major").ID})
			if err != nil {
				return err
			}
			if err := o.EndStatement(o.ctx, o.drafter(), pub.Number(), "It says too little"); err != nil {
				return err
			}
			_, err = o.Hold(o.ctx, o.lead(), v.Filling, v.Content.Digest())
			return err
		}},
		"by a token": {"a token never publishes", func(o *office) error {
			o.approve()
			a := o.lead()
			a.Token = "ci"
			_, err := o.hold(a, o.opened("major"))
			return err
		}},
		"without proof": {"asks for you again", func(o *office) error {
			o.approve()
			_, err := o.hold(desk.Actor{Person: o.holder(plan.IncidentLead)}, o.opened("major"))
			return err
		}},
		"by somebody whom it does not name": {"names others", func(o *office) error {
			o.approve()
			_, err := o.hold(signer(o.holder(plan.LegalRole)), o.opened("major"))
			return err
		}},
		"by somebody without an account": {"names others", func(o *office) error {
			o.approve()
			_, err := o.hold(signer("nobody"), o.opened("major"))
			return err
		}},
		"other words than were shown": {"has changed since you saw it", func(o *office) error {
			o.approve()
			v, err := o.LookHolding(o.ctx, o.lead(), desk.Filling{Incident: o.opened("major").ID})
			if err != nil {
				return err
			}
			v.Filling.Claims = []comms.Claim{{Component: o.component(1), State: comms.Major}}
			_, err = o.Hold(o.ctx, o.lead(), v.Filling, v.Content.Digest())
			return err
		}},
		"a state that it may not say": {"may not say", func(o *office) error {
			o.approve()
			return o.holdWith(func(f *desk.Filling) { f.Claims = []comms.Claim{{Component: o.component(0), State: comms.Maintenance}} })
		}},
		"no component": {"nothing is given for {components}", func(o *office) error {
			o.approve()
			return o.holdWith(func(f *desk.Filling) { f.Claims = []comms.Claim{} })
		}},
		"a component twice": {"not each named once", func(o *office) error {
			o.approve()
			c := comms.Claim{Component: o.component(0), State: comms.Major}
			return o.holdWith(func(f *desk.Filling) { f.Claims = []comms.Claim{c, c} })
		}},
		"a choice that it does not offer": {"these are not", func(o *office) error {
			o.approve()
			// The desk takes only what the statement offers; what is left is its own words.
			err := o.holdWith(func(f *desk.Filling) { f.Choices = map[string]string{"extra": "everything is lost"} })
			if err == nil {
				return comms.Refuse(comms.Invalid, "", "these are not")
			}
			return err
		}},
		"a promise that has passed": {"has passed", func(o *office) error {
			o.approve()
			return o.holdWith(func(f *desk.Filling) { f.NextUpdate = draft.FormatTime(o.clock().Add(-time.Minute)) })
		}},
		"a promise beyond the plan's": {"beyond what the plan promises", func(o *office) error {
			o.approve()
			return o.holdWith(func(f *desk.Filling) { f.NextUpdate = draft.FormatTime(o.clock().Add(5 * time.Hour)) })
		}},
		"another update's identifier": {"names another update", func(o *office) error {
			o.approve()
			u := o.incident()
			return o.holdWith(func(f *desk.Filling) { f.Update = u.ID })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := open(t)
			before := o.head()
			err := c.try(o)
			var blocked *desk.Blocked
			if errors.As(err, &blocked) { // the language rules may say it first
				err = comms.Refuse(comms.Invalid, "", "%s", comms.Say("has passed, or lies beyond what the plan promises: %s", blocked.Error()))
			}
			refused(t, err, c.sentence)
			for n := before + 1; n <= o.head(); n++ {
				if m := o.publication(n).Message(); m.Incident != nil && name != "a choice that it does not offer" {
					t.Errorf("publication %d went out: %+v", n, m.Incident)
				}
			}
		})
	}
}

func (o *office) lead() desk.Actor { return signer(o.holder(plan.IncidentLead)) }

// holdWith publishes what is shown after somebody changed the form.
func (o *office) holdWith(change func(*desk.Filling)) error {
	o.t.Helper()
	f := desk.Filling{Incident: o.opened("major").ID}
	change(&f)
	v, err := o.LookHolding(o.ctx, o.lead(), f)
	if err != nil {
		return err
	}
	_, err = o.Hold(o.ctx, o.lead(), v.Filling, v.Content.Digest())
	return err
}
