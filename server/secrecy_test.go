package server

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/auth"
	"github.com/countersign/countersign/server/mail"
)

// never is a word that is written, submitted, sent back and withdrawn, and
// that nobody signs.
const never = "foxglove"

// secret is something that waits for its signatures.
type secret struct {
	what   string
	word   string // that stands in every field of it
	update comms.ID
	hidden []string         // identifiers that only the desk knows
	shown  []string         // addresses where the word stands once it is signed
	quiet  bool             // no mail tells of it
	after  func(*testing.T) // what else holds once it is signed; nil for nothing
}

// TestNothingUnsignedReachesCustomers writes, submits and schedules messages of
// every kind, each with a word of its own in every field. Until the last
// signature nothing outside changes by a byte, an ETag or a mail. Then the word
// is there: whoever looks, looks in the right places.
func TestNothingUnsignedReachesCustomers(t *testing.T) {
	c := &clock{}
	c.now.Store(time.Date(2026, 11, 23, 14, 0, 0, 0, time.UTC).UnixMicro())
	o := opened(t, c)
	o.company()
	bystander := o.bystander()
	o.inside()

	for _, round := range [][]func() secret{
		{o.byProgram, o.typed, o.planned, o.calledOff},
		{o.scheduled, o.correction},
		{o.redaction, o.newPlan},
	} {
		before, files, letters := o.look(), o.files(o.config.Copy), len(o.told())
		for name, one := range before {
			if one.says(never) {
				t.Fatalf("%s says what nobody signed", name)
			}
		}
		var waiting []secret
		for _, write := range round {
			s := write()
			o.asking(s.update)
			waiting = append(waiting, s)
		}
		o.unmoved("what waits for signatures", before)
		if !maps.Equal(files, o.copied()) {
			t.Error("the copy as files changed before anything was signed")
		}
		for _, s := range append(waiting, bystander) {
			for _, id := range append(s.hidden, string(s.update)) {
				o.twins(s.what, id)
			}
		}
		if told := o.told(); len(told) != letters {
			t.Fatalf("customers got %d mails before anything was signed: %v", len(told)-letters, told[letters:])
		}
		for _, s := range waiting {
			o.release(s, before)
		}
		if t.Failed() {
			return
		}
	}
	before := o.look()
	o.takenBack(bystander)
	o.unmoved("what is sent back and withdrawn", before)
	for _, l := range o.told() {
		if says(fmt.Sprint(l), never) {
			t.Errorf("a mail to %s says what nobody signed: %s", l.To, l.Text)
		}
	}
	for name, text := range o.copied() {
		if says(name+text, never) {
			t.Errorf("%s in the copy says what nobody signed", name)
		}
	}
}

// release gives the signatures, and waits until customers read the word.
// before is what they saw: for a message that is signed for later it stays.
func (o *outside) release(s secret, before map[string]seen) {
	o.t.Helper()
	letters := len(o.told())
	signed(o.t, o.installation, s.update)
	v, err := o.installation.Desk.Look(o.t.Context(), desk.Actor{Person: "dana"}, s.update)
	o.must(err)
	if v.Update.State == desk.Approved {
		o.unmoved(s.what+", signed for later", before)
		o.clock.pass(20 * time.Minute)
	}
	for _, address := range s.shown {
		o.await(s.word+" at "+address, func() bool { return o.ask(http.MethodGet, address, "", nil).says(s.word) })
	}
	v, err = o.installation.Desk.Look(o.t.Context(), desk.Actor{Person: "dana"}, s.update)
	o.must(err)
	o.settled(v.Update.Publication)
	if !s.quiet && !slices.ContainsFunc(o.told()[letters:], func(l mail.Letter) bool { return says(l.Subject+l.Text, s.word) }) {
		o.t.Errorf("%s: no mail says %q once it is signed", s.what, s.word)
	}
	if text := strings.Join(slices.Collect(maps.Values(o.files(o.config.Copy))), ""); !says(text, s.word) {
		o.t.Errorf("%s: the copy as files does not say %q once it is signed", s.what, s.word)
	}
	if s.after != nil {
		s.after(o.t)
	}
}

// company gives everybody on the roster an account, has two subscribers and a
// third person who was asked, and publishes what customers know already.
func (o *outside) company() {
	o.t.Helper()
	ctx, in := o.t.Context(), o.installation
	p, err := in.plan(ctx)
	o.must(err)
	for _, person := range p.People {
		o.must(in.Store.AddAccount(ctx, auth.Account{Person: person.ID, CreatedAt: o.clock.read(), ChangedAt: o.clock.read()}))
	}
	secretKey, err := readSecret(o.config.SecretKey)
	o.must(err)
	tokens, err := mail.NewTokens(secretKey)
	o.must(err)
	for _, s := range []comms.Subscriber{
		{Address: "ana@customer.example", Lang: "en", Choice: comms.Choice{Everything: true}},
		{Address: "luis@cliente.example", Lang: "es", Choice: comms.Choice{Components: []comms.ComponentID{"sign-in", "exports"}}},
	} {
		s.ID, s.ConfirmedAt = comms.NewID(), o.clock.read()
		o.must(in.Store.AddSubscriber(ctx, s))
		o.reader = tokens.Token(s.ID)
	}
	if got := o.ask(http.MethodPost, "/subscribe", "address=kim%40customer.example&what=some&component=sign-in", nil); got.status != http.StatusOK && got.status != http.StatusSeeOther {
		o.t.Fatalf("asking for mail: %d\n%s", got.status, got.body)
	}
	link := regexp.MustCompile(`/subscriptions/confirm/([^\s"<>]+)`)
	o.await("a mail that asks for confirmation", func() bool {
		for _, l := range o.told() {
			if m := link.FindStringSubmatch(l.Text); m != nil {
				o.asked = m[1]
			}
		}
		return o.asked != ""
	})
	for _, kind := range []comms.Kind{comms.KindIncident, comms.KindMaintenance} {
		opening := desk.Opening{Kind: kind, Name: "known", Severity: "major", Claims: []comms.Claim{{Component: "sign-in", State: comms.Degraded}}}
		if kind == comms.KindMaintenance {
			opening.Severity, opening.Claims = "maintenance", []comms.Claim{{Component: "exports", State: comms.Maintenance}}
			opening.StartedAt, opening.EndedAt = draft.FormatTime(o.clock.read().Add(96*time.Hour)), draft.FormatTime(o.clock.read().Add(97*time.Hour))
		}
		inc, u, err := in.Desk.Open(ctx, desk.Actor{Person: "dana"}, opening)
		o.must(err)
		bringToSignature(o.t, in, u.ID)
		if kind == comms.KindIncident {
			o.incident = inc.ID
		} else {
			o.work = inc.ID
		}
	}
	o.await("a page with what is known", func() bool {
		return o.ask(http.MethodGet, "/maintenances/"+string(o.work), "", nil).status == http.StatusOK
	})
	o.look() // what a customer can send is sent once: the second time it changes nothing
	o.settled(3)
}

// about puts a word into a sentence of each language.
func about(word string) func(comms.Lang) string {
	return func(lang comms.Lang) string {
		if lang == "es" {
			return "las personas no pueden abrir un informe sobre " + word
		}
		return "people cannot open a report about " + word
	}
}

// program sends a request to the desk's interface as a program does.
func (o *outside) program(method, path, match, body string) map[string]any {
	o.t.Helper()
	token, err := o.installation.Auth.NewToken(o.t.Context(), "dana", "monitoring "+string(comms.NewID()), auth.ScopeDraft, time.Hour)
	o.must(err)
	r, err := http.NewRequestWithContext(o.t.Context(), method, o.desk+"/api/v1"+path, strings.NewReader(body))
	o.must(err)
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	res, err := o.client.Do(r)
	o.must(err)
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	o.must(err)
	var out map[string]any
	if err := json.Unmarshal(text, &out); err != nil || res.StatusCode >= http.StatusMultipleChoices {
		o.t.Fatalf("%s %s: %d (%v)\n%s", method, path, res.StatusCode, err, text)
	}
	return out
}

// alarmed opens an incident as a monitoring program does, with a word in every
// field, and submits it.
func (o *outside) alarmed(word, component string) (incident, update comms.ID) {
	o.t.Helper()
	slots := map[comms.Lang]map[string]string{}
	for _, lang := range []comms.Lang{"en", "es"} {
		slots[lang] = map[string]string{}
		for _, name := range []string{"headline", "impact", "who", "not_affected", "action_us", "action_customer"} {
			slots[lang][name] = about(word)(lang)
		}
	}
	body, err := json.Marshal(map[string]any{
		"name": never + " in the cellar", "severity": "major", "template": "investigating",
		"components": map[string]string{component: "major"}, "slots": slots,
	})
	o.must(err)
	made := o.program(http.MethodPost, "/incidents", "", string(body))
	incident = comms.ID(made["incident"].(map[string]any)["id"].(string))
	update = comms.ID(made["update"].(map[string]any)["id"].(string))
	o.program(http.MethodPost, "/updates/"+string(update)+"/submit", `"1"`, "")
	return incident, update
}

// bystander waits for its signatures through the whole test, and gets none.
func (o *outside) bystander() secret {
	o.t.Helper()
	incident, update := o.alarmed(never, "payments")
	o.asking(update)
	return secret{what: "what nobody ever signs", update: update, hidden: []string{string(incident)}}
}

// inside approves a holding statement in advance, takes that back, and hands an
// incident over, with words for the team alone: customers see nothing of it.
func (o *outside) inside() {
	o.t.Helper()
	ctx, d, dana := o.t.Context(), o.installation.Desk, desk.Actor{Person: "dana"}
	before, letters := o.look(), len(o.told())
	u, err := d.AskForStatement(ctx, dana, "first-words")
	o.must(err)
	u, err = d.Submit(ctx, dana, u.ID, 1)
	o.must(err)
	o.asking(u.ID)
	o.unmoved("a holding statement that waits for signatures", before)
	signed(o.t, o.installation, u.ID)
	v, err := d.Look(ctx, dana, u.ID)
	o.must(err)
	if v.Update.State != desk.Published {
		o.t.Fatalf("the holding statement is %s: %s", v.Update.State, v.Update.Note)
	}
	o.settled(v.Update.Publication)
	h, err := d.Offer(ctx, dana, "sam", []comms.ID{o.incident}, "Tell nobody of "+never)
	o.must(err)
	_, err = d.Decline(ctx, desk.Actor{Person: "sam"}, h.ID, "I know nothing of "+never)
	o.must(err)
	o.must(d.EndStatement(ctx, dana, v.Update.Publication, "It says nothing of "+never))
	o.unmoved("what is approved in advance, taken back and handed over", before)
	if told := o.told(); len(told) != letters {
		o.t.Errorf("customers got %d mails of what is for the team alone: %v", len(told)-letters, told[letters:])
	}
}

// takenBack sends an update back with a reason, and withdraws it with one.
func (o *outside) takenBack(s secret) {
	o.t.Helper()
	ctx, d := o.t.Context(), o.installation.Desk
	v, err := d.Look(ctx, desk.Actor{Person: "ines"}, s.update)
	o.must(err)
	if v.Update.State == desk.InReview { // a new plan parks what waits
		_, err = d.AskChanges(ctx, desk.Actor{Person: "ines"}, s.update, v.Update.Digest, "say nothing of "+never)
		o.must(err)
	}
	_, err = d.Withdraw(ctx, desk.Actor{Person: "dana"}, s.update, never+" was a mistake")
	o.must(err)
}

func (o *outside) byProgram() secret {
	incident, update := o.alarmed("quillwort", "company-sign-in")
	id := string(incident)
	o.alarm = incident
	return secret{what: "an incident that a program opened", word: "quillwort", update: update, hidden: []string{id}, shown: []string{
		"/", "/es/", "/incidents/" + id, "/es/incidents/" + id, "/feed.atom", "/feed.rss", "/feed.json", "/es/feed.json",
		"/api/v2/summary.json", "/es/api/v2/incidents/unresolved.json", "/incidents/" + id + ".json", "/history.json", "/history.atom",
		"/oembed?url=https://status.northwind.example/incidents/" + id,
		"/components/company-sign-in", "/components/company-sign-in/feed.rss", "/go/sign-in", "/go/sign-in.json", "/es/go/sign-in",
	}}
}

// begun starts the next update of an incident and submits it.
func (o *outside) begun(incident comms.ID, phase comms.Phase, word string, over draft.Draft) comms.ID {
	o.t.Helper()
	over.Slots = draft.Slots{"en": {}, "es": {}}
	u, err := o.installation.Desk.BeginWith(o.t.Context(), desk.Actor{Person: "dana"}, incident, phase, "", over)
	o.must(err)
	return o.rewritten(u.ID, word)
}

// rewritten puts a word into every field, also those that were carried over:
// typed first and not saved, then submitted.
func (o *outside) rewritten(update comms.ID, word string) comms.ID {
	o.t.Helper()
	v, err := o.installation.Desk.Look(o.t.Context(), desk.Actor{Person: "dana"}, update)
	o.must(err)
	text := v.Latest.Draft.Clone()
	for _, lang := range v.Plan.Catalogue.Languages {
		for name := range text.Slots[lang] {
			text.Slots.Set(lang, name, about(word)(lang))
		}
	}
	_, err = o.installation.Desk.Keep(o.t.Context(), desk.Actor{Person: "dana"}, update, desk.Typing{Base: v.Latest.Draft, Text: text})
	o.must(err)
	_, err = o.installation.Desk.Settle(o.t.Context(), update)
	o.must(err)
	submitted(o.t, o.installation, update, about(word))
	return update
}

func (o *outside) typed() secret {
	update := o.begun(o.incident, comms.PhaseIdentified, "hornbeam", draft.Draft{Claims: []comms.Claim{{Component: "sign-in", State: comms.Major}}})
	return secret{what: "the next update of what is known", word: "hornbeam", update: update,
		shown: []string{"/", "/incidents/" + string(o.incident), "/es/feed.atom", "/components/sign-in/feed.atom", "/api/v2/incidents.json", "/history.rss"}}
}

func (o *outside) correction() secret {
	v, err := o.installation.Desk.LookIncident(o.t.Context(), desk.Actor{Person: "dana"}, o.incident)
	o.must(err)
	u, err := o.installation.Desk.Correct(o.t.Context(), desk.Actor{Person: "dana"}, v.Incident.Head)
	o.must(err)
	submitted(o.t, o.installation, u.ID, about("samphire"))
	return secret{what: "a correction", word: "samphire", update: u.ID, shown: []string{"/", "/es/incidents/" + string(o.incident), "/feed.rss"}}
}

func (o *outside) scheduled() secret {
	at := draft.FormatTime(o.clock.read().Add(15 * time.Minute))
	update := o.begun(o.alarm, comms.PhaseIdentified, "speedwell", draft.Draft{PublishAt: at})
	return secret{what: "an update with a time", word: "speedwell", update: update, shown: []string{"/", "/incidents/" + string(o.alarm), "/feed.json", "/go/sign-in.json"}}
}

func (o *outside) planned() secret {
	now := o.clock.read()
	inc, u, err := o.installation.Desk.Open(o.t.Context(), desk.Actor{Person: "dana"}, desk.Opening{
		Kind: comms.KindMaintenance, Name: never + " disks", Severity: "maintenance", Claims: []comms.Claim{{Component: "exports", State: comms.Maintenance}},
		StartedAt: draft.FormatTime(now.Add(100 * time.Hour)), EndedAt: draft.FormatTime(now.Add(101 * time.Hour)),
	})
	o.must(err)
	submitted(o.t, o.installation, u.ID, about("marigold"))
	id := string(inc.ID)
	return secret{what: "planned work", word: "marigold", update: u.ID, hidden: []string{id},
		shown: []string{"/", "/maintenances/" + id, "/api/v2/scheduled-maintenances/upcoming.json", "/incidents/" + id + ".json", "/calendar.ics", "/es/components/exports/calendar.ics", "/feed.atom"}}
}

func (o *outside) calledOff() secret {
	update := o.begun(o.work, comms.PhaseCancelled, "bluebell", draft.Draft{})
	return secret{what: "planned work that is called off", word: "bluebell", update: update,
		shown: []string{"/maintenances/" + string(o.work), "/es/feed.rss", "/calendar.ics"}}
}

func (o *outside) redaction() secret {
	ctx, d, dana := o.t.Context(), o.installation.Desk, desk.Actor{Person: "dana"}
	v, err := d.LookIncident(ctx, dana, o.incident)
	o.must(err)
	number := v.History[slices.IndexFunc(v.History, func(p signoff.Publication) bool { return p.Message().Kind == comms.MessageCorrection })].Number()
	u, err := d.Redact(ctx, dana, number)
	o.must(err)
	look, err := d.Look(ctx, dana, u.ID)
	o.must(err)
	text := look.Latest.Draft.Clone()
	for _, lang := range look.Plan.Catalogue.Languages {
		text.Slots.Set(lang, "reason", about("lovage")(lang))
	}
	saved, err := d.Save(ctx, dana, u.ID, look.Latest.Number, text)
	o.must(err)
	_, err = d.Submit(ctx, dana, u.ID, saved.Number)
	o.must(err)
	return secret{what: "a redaction", word: "lovage", update: u.ID, quiet: true, shown: []string{"/incidents/" + string(o.incident), "/es/incidents/" + string(o.incident)},
		after: func(t *testing.T) {
			for name, one := range o.look() {
				if one.says("samphire") {
					t.Errorf("%s still says what was redacted", name)
				}
			}
			for name, text := range o.copied() {
				if says(text, "samphire") {
					t.Errorf("%s in the copy still says what was redacted", name)
				}
			}
		}}
}

var words = regexp.MustCompile(`\b(en|es): ('?)(\pL)`)

func (o *outside) newPlan() secret {
	files := plan.Builtin()
	for i, f := range files {
		switch f.Name {
		case "catalogue.yaml":
			f.Text = strings.Replace(f.Text, "      - id: company-sign-in\n", "      - id: hawthornside\n        name: { en: Gate, es: Puerta }\n        description: { en: Coming in, es: Entrar }\n      - id: company-sign-in\n", 1)
			fallthrough
		case "severities.yaml", "links.yaml":
			f.Text = words.ReplaceAllString(f.Text, "$1: ${2}Hawthorn $3")
		}
		if f.Name == "links.yaml" {
			f.Text += "  - key: hawthorngate\n    title: { en: Hawthorn, es: Hawthorn }\n    components: [hawthornside]\n    try:\n      - { en: Hawthorn., es: Hawthorn. }\n"
		}
		files[i] = f
	}
	u, err := o.installation.Desk.ChangePlan(o.t.Context(), desk.Actor{Person: "dana"}, files, "everything is hawthorn now")
	o.must(err)
	_, err = o.installation.Desk.Submit(o.t.Context(), desk.Actor{Person: "dana"}, u.ID, 1)
	o.must(err)
	return secret{what: "a change of the plan", word: "hawthorn", update: u.ID, hidden: []string{"hawthornside", "hawthorngate"}, quiet: true, shown: []string{
		"/", "/es/", "/history", "/api/v2/components.json", "/feed.atom", "/es/feed.json", "/calendar.ics", "/components/hawthornside", "/components/hawthornside/badge.svg", "/go/hawthorngate.json", "/go/export", "/subscribe", "/how-we-publish",
	}}
}
