package desk_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
	"github.com/countersign/countersign/server/store/storetest"
)

const (
	marker  = "Zanzibar"
	harmful = "people at Zanzibar cannot sign in"
	because = "The text named a customer."
)

// published brings an update of an incident to customers.
func (o *office) published(u desk.Update, words string) desk.Update {
	o.t.Helper()
	r := o.write(o.drafter(), u.ID, words)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	if u, err = o.sign(o.holder(plan.IncidentLead), u); err != nil || u.State != desk.Published {
		o.t.Fatalf("it is %s (%s): %v", u.State, u.Note, err)
	}
	return u
}

// redaction begins a redaction with a reason in every language.
func (o *office) redaction(publication int64, reason string) (desk.Update, desk.Revision) {
	o.t.Helper()
	u, err := o.Redact(o.ctx, o.drafter(), publication)
	if err != nil {
		o.t.Fatal(err)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	text := v.Latest.Draft.Clone()
	for _, lang := range o.plan.Catalogue.Languages {
		text.Slots.Set(lang, "reason", reason)
	}
	r, err := o.Save(o.ctx, o.drafter(), u.ID, v.Latest.Number, text)
	if err != nil {
		o.t.Fatal(err)
	}
	return u, r
}

// redacted takes the words of a publication away.
func (o *office) redacted(publication int64) desk.Update {
	o.t.Helper()
	u, r := o.redaction(publication, because)
	if u.State != desk.InReview {
		var err error
		if u, err = o.Submit(o.ctx, o.drafter(), u.ID, r.Number); err != nil {
			o.explain(u.ID, err)
		}
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil {
		o.t.Fatal(err)
	}
	if u, err = o.sign(v.Signatures[0].May[0], u); err != nil || u.State != desk.Published {
		o.t.Fatalf("the redaction is %s (%s): %v", u.State, u.Note, err)
	}
	return u
}

func (o *office) publication(number int64) signoff.Publication {
	o.t.Helper()
	p, err := o.store.Publication(o.ctx, number)
	if err != nil {
		o.t.Fatal(err)
	}
	return p
}

// TestRedactionTakesTheWordsAway looks into the files of the database: an
// earlier text of the update that was submitted and sent back, the reasons that
// people gave on the way, the published words. What was signed besides stays.
func TestRedactionTakesTheWordsAway(t *testing.T) {
	file := filepath.Join(t.TempDir(), "desk.db")
	o := openAt(t, "sqlite:"+file)
	u := o.incident()
	r := o.write(o.drafter(), u.ID, harmful)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	lead := o.holder(plan.IncidentLead)
	if u, err = o.AskChanges(o.ctx, signer(lead), u.ID, u.Digest, "Say more of "+marker); err != nil {
		t.Fatal(err)
	}
	u = o.published(u, harmful+" at all")
	before := o.publication(u.Publication)
	if !o.holds(file, marker) {
		t.Fatal("the database does not hold the words: the test proves nothing")
	}
	next := o.redacted(u.Publication)
	if o.holds(file, marker) {
		t.Error("the database still holds the words")
	}
	after := o.publication(u.Publication)
	m, was := after.Message(), before.Message()
	if removal := after.Redacted(); removal == nil || removal.Number != next.Publication || !removal.At.Equal(o.clock()) || removal.Reason["en"] != because {
		t.Errorf("the redaction is %+v", removal)
	}
	if len(m.Forms) != 0 || len(after.Content().Bytes()) != 0 || after.Digest() != before.Digest() || after.Head().String() != before.Head().String() ||
		m.Update != was.Update || m.Incident.Phase != was.Incident.Phase || len(m.Incident.Claims) != len(was.Incident.Claims) || !m.Incident.StartedAt.Equal(was.Incident.StartedAt) {
		t.Errorf("what is left of the message is %+v", m)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil || v.Redacted == nil || len(v.Signatures) == 0 || !v.Latest.Redacted {
		t.Errorf("the desk shows %+v: %v", v, err)
	}
}

// TestRepetitionsGoAsWell redacts words that the next updates began with: one
// is published with others, one is in review with the same, one is withdrawn.
func TestRepetitionsGoAsWell(t *testing.T) {
	for name, file := range map[string]string{"sqlite": filepath.Join(t.TempDir(), "desk.db"), "postgres": ""} {
		t.Run(name, func(t *testing.T) {
			address := "sqlite:" + file
			if file == "" {
				address = storetest.PostgresSchema(t)
			}
			o := openAt(t, address)
			first := o.published(o.incident(), harmful)
			var next []desk.Update
			for range 3 {
				u, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseInvestigating, "")
				if err != nil {
					t.Fatal(err)
				}
				next = append(next, u)
			}
			lead := o.holder(plan.IncidentLead)
			reviewed, withdrawn, published := next[0], next[1], next[2]
			r := o.write(o.drafter(), reviewed.ID, harmful)
			reviewed, err := o.Submit(o.ctx, o.drafter(), reviewed.ID, r.Number)
			if err != nil {
				o.explain(reviewed.ID, err)
			}
			o.submit(withdrawn.ID, o.write(o.drafter(), withdrawn.ID, harmful).Number)
			if _, err := o.Withdraw(o.ctx, o.drafter(), withdrawn.ID, "Not needed"); err != nil {
				t.Fatal(err)
			}
			o.published(published, honest)
			sam := desk.Actor{Person: o.plan.Holders(plan.Drafter)[1]}
			for _, end := range []func(desk.Handover) (desk.Handover, error){
				func(h desk.Handover) (desk.Handover, error) {
					return o.Decline(o.ctx, sam, h.ID, "I do not know "+marker)
				},
				func(h desk.Handover) (desk.Handover, error) { return h, nil },
			} {
				h, err := o.Offer(o.ctx, o.drafter(), sam.Person, []comms.ID{first.Incident}, "It is about "+marker)
				if err == nil {
					_, err = end(h)
				}
				if err != nil {
					t.Fatal(err)
				}
			}
			if !o.found(marker) {
				t.Fatal("no row has the words: the test proves nothing")
			}
			o.redacted(first.Publication)
			if o.found(marker) || file != "" && o.holds(file, marker) {
				t.Error("the database still holds the words")
			}
			v, err := o.Look(o.ctx, o.drafter(), reviewed.ID)
			if err != nil || v.Update.State != desk.Draft || v.Update.Note == "" || v.Latest.Draft.Slots.Get("en", "impact") != "" || len(v.Latest.Draft.Claims) == 0 {
				t.Fatalf("what repeated the words is %+v with %+v: %v", v.Update, v.Latest.Draft, err)
			}
			if v := o.look(withdrawn.ID); !v.Latest.Redacted {
				t.Errorf("what was withdrawn is %+v", v.Latest)
			}
			o.published(v.Update, honest)
			if _, err := o.sign(lead, reviewed); err == nil {
				t.Error("what repeated the words could still be signed")
			}
		})
	}
}

// TestTalkGoesAsWell redacts words that people repeated to one another: in what
// they called the incident, in requests for changes, reasons to withdraw and
// words about suggestions, of updates that are published, withdrawn and waiting.
func TestTalkGoesAsWell(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t testing.TB) string { return storetest.PostgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			o := openAt(t, address(t))
			lead, talk := signer(o.holder(plan.IncidentLead)), "Ask "+marker+" first"
			inc, first, err := o.Open(o.ctx, o.drafter(), desk.Opening{
				Kind: comms.KindIncident, Name: "Trouble at " + marker, Severity: "major", Claims: []comms.Claim{{Component: o.component(0), State: comms.Partial}},
			})
			if err != nil {
				t.Fatal(err)
			}
			first = o.published(first, harmful)
			begin := func() desk.Update {
				u, err := o.Begin(o.ctx, o.drafter(), inc.ID, comms.PhaseInvestigating, "")
				if err != nil {
					t.Fatal(err)
				}
				return u
			}
			asked := func() desk.Update {
				u := begin()
				u = o.submit(u.ID, o.write(o.drafter(), u.ID, honest).Number)
				made, err := o.Suggest(o.ctx, lead, wording(u, plainer))
				if err != nil {
					t.Fatal(err)
				}
				if err := o.DeclineWording(o.ctx, o.drafter(), u.ID, made[0].ID, talk); err != nil {
					t.Fatal(err)
				}
				if u, err = o.AskChanges(o.ctx, lead, u.ID, u.Digest, talk); err != nil {
					t.Fatal(err)
				}
				return u
			}
			withdrawn, waiting := begin(), asked()
			if _, err := o.Withdraw(o.ctx, o.drafter(), withdrawn.ID, talk); err != nil {
				t.Fatal(err)
			}
			after := asked()
			o.published(after, honest)
			if !o.found(talk) {
				t.Fatal("no row has what was said: the test proves nothing")
			}
			o.redacted(first.Publication)
			if o.found(marker) {
				t.Error("the database still holds the words")
			}
			v, err := o.LookIncident(o.ctx, o.drafter(), inc.ID)
			called, _ := o.plan.Catalogue.Components()[0].Name.In("en", "en")
			if err != nil || !strings.Contains(v.Incident.Name, called) {
				t.Errorf("the incident is called %q, want it by its component %q: %v", v.Incident.Name, called, err)
			}
			if u := o.look(waiting.ID).Update; u.State != desk.ChangesRequested {
				t.Errorf("what waited for changes is %s", u.State)
			}
			o.published(waiting, honest+" again")
		})
	}
}

// found tells whether a row of any table has the words.
func (o *office) found(words string) bool {
	o.t.Helper()
	found := false
	err := o.store.Dump(o.ctx, func(int64) error { return nil }, func(t store.Table, values []any) error {
		for _, v := range values {
			switch v := v.(type) {
			case string:
				found = found || strings.Contains(v, words)
			case []byte:
				found = found || bytes.Contains(v, []byte(words))
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return found
}

// holds tells whether the files of the database have the words anywhere.
func (o *office) holds(file, words string) bool {
	o.t.Helper()
	files, err := filepath.Glob(file + "*")
	if err != nil || len(files) == 0 {
		o.t.Fatalf("no database at %s: %v", file, err)
	}
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			o.t.Fatal(err)
		}
		if bytes.Contains(text, []byte(words)) {
			return true
		}
	}
	return false
}

// TestRedactionMovesNothing redacts an update that a newer one has followed,
// then the newest, and goes on from there.
func TestRedactionMovesNothing(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{
		"sqlite":   func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "desk.db") },
		"postgres": func(t testing.TB) string { return storetest.PostgresSchema(t) },
	} {
		t.Run(name, func(t *testing.T) {
			o := openAt(t, address(t))
			first := o.published(o.incident(), harmful)
			second, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseIdentified, "")
			if err != nil {
				t.Fatal(err)
			}
			second = o.published(second, honest)
			stood := o.standing(t)
			for _, u := range []desk.Update{first, second} {
				o.wait(time.Minute)
				o.redacted(u.Publication)
				if now := o.standing(t); now != stood {
					t.Errorf("customers saw %s and see %s", stood, now)
				}
			}
			inc, err := o.LookIncident(o.ctx, o.drafter(), first.Incident)
			if err != nil || inc.Incident.Phase != comms.PhaseIdentified || inc.Incident.Head != 5 {
				t.Fatalf("the incident is %+v: %v", inc.Incident, err)
			}
			third, err := o.Begin(o.ctx, o.drafter(), first.Incident, comms.PhaseMonitoring, "")
			if err != nil {
				t.Fatal(err)
			}
			v, err := o.Look(o.ctx, o.drafter(), third.ID)
			if err != nil || len(v.Latest.Draft.Claims) != 2 {
				t.Errorf("the next update begins with %+v: %v", v.Latest.Draft, err)
			}
			o.published(third, honest)
		})
	}
}

// standing is what customers see, as text.
func (o *office) standing(t *testing.T) string {
	t.Helper()
	var out []byte
	err := o.store.Read(o.ctx, func(tx desk.Tx) error {
		pubs, err := tx.Standing(o.ctx)
		if err != nil {
			return err
		}
		for _, p := range pubs {
			i := *p.Message().Incident
			i.Changes = nil
			if out, err = json.Marshal(i); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("nothing stands: %v", err)
	}
	return string(out)
}

func TestWhatCannotBeRedacted(t *testing.T) {
	o := open(t)
	u := o.published(o.incident(), harmful)
	taken := o.redacted(u.Publication)
	for name, c := range map[string]struct {
		publication int64
		code        comms.Code
		says        string
	}{
		"a plan":                {1, comms.Invalid, "submit a new version of the plan"},
		"a redaction":           {taken.Publication, comms.Invalid, "redaction itself"},
		"words that are gone":   {u.Publication, comms.Conflict, "removed already"},
		"no publication at all": {99, comms.NotFound, "no publication 99"},
	} {
		_, err := o.Redact(o.ctx, o.drafter(), c.publication)
		if comms.CodeOf(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, n := range []int64{u.Publication, taken.Publication} {
		if _, err := o.Correct(o.ctx, o.drafter(), n); err == nil || !strings.Contains(err.Error(), "write the next update instead") {
			t.Errorf("a correction of publication %d: %v", n, err)
		}
	}
}

func TestReasonsOfRedactions(t *testing.T) {
	o := open(t)
	u := o.published(o.incident(), harmful)
	for name, c := range map[string]struct{ reason, says string }{
		"none":             {"", "say why"},
		"one too long":     {strings.Repeat("a ", 200), "shorten it to 300"},
		"one with secrets": {"The text named the address 10.4.7.19.", "SEC-IP"},
	} {
		one, r := o.redaction(u.Publication, c.reason)
		if _, err := o.Submit(o.ctx, o.drafter(), one.ID, r.Number); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestReasonsShouldNotRepeat warns of what the removed words named.
func TestReasonsShouldNotRepeat(t *testing.T) {
	o := open(t)
	u := o.published(o.incident(), harmful)
	for reason, want := range map[string]string{because: "", "The text named " + marker + ".": marker, marker + " was named.": marker, "People were named who are customers.": ""} {
		one, _ := o.redaction(u.Publication, reason)
		v, err := o.Look(o.ctx, o.drafter(), one.ID)
		if err != nil {
			t.Fatal(err)
		}
		found := ""
		for _, f := range v.Preview.Report.In("en", "reason") {
			if f.Rule == "SEC-AGAIN" {
				found = f.Span
			}
		}
		if found != want {
			t.Errorf("%q: found %q, want %q", reason, found, want)
		}
	}
}

// TestRedactionsAreSigned holds redactions to the law of every message; the
// author of the words may sign, because they did not write the redaction.
func TestRedactionsAreSigned(t *testing.T) {
	o := open(t)
	u := o.incident()
	lead, drafter := o.holder(plan.IncidentLead), o.holder(plan.Drafter)
	r := o.write(desk.Actor{Person: lead}, u.ID, harmful)
	u, err := o.Submit(o.ctx, o.drafter(), u.ID, r.Number)
	if err != nil {
		o.explain(u.ID, err)
	}
	v, err := o.Look(o.ctx, o.drafter(), u.ID)
	if err != nil {
		t.Fatal(err)
	}
	other := v.Signatures[0].May[0]
	if u, err = o.sign(other, u); err != nil || u.State != desk.Published {
		t.Fatalf("%s: %v", u.State, err)
	}
	one, r := o.redaction(u.Publication, because)
	if one, err = o.Submit(o.ctx, o.drafter(), one.ID, r.Number); err != nil {
		t.Fatal(err)
	}
	if _, err := o.sign(drafter, one); comms.CodeOf(err) != comms.Forbidden {
		t.Errorf("the author of a redaction signed it: %v", err)
	}
	if one, err = o.sign(lead, one); err != nil || one.State != desk.Published {
		t.Errorf("the author of the words could not sign their removal: %s (%s) %v", one.State, one.Note, err)
	}
}

// TestRedactionOvertaken parks a redaction under which something moved, and
// lets it go on; two for the same words are one.
func TestRedactionOvertaken(t *testing.T) {
	o := open(t)
	u := o.published(o.incident(), harmful)
	one, r := o.redaction(u.Publication, because)
	again, err := o.Redact(o.ctx, o.drafter(), u.Publication)
	if err != nil || again.ID != one.ID {
		t.Fatalf("a second redaction of the same words was begun: %v", err)
	}
	if one, err = o.Submit(o.ctx, o.drafter(), one.ID, r.Number); err != nil {
		t.Fatal(err)
	}
	next, err := o.Begin(o.ctx, o.drafter(), u.Incident, comms.PhaseIdentified, "")
	if err != nil {
		t.Fatal(err)
	}
	o.published(next, honest)
	lead := o.holder(plan.IncidentLead)
	if one, err = o.sign(lead, one); err != nil || one.State != desk.Parked {
		t.Fatalf("it is %s (%s): %v", one.State, one.Note, err)
	}
	if one, err = o.Submit(o.ctx, o.drafter(), one.ID, r.Number); err != nil {
		t.Fatal(err)
	}
	if one, err = o.sign(lead, one); err != nil || one.State != desk.Published {
		t.Fatalf("it is %s (%s): %v", one.State, one.Note, err)
	}
}
