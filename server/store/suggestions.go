package store

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/desk"
)

const suggestionColumns = `s.id, s.update_id, s.digest, s.person, s.lang, s.slot, s.stood, s.wording, s.at, s.answer, s.answered_by, s.answered_at, s.word, s.revision`

// suggestionFields are where a row of suggestionColumns goes.
func suggestionFields(s *desk.Suggestion, digest *string, at, answered *int64) []any {
	return []any{&s.ID, &s.Update, digest, &s.Person, &s.Lang, &s.Slot, &s.Before, &s.Text, at, &s.Answer, &s.AnsweredBy, answered, &s.Word, &s.Revision}
}

func scanSuggestion(r row) (s desk.Suggestion, err error) {
	var digest string
	var at, answered int64
	if err = r.Scan(suggestionFields(&s, &digest, &at, &answered)...); err != nil {
		return s, err
	}
	s.At, s.AnsweredAt = fromMicros(at), fromMicros(answered)
	s.Digest, err = comms.ParseDigest(digest)
	return s, err
}

// Suggestions implements desk.Suggestions.
func (t *tx) Suggestions(ctx context.Context, update comms.ID) ([]desk.Suggestion, error) {
	return all(ctx, t, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions s WHERE s.update_id = $1 ORDER BY s.at, s.lang, s.slot, s.id`, update)
}

// Suggestion implements desk.Suggestions.
func (t *tx) Suggestion(ctx context.Context, id comms.ID) (desk.Suggestion, error) {
	s, err := one(ctx, t, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions s WHERE s.id = $1`, id)
	return s, missing(err, comms.Say("suggestion"), id)
}

// AddSuggestion implements desk.Suggestions.
func (t *tx) AddSuggestion(ctx context.Context, s desk.Suggestion) error {
	return t.insert(ctx, "the suggestion", `INSERT INTO suggestions (id, update_id, digest, person, lang, slot, stood, wording, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
		s.ID, s.Update, s.Digest.String(), s.Person, s.Lang, s.Slot, s.Before, s.Text, micros(s.At))
}

// AnswerSuggestion implements desk.Suggestions.
func (t *tx) AnswerSuggestion(ctx context.Context, s desk.Suggestion) error {
	n, err := t.exec(ctx, `UPDATE suggestions SET answer = $1, answered_by = $2, answered_at = $3, word = $4, revision = $5 WHERE id = $6 AND answer = ''`,
		s.Answer, s.AnsweredBy, micros(s.AnsweredAt), s.Word, s.Revision, s.ID)
	if err == nil && n == 0 {
		err = errors.New("it is answered already, or there is none")
	}
	if err != nil {
		return fmt.Errorf("store the answer to suggestion %s: %w", s.ID, explain(err))
	}
	return nil
}

const emptySuggestion = `UPDATE suggestions SET stood = '', wording = '', word = '' WHERE `

// forgetSuggestions empties the suggestions of an incident whose words repeat,
// or are a part of, words that a redaction takes away.
func (t *tx) forgetSuggestions(ctx context.Context, incident string, texts []string) error {
	ss, err := all(ctx, t, scanSuggestion, `SELECT `+suggestionColumns+` FROM suggestions s JOIN updates u ON u.id = s.update_id
		WHERE u.incident_id = $1 AND s.wording <> ''`, incident)
	if err != nil {
		return fmt.Errorf("read what was suggested beside redacted words: %w", err)
	}
	for _, s := range ss {
		if !shares(s.Before, texts) && !shares(s.Text, texts) && !shares(s.Word, texts) {
			continue
		}
		if _, err := t.exec(ctx, emptySuggestion+`id = $1`, s.ID); err != nil {
			return fmt.Errorf("empty a suggestion beside redacted words: %w", explain(err))
		}
	}
	return nil
}

// RawSuggestion is a row of suggestions, with what it was accepted into.
type RawSuggestion struct {
	desk.Suggestion
	Author  string // of the revision in which it was accepted; "" if there is none
	Saved   string // what the slot says there
	Emptied bool   // a redaction took that revision's words away
	Stood   bool   // what it would take the place of is in a revision, or may have been in one that is empty now
}

// Suggestions lists every wording that was suggested.
func (r Raw) Suggestions(ctx context.Context) ([]RawSuggestion, error) {
	out, err := all(ctx, r.t, scanRawSuggestion, `SELECT `+suggestionColumns+`, COALESCE(v.author, ''), COALESCE(v.draft, '')
		FROM suggestions s LEFT JOIN revisions v ON v.update_id = s.update_id AND v.number = s.revision ORDER BY s.at, s.id`)
	for i, s := range out {
		texts, err := all(ctx, r.t, value[string], `SELECT draft FROM revisions WHERE update_id = $1`, s.Update)
		if err != nil {
			return nil, err
		}
		out[i].Stood = slices.ContainsFunc(texts, func(text string) bool {
			return text == "" || rawDraft(text).Slots[s.Lang][s.Slot] == s.Before
		})
	}
	return out, err
}

func scanRawSuggestion(r row) (s RawSuggestion, err error) {
	var digest, text string
	var at, answered int64
	if err = r.Scan(append(suggestionFields(&s.Suggestion, &digest, &at, &answered), &s.Author, &text)...); err != nil {
		return s, err
	}
	s.At, s.AnsweredAt, s.Emptied = fromMicros(at), fromMicros(answered), text == ""
	if !s.Emptied {
		s.Saved = rawDraft(text).Slots[s.Lang][s.Slot]
	}
	s.Digest, err = comms.ParseDigest(digest)
	return s, err
}
