package storetest

import (
	"reflect"
	"testing"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
	"github.com/countersign/countersign/comms/draft"
	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

// suggestionsStay keeps what people suggested and how it was answered, refuses
// every change of either by hand, and lets a redaction empty the words.
func suggestionsStay(t *testing.T, st *store.Store) {
	o := NewOffice(t, st)
	s := o.Submit(o.Incident("minor"), "dana")
	suggestion := func(by plan.PersonID, text string) desk.Suggestion {
		return desk.Suggestion{ID: comms.NewID(), Update: s.ID, Digest: s.Digest, Person: by, Lang: "en", Slot: "impact", Before: "It is slow", Text: text, At: o.tick()}
	}
	add := func(g desk.Suggestion) error {
		return st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AddSuggestion(o.ctx(), g) })
	}
	answer := func(g desk.Suggestion) error {
		return st.Write(o.ctx(), func(tx desk.Tx) error { return tx.AnswerSuggestion(o.ctx(), g) })
	}
	made := []desk.Suggestion{suggestion("ines", "Pages open slowly"), suggestion("ines", "Pages take long to open"), suggestion("nora", "Pages are slow")}
	for _, g := range made {
		must(t, add(g))
	}
	refuses(t, add(suggestion("dana", "Mine")), "for a text that they wrote")
	other := suggestion("ines", "Pages open slowly")
	other.Digest = o.Submit(s.Incident, "dana").Digest
	refuses(t, add(other), "what is in review alone")

	o.Write(func(tx desk.Tx) error {
		return tx.AddRevision(o.ctx(), desk.Revision{Update: s.ID, Number: 2, Author: "dana", At: o.tick(), Draft: draft.Draft{
			Kind: comms.MessageUpdate, Slots: draft.Slots{"en": {"impact": made[0].Text}},
		}})
	})
	accepted := made[0]
	accepted.Answer, accepted.AnsweredBy, accepted.AnsweredAt, accepted.Revision = desk.WordingAccepted, "sam", o.tick(), 2
	refuses(t, answer(accepted), "an author of the text answers")
	accepted.AnsweredBy, accepted.Revision = "dana", 9
	refuses(t, answer(accepted), "an author of the text answers")
	accepted.Revision = 2
	must(t, answer(accepted))
	declined := made[1]
	declined.Answer, declined.AnsweredBy, declined.AnsweredAt, declined.Word = desk.WordingDeclined, "dana", o.tick(), "They say it so"
	must(t, answer(declined))
	if answer(declined) == nil {
		t.Error("a suggestion was answered twice")
	}
	made[0], made[1] = accepted, declined
	for query, sentence := range map[string]string{
		`UPDATE suggestions SET wording = 'x'`:                                                                              "a suggestion is answered once",
		`UPDATE suggestions SET stood = '', wording = '', word = ''`:                                                        "a suggestion is answered once",
		`UPDATE suggestions SET answer = '', answered_by = '', answered_at = 0`:                                             "", // one of several laws
		`UPDATE suggestions SET word = 'x' WHERE answer = 'declined'`:                                                       "a suggestion is answered once",
		`UPDATE suggestions SET person = 'sam'`:                                                                             "what was suggested is never changed",
		`UPDATE suggestions SET answer = 'accepted', answered_by = person, revision = 2, answered_at = 1 WHERE answer = ''`: "",
		`DELETE FROM suggestions`:                                                                                           "a suggestion is never deleted",
	} {
		_, err := st.DB().Exec(query)
		refuses(t, err, sentence)
	}
	read := func() (out []desk.Suggestion) {
		must(t, st.Read(o.ctx(), func(tx desk.Tx) error {
			one, err := tx.Suggestion(o.ctx(), declined.ID)
			must(t, err)
			_, missing := tx.Suggestion(o.ctx(), comms.NewID())
			code(t, "a suggestion that is not there", missing, comms.NotFound)
			out, err = tx.Suggestions(o.ctx(), s.ID)
			same(t, "one of them", one, out[1])
			return err
		}))
		return out
	}
	if got := read(); !reflect.DeepEqual(got, made) {
		t.Fatalf("kept are %+v, want %+v", got, made)
	}
	p := o.Countersign(s, o.SignAll(s))
	must(t, o.Keep(s, p))
	refuses(t, answer(desk.Suggestion{ID: made[2].ID, Answer: desk.WordingDeclined, AnsweredBy: "dana", AnsweredAt: o.tick()}), "takes no wording over")
	o.Redact(s, p)
	for i, g := range read() {
		if g.Before != "" || !g.Redacted() || g.Word != "" || g.Person != made[i].Person || g.Answer != made[i].Answer || g.Revision != made[i].Revision {
			t.Errorf("after the redaction there is %+v", g)
		}
	}
}
