package audit

import (
	"context"
	"slices"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/comms/signoff"
	"github.com/countersign/countersign/server/store"
)

// suggestions: each was made of words that were in review, by somebody who could
// sign them; what was accepted is in a revision of the author who accepted it. A
// redaction alone empties them.
func (w *walk) suggestions(ctx context.Context, rows store.Raw) error {
	all, err := rows.Suggestions(ctx)
	if err != nil || len(all) == 0 {
		return err
	}
	redacted, err := redactedIncidents(ctx, rows)
	if err != nil {
		return err
	}
	for _, s := range all {
		find := func(text string, args ...any) { w.find("suggestions", "id "+string(s.ID), text, args...) }
		asked := w.desk.requirements[asking{string(s.Update), s.Digest.String()}]
		switch {
		case len(asked) == 0:
			find("it is of words that never asked for signatures")
		case !w.couldSign(s.Person, asked):
			find("%s suggested it and never held a role that may sign the text", s.Person)
		}
		if !s.Redacted() && !s.Stood {
			find("what it would take the place of never stood in the text")
		}
		if s.Redacted() && !redacted[string(s.Update)] {
			find("its words are missing, and no redaction took them away")
		}
		switch {
		case s.Answer == "":
		case !slices.Contains(w.desk.authors[string(s.Update)], s.AnsweredBy):
			find("%s answered it and wrote nothing of the text", s.AnsweredBy)
		case s.Answer == "declined":
		case plan.PersonID(s.Author) != s.AnsweredBy:
			find("%s accepted it, and revision %d is not by them", s.AnsweredBy, s.Revision)
		case !s.Redacted() && !s.Emptied && s.Saved != s.Text:
			find("it was accepted, and revision %d says other words", s.Revision)
		}
	}
	return nil
}

// couldSign tells whether somebody held a role, under any plan that was in
// force, that may give one of the signatures.
func (w *walk) couldSign(person plan.PersonID, asked []plan.Requirement) bool {
	for _, p := range w.wereInForce {
		if p != nil && slices.ContainsFunc(asked, func(r plan.Requirement) bool { return signoff.MayFill(p, r, person) }) {
			return true
		}
	}
	return false
}
