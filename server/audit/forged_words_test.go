package audit_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/lint"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/audit"
	"github.com/countersign/countersign/server/store/storetest"
)

var secret = lint.Finding{Rule: "SEC-HOST", Level: plan.Block, Lang: "en", Field: "impact", Start: 3, End: 13, Span: "db-prod-03"}

// argue publishes what people argued about on its way: its cause was confirmed,
// one wording was taken over and one was declined, a warning stood, and a
// signature waives what a rule keeps back.
func (h *history) argue(confirmed bool) {
	h.T.Helper()
	ctx := h.T.Context()
	s := h.Submit(h.Incident("minor"), "dana")
	signer := h.Signer(s, 0)
	text := draft.Draft{Kind: comms.MessageUpdate, Template: "identified", Phase: comms.PhaseIdentified, Severity: "minor",
		Slots: draft.Slots{"en": {"cause": "a full disk", "impact": "pages are slow"}}}
	revise := func(number int, d draft.Draft) {
		h.Write(func(tx desk.Tx) error {
			return tx.AddRevision(ctx, desk.Revision{Update: s.ID, Number: number, Author: "dana", At: h.Now, Draft: d})
		})
	}
	revise(2, text)
	t, _ := h.Plan.Template("identified")
	cause := desk.Confirmation{ID: comms.NewID(), Update: s.ID, Revision: 2, Cause: desk.CauseOf(text, t), Person: "ines", At: h.Now}
	accepted := desk.Suggestion{ID: comms.NewID(), Update: s.ID, Digest: s.Digest, Person: signer, Lang: "en", Slot: "impact", Before: "pages are slow", Text: "pages open slowly", At: h.Now}
	declined := accepted
	declined.ID, declined.Text = comms.NewID(), "pages crawl"
	h.Write(func(tx desk.Tx) error {
		if confirmed {
			check(h.T, tx.AddConfirmation(ctx, cause))
		}
		check(h.T, tx.AddSuggestion(ctx, declined))
		return tx.AddSuggestion(ctx, accepted)
	})
	after := text.Clone()
	after.Slots.Set("en", "impact", accepted.Text)
	revise(3, after)
	approval := h.Approval(s, 0, signer)
	approval.Waivers = []signoff.Waiver{signoff.Waive(secret, "it is a product")}
	approval, err := signoff.Attest(storetest.Key(), approval)
	check(h.T, err)
	h.Write(func(tx desk.Tx) error {
		accepted.Answer, accepted.AnsweredBy, accepted.AnsweredAt, accepted.Revision = desk.WordingAccepted, "dana", h.Now, 3
		declined.Answer, declined.AnsweredBy, declined.AnsweredAt, declined.Word = desk.WordingDeclined, "dana", h.Now, "They say it so"
		check(h.T, tx.AnswerSuggestion(ctx, accepted))
		check(h.T, tx.AnswerSuggestion(ctx, declined))
		check(h.T, tx.AddApproval(ctx, approval))
		w := desk.Waiver{ID: comms.NewID(), Update: s.ID, Digest: s.Digest, Finding: secret, Person: signer, Approval: approval.ID, Reason: "it is a product", At: h.Now}
		check(h.T, tx.AddWaiver(ctx, w))
		w.ID, w.Person, w.Approval, w.Finding = comms.NewID(), "dana", "", lint.Finding{Rule: "JARGON", Level: plan.Warn, Lang: "en", Field: "impact", Span: "failover"}
		return tx.AddWaiver(ctx, w)
	})
	p := h.Countersign(s, []signoff.Approval{approval})
	check(h.T, h.Keep(s, p))
	h.deliver(p.Number())
}

// argued is the file of such a history, and somebody who confirms no cause.
func argued(t *testing.T) (file []byte, outsider string) {
	t.Helper()
	address := storetest.SQLiteFile(t)
	h := &history{Office: storetest.NewOffice(t, storetest.Open(t, address))}
	h.argue(true)
	for _, p := range h.Plan.People {
		if !slices.Contains(desk.Confirmers(h.Plan, "minor"), p.ID) && p.ID != "dana" {
			outsider = string(p.ID)
		}
	}
	check(t, h.Store.Close())
	file, err := os.ReadFile(strings.TrimPrefix(address, "sqlite:"))
	check(t, err)
	return file, outsider
}

// TestForgedWordsAreFound changes and adds what people are said to have argued,
// as whoever takes the law away can.
func TestForgedWordsAreFound(t *testing.T) {
	const one = `'bbbbbbbbbbbb'`
	told, outsider := argued(t)
	for name, c := range map[string]struct{ finds, forge string }{
		"nothing was done": {"", ""},

		"a waiver of a signature that waives nothing": {"it says other things than the signature of",
			`INSERT INTO waivers SELECT ` + one + `, update_id, digest, 'SEC-IP', level, lang, field, 30, 40, '10.0.0.1', person, approval_id, 'It is an example', at FROM waivers WHERE level = 'block'`},
		"a waiver of a signature that nobody gave": {"part of a signature, and there is none such",
			`INSERT INTO waivers SELECT ` + one + `, update_id, digest, rule, level, lang, field, from_byte, to_byte, span, person, 'nosignature0', reason, at FROM waivers WHERE level = 'block'`},
		"a waiver of words that nobody submitted": {"it is of words that never asked for signatures",
			`UPDATE waivers SET digest = (SELECT digest FROM publications WHERE number = 1) WHERE level = 'warn'`},
		"a waiver by the author":           {"it says other things than the signature of", `UPDATE waivers SET person = 'dana' WHERE level = 'block'`},
		"a waiver whose giver is author":   {"signed a text that they wrote", `UPDATE revisions SET author = (SELECT person FROM waivers WHERE level = 'block') WHERE number = 3`},
		"a waiver of other words":          {"it says other things than the signature of", `UPDATE waivers SET span = 'db-prod-04' WHERE level = 'block'`},
		"a waiver for another reason":      {"it says other things than the signature of", `UPDATE waivers SET reason = 'Whatever' WHERE level = 'block'`},
		"a waiver that is gone":            {"and the words and the reason are not written down", `DELETE FROM waivers WHERE level = 'block'`},
		"a waiver in a signature given so": {"was not given through this service", `UPDATE approvals SET waivers = '[]' WHERE waivers <> '[]'`},

		"accepted, and other words were signed": {"it was accepted, and revision 3 says other words", `UPDATE revisions SET draft = replace(draft, 'pages open slowly', 'pages open fast') WHERE number = 3`},
		"a suggestion that is altered":          {"it was accepted, and revision 3 says other words", `UPDATE suggestions SET wording = 'pages open fast' WHERE answer = 'accepted'`},
		"a declined one of what never stood":    {"never stood in the text", `UPDATE suggestions SET stood = 'pages are fast' WHERE answer = 'declined'`},
		"a suggestion by a stranger":            {"eve suggested it and never held a role", `UPDATE suggestions SET person = 'eve' WHERE answer = 'accepted'`},
		"accepted by a stranger":                {"answered it and wrote nothing of the text", `UPDATE suggestions SET answered_by = 'eve' WHERE answer = 'accepted'`},
		"accepted into no revision":             {"and revision 9 is not by them", `UPDATE suggestions SET revision = 9 WHERE answer = 'accepted'`},
		"a suggestion that is emptied":          {"no redaction took them away", `UPDATE suggestions SET stood = '', wording = '', word = '' WHERE answer = 'accepted'`},
		"a suggestion of other words":           {"it is of words that never asked for signatures", `UPDATE suggestions SET digest = (SELECT digest FROM publications WHERE number = 1)`},

		"confirmed without the role":   {"{outsider} held no role that confirms a cause after publication 1", `UPDATE causes SET person = '{outsider}'`},
		"confirmed by a stranger":      {"eve held no role that confirms a cause after publication 1", `UPDATE causes SET person = 'eve'`},
		"confirmed by its author":      {"dana confirmed the cause in a text that they wrote", `UPDATE causes SET person = 'dana'`},
		"confirmed for other words":    {"revision 2 of the text does not give the cause", `UPDATE causes SET cause = (SELECT digest FROM publications WHERE number = 1)`},
		"confirmed in no revision":     {"revision 9 of the text does not give the cause", `UPDATE causes SET revision = 9`},
		"confirmed before any plan":    {"no plan was in force after publication 0", `UPDATE causes SET head = 0`},
		"confirmed by nobody":          {"it gives a cause that nobody but its authors had confirmed", `DELETE FROM causes`},
		"confirmed when it was out":    {"it gives a cause that nobody but its authors had confirmed", `UPDATE causes SET head = 2`},
		"confirmed, and then reworded": {"it gives a cause that nobody but its authors had confirmed", `UPDATE revisions SET draft = replace(draft, 'a full disk', 'a deploy') WHERE number = 3`},
	} {
		t.Run(name, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "argued.db")
			check(t, os.WriteFile(file, told, 0o600))
			h := &history{Office: &storetest.Office{T: t, Store: storetest.Open(t, "sqlite:"+file)}}
			if c.forge != "" {
				h.lawless()
				h.Exec(strings.ReplaceAll(c.forge, "{outsider}", outsider))
			}
			h.finds(strings.ReplaceAll(c.finds, "{outsider}", outsider))
		})
	}
}

// finds walks through everything; "" is that nothing is found.
func (h *history) finds(sentence string) {
	h.T.Helper()
	r, err := audit.Verify(h.T.Context(), h.Store, storetest.Keys(), nil)
	check(h.T, err)
	if sentence == "" && !r.Holds() || sentence != "" && !strings.Contains(r.String(), sentence) {
		h.T.Errorf("the audit should find %q:\n%s", sentence, r)
	}
}

// TestACauseFromBeforeTheLaw keeps what was published before confirmations were
// asked for, and finds what came later.
func TestACauseFromBeforeTheLaw(t *testing.T) {
	h := &history{Office: storetest.NewOffice(t, storetest.SQLite(t))}
	h.argue(false)
	h.finds("number 2: it gives a cause that nobody but its authors had confirmed")
	h.lawless()
	h.Exec(`INSERT INTO laws (name, head) VALUES ('causes', 2)`)
	h.finds("")
	h.argue(false)
	h.finds("number 3: it gives a cause that nobody but its authors had confirmed")
}
