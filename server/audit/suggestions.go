package audit

import (
	"context"
	"slices"

	"github.com/countersign/countersign/comms/plan"
	"github.com/countersign/countersign/server/store"
)

// suggestions: each was made of words that were in review; what was accepted
// is in a revision of the author who accepted it. A redaction alone empties
// them.
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
		if len(w.desk.requirements[asking{string(s.Update), s.Digest.String()}]) == 0 {
			find("it is of words that never asked for signatures")
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
