package desk_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// TestRandomPeople lets random people do random things at a desk on a real
// database, and then looks at every publication with other eyes than the
// desk's: who wrote, who signed, when, and for which words.
func TestRandomPeople(t *testing.T) {
	o := open(t)
	var people []plan.PersonID
	for _, p := range o.plan.People {
		people = append(people, p.ID)
	}
	rapid.Check(t, func(rt *rapid.T) {
		updates := []comms.ID{o.incident().ID}
		one := func() comms.ID { return rapid.SampledFrom(updates).Draw(rt, "update") }
		who := func() desk.Actor {
			a := desk.Actor{Person: rapid.SampledFrom(people).Draw(rt, "person")}
			if rapid.IntRange(0, 9).Draw(rt, "proof") > 0 {
				a.Proof = signoff.MeansPassword
			}
			if rapid.IntRange(0, 14).Draw(rt, "token") == 0 {
				a.Token = "ci"
			}
			return a
		}
		o.write(o.drafter(), updates[0], marked(updates[0]))
		if rapid.Bool().Draw(rt, "published first") { // so that there is something to correct and to take away
			o.publishFirst(rt, updates[0])
		}
		for range rapid.IntRange(5, 15).Draw(rt, "steps") {
			o.step(rt, who(), one(), &updates)
		}
	})
	pubs, err := o.store.Publications(o.ctx, 0, 100_000)
	if err != nil {
		t.Fatal(err)
	}
	for n, pub := range pubs { // and many of what is left, until few words are
		if n%3 > 0 && signoff.Redactable(pub) == nil {
			o.redacted(pub.Number())
		}
	}
	o.examine()
	o.examineRemoved()
}

func (o *office) publishFirst(rt *rapid.T, id comms.ID) {
	v, err := o.Look(o.ctx, o.drafter(), id)
	if err != nil {
		rt.Fatal(err)
	}
	u, err := o.Submit(o.ctx, o.drafter(), id, v.Latest.Number)
	if err != nil {
		rt.Fatal(err)
	}
	if _, err := o.sign(o.holder(plan.IncidentLead), u); err != nil {
		rt.Fatal(err)
	}
}

// step does one random thing; whatever is refused is as good as not done.
func (o *office) step(rt *rapid.T, a desk.Actor, id comms.ID, updates *[]comms.ID) {
	v, err := o.Look(o.ctx, a, id)
	if err != nil {
		rt.Fatal(err)
	}
	switch rapid.IntRange(0, 24).Draw(rt, "action") {
	case 0:
		text := v.Latest.Draft.Clone()
		text.Slots.Set("en", "impact", rapid.SampledFrom([]string{honest, "nobody can open a report in the web app", ""}).Draw(rt, "words"))
		_, _ = o.Save(o.ctx, a, id, v.Latest.Number-rapid.IntRange(0, 1).Draw(rt, "stale"), text)
	case 1:
		o.wait(time.Duration(rapid.IntRange(1, 20).Draw(rt, "minutes")) * time.Minute)
	case 2:
		_, _ = o.AskChanges(o.ctx, a, id, v.Update.Digest, "Say it more plainly")
	case 3:
		_, _ = o.Withdraw(o.ctx, a, id, "Not needed")
	case 4:
		_ = o.TakeBack(o.ctx, a.Person, "the password was reset")
	case 5:
		phase := rapid.SampledFrom(comms.Phases()).Draw(rt, "phase")
		if u, err := o.Begin(o.ctx, a, v.Incident.ID, phase, ""); err == nil {
			o.write(o.drafter(), u.ID, marked(u.ID))
			*updates = append(*updates, u.ID)
		}
	case 6:
		if v.Incident.Head > 0 {
			if u, err := o.Correct(o.ctx, a, v.Incident.Head); err == nil {
				o.write(o.drafter(), u.ID, marked(u.ID))
				*updates = append(*updates, u.ID)
			}
		}
	case 13:
		o.remove(rt, a, v, updates)
	case 14, 15:
		w := desk.Wording{Update: id, Digest: v.Update.Digest, Slots: draft.Slots{"en": {"impact": rapid.SampledFrom([]string{marked(id) + " today", "nobody can open a report"}).Draw(rt, "wording")}}}
		if len(v.Signatures) > 0 && len(v.Signatures[0].May) > 0 && rapid.Bool().Draw(rt, "may suggest") {
			a = signer(rapid.SampledFrom(v.Signatures[0].May).Draw(rt, "suggests"))
		}
		_, _ = o.Suggest(o.ctx, a, w)
	case 16:
		o.answer(rt, a, v)
	case 11, 12:
		text := v.Latest.Draft.Clone()
		text.Slots.Set("en", "who", rapid.SampledFrom([]string{"about one in nine customers in Europe", "everybody in Europe"}).Draw(rt, "typed"))
		_, _ = o.Keep(o.ctx, a, id, desk.Typing{Base: v.Latest.Draft, Text: text, Settle: rapid.Bool().Draw(rt, "settle")})
	case 7, 8, 9, 10:
		_, _ = o.Submit(o.ctx, a, id, v.Latest.Number)
	default:
		s := desk.Signing{Update: id, Digest: v.Update.Digest, Languages: o.plan.Catalogue.Languages}
		s.Requirement = rapid.IntRange(0, 1).Draw(rt, "requirement")
		// Mostly somebody who may, so that many sequences publish.
		if len(v.Signatures) > 0 && len(v.Signatures[0].May) > 0 && rapid.IntRange(0, 2).Draw(rt, "may") > 0 {
			a = signer(rapid.SampledFrom(v.Signatures[0].May).Draw(rt, "signer"))
			s.Requirement = 0
		}
		if rapid.IntRange(0, 3).Draw(rt, "confirm") > 0 {
			_ = o.ConfirmCause(o.ctx, a, id, v.Cause.Digest)
		}
		if rapid.IntRange(0, 7).Draw(rt, "other digest") == 0 {
			s.Digest = comms.DigestOf([]byte("other words"))
		}
		_, _ = o.Sign(o.ctx, a, s)
	}
}

// answer accepts or declines a suggestion, mostly as somebody who may.
func (o *office) answer(rt *rapid.T, a desk.Actor, v desk.View) {
	if len(v.Suggestions) == 0 {
		return
	}
	s := rapid.SampledFrom(v.Suggestions).Draw(rt, "suggestion")
	if rapid.IntRange(0, 2).Draw(rt, "author answers") > 0 {
		a = desk.Actor{Person: v.Latest.Author}
	}
	if rapid.IntRange(0, 3).Draw(rt, "decline") == 0 {
		_ = o.DeclineWording(o.ctx, a, v.Update.ID, s.ID, "because "+marked(v.Update.ID))
		return
	}
	_, _ = o.AcceptWording(o.ctx, a, v.Update.ID, v.Latest.Number, v.Latest.Draft, s.ID)
}

// marked are words that name their update.
func marked(id comms.ID) string { return honest + " at " + mark(id) }

// mark is a name that stands for an update: letters alone, as a customer's.
func mark(id comms.ID) string {
	return "Z" + strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'a' + r - '0'
		}
		return r
	}, string(id))
}

// remove redacts a publication of the incident, now and then to the end.
func (o *office) remove(rt *rapid.T, a desk.Actor, v desk.View, updates *[]comms.ID) {
	if len(v.History) == 0 {
		return
	}
	u, err := o.Redact(o.ctx, a, rapid.SampledFrom(v.History).Draw(rt, "publication").Number())
	if err != nil {
		return
	}
	v, err = o.Look(o.ctx, a, u.ID)
	if err != nil {
		rt.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	for _, lang := range o.plan.Catalogue.Languages {
		text.Slots.Set(lang, "reason", because)
	}
	r, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text)
	if err != nil {
		return
	}
	*updates = append(*updates, u.ID)
	if rapid.IntRange(0, 3).Draw(rt, "finish") == 0 {
		return
	}
	if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err == nil {
		_, _ = o.sign(o.holder(plan.IncidentLead), u)
	}
}

// examineRemoved looks for the words of everything that was redacted in every
// row of every table.
func (o *office) examineRemoved() {
	o.t.Helper()
	pubs, err := o.store.Publications(o.ctx, 0, 100_000)
	if err != nil {
		o.t.Fatal(err)
	}
	gone := map[string]int64{}
	for _, pub := range pubs {
		if pub.Redacted() != nil {
			gone[mark(pub.Message().Update)] = pub.Number()
		}
	}
	if len(gone) == 0 {
		o.t.Fatal("nothing was ever redacted: the property was not tried")
	}
	err = o.store.Dump(o.ctx, func(int64) error { return nil }, func(t store.Table, values []any) error {
		for _, v := range values {
			text, ok := v.(string)
			if b, bytes := v.([]byte); bytes {
				text, ok = string(b), true
			}
			if !ok || !strings.Contains(text, " Z") {
				continue
			}
			for name, number := range gone {
				if strings.Contains(text, name) {
					o.t.Errorf("the table %s still has words of publication %d: %v", t.Name, number, values)
				}
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	o.t.Logf("%d redactions", len(gone))
}

// examine reads everything back and holds each publication to the law.
func (o *office) examine() {
	o.t.Helper()
	pubs, err := o.store.Publications(o.ctx, 0, 100_000)
	if err != nil {
		o.t.Fatal(err)
	}
	head := signoff.Head{}
	signed := 0
	for _, pub := range pubs {
		if err := pub.Follows(head); err != nil {
			o.t.Error(err)
		}
		head = pub.Head()
		if pub.Number() > 1 {
			signed++
			o.examineOne(pub)
		}
	}
	if signed == 0 {
		o.t.Fatal("nothing was ever published: the property was not tried")
	}
	o.t.Logf("%d publications", signed)
}

func (o *office) examineOne(pub signoff.Publication) {
	o.t.Helper()
	update := pub.Message().Update
	err := o.store.Read(o.ctx, func(tx desk.Tx) error {
		u, err := tx.Update(o.ctx, update)
		if err != nil {
			return err
		}
		if u.State != desk.Published || u.Publication != pub.Number() || u.Digest != pub.Digest() {
			o.t.Errorf("publication %d: its update is %s with number %d", pub.Number(), u.State, u.Publication)
		}
		revisions, err := tx.Revisions(o.ctx, update)
		if err != nil {
			return err
		}
		voids, err := tx.Voids(o.ctx, update, pub.Digest())
		if err != nil {
			return err
		}
		var seen []plan.PersonID
		for _, a := range pub.Warrant().Approvals {
			for _, r := range revisions {
				if r.Author == a.Person {
					o.t.Errorf("publication %d: %s signed a text that they wrote", pub.Number(), a.Person)
				}
				if r.At.After(a.At) {
					o.t.Errorf("publication %d: revision %d is younger than the signature", pub.Number(), r.Number)
				}
			}
			for _, v := range voids {
				if v.Approval == a.ID {
					o.t.Errorf("publication %d: signature %s had been taken back", pub.Number(), a.ID)
				}
			}
			if slices.Contains(seen, a.Person) || !a.Live(pub.At()) || a.Digest != pub.Digest() {
				o.t.Errorf("publication %d: approval %+v does not count", pub.Number(), a)
			}
			seen = append(seen, a.Person)
		}
		if len(seen) == 0 {
			o.t.Errorf("publication %d has no signature", pub.Number())
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
}
