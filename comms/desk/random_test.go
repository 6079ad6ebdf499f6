package desk_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
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
		o.write(o.drafter(), updates[0], honest)
		for range rapid.IntRange(5, 15).Draw(rt, "steps") {
			o.step(rt, who(), one(), &updates)
		}
	})
	o.examine()
}

// step does one random thing; whatever is refused is as good as not done.
func (o *office) step(rt *rapid.T, a desk.Actor, id comms.ID, updates *[]comms.ID) {
	v, err := o.Look(o.ctx, a, id)
	if err != nil {
		rt.Fatal(err)
	}
	switch rapid.IntRange(0, 20).Draw(rt, "action") {
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
			o.write(o.drafter(), u.ID, honest)
			*updates = append(*updates, u.ID)
		}
	case 6:
		if v.Incident.Head > 0 {
			if u, err := o.Correct(o.ctx, a, v.Incident.Head); err == nil {
				o.write(o.drafter(), u.ID, honest)
				*updates = append(*updates, u.ID)
			}
		}
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
		if rapid.IntRange(0, 7).Draw(rt, "other digest") == 0 {
			s.Digest = comms.DigestOf([]byte("other words"))
		}
		_, _ = o.Sign(o.ctx, a, s)
	}
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
