package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/countersign/countersign/comms"
	"github.com/countersign/countersign/comms/draft"
)

// withdraw takes the words away that a redaction names, and whatever people
// wrote of them on their way. The law lets exactly this through.
func (t *tx) withdraw(ctx context.Context, number int64, r comms.Redaction) error {
	update, incident := string(r.Remains.Update), string(r.Remains.Incident.ID)
	texts, err := t.texts(ctx, update)
	if err != nil {
		return err
	}
	if err := t.insert(ctx, "the redaction", `INSERT INTO redactions (publication, update_id, redaction) VALUES ($1, $2, $3)`,
		r.Publication, update, number); err != nil {
		return err
	}
	for _, query := range []string{
		`UPDATE contents SET bytes = substr(bytes, 1, 0) WHERE length(bytes) > 0 AND digest IN (SELECT digest FROM requirements WHERE update_id = $1)`,
		`UPDATE revisions SET draft = '' WHERE update_id = $1`,
		`UPDATE updates SET note = '' WHERE id = $1`,
		`UPDATE waivers SET span = '', reason = '' WHERE update_id = $1 AND (span <> '' OR reason <> '')`,
		emptySuggestion + `update_id = $1 AND wording <> ''`,
		`UPDATE notices SET reason = '' WHERE update_id = $1`,
		`UPDATE audit SET detail = '{}' WHERE subject = $1 AND action IN ('update.changes_requested', 'update.parked', 'update.withdrawn')`,
	} {
		if _, err := t.exec(ctx, query, update); err != nil {
			return fmt.Errorf("take the words of publication %d away: %w", r.Publication, explain(err))
		}
	}
	// What went out by itself asked for no signatures.
	if _, err := t.exec(ctx, `UPDATE contents SET bytes = substr(bytes, 1, 0) WHERE length(bytes) > 0 AND digest = $1`, r.Digest.String()); err != nil {
		return fmt.Errorf("take the words of publication %d away: %w", r.Publication, explain(err))
	}
	t.redacted = true
	return t.forget(ctx, r.Publication, incident, texts)
}

// texts lists what was written in the drafts of an update, in any language.
func (t *tx) texts(ctx context.Context, update string) (texts []string, err error) {
	revisions, err := t.Revisions(ctx, comms.ID(update))
	for _, v := range revisions {
		for lang, values := range v.Draft.Slots {
			for _, text := range values {
				if lang != draft.Shared && text != "" {
					texts = append(texts, text)
				}
			}
		}
	}
	return texts, err
}

// forget empties what repeats the words in the incident's other updates and is
// of no use any more: drafts that newer ones took the place of, those of
// updates that were withdrawn with their messages, messages that were submitted
// and neither published nor still ask for signatures; and whatever people wrote
// to one another about the incident.
func (t *tx) forget(ctx context.Context, publication int64, incident string, texts []string) error {
	old, err := all(ctx, t, scanRevision, `SELECT v.update_id, v.number, v.author, v.at, v.draft FROM revisions v JOIN updates u ON u.id = v.update_id
		WHERE u.incident_id = $1 AND v.draft <> ''
		AND (u.state = 'withdrawn' OR EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = v.update_id AND w.number > v.number))`, incident)
	if err != nil {
		return fmt.Errorf("read the drafts beside publication %d: %w", publication, err)
	}
	for _, v := range old {
		if !repeats(v.Draft, texts) {
			continue
		}
		if _, err := t.exec(ctx, `UPDATE revisions SET draft = '' WHERE update_id = $1 AND number = $2`, v.Update, v.Number); err != nil {
			return fmt.Errorf("empty a draft beside publication %d: %w", publication, explain(err))
		}
	}
	if err := t.forgetWaivers(ctx, incident, texts); err != nil {
		return err
	}
	if err := t.forgetSuggestions(ctx, incident, texts); err != nil {
		return err
	}
	if err := t.forgetHandovers(ctx, incident); err != nil {
		return err
	}
	if err := t.forgetTalk(ctx, publication, incident); err != nil {
		return err
	}
	if _, err := t.exec(ctx, `UPDATE contents SET bytes = substr(bytes, 1, 0) WHERE length(bytes) > 0
		AND digest IN (SELECT q.digest FROM requirements q JOIN updates u ON u.id = q.update_id WHERE u.incident_id = $1 AND (u.digest IS NULL OR u.digest <> q.digest
			OR u.state = 'withdrawn' AND EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = u.id AND v.draft = '')))
		AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.digest = contents.digest)`, incident); err != nil {
		return fmt.Errorf("empty the messages beside publication %d: %w", publication, explain(err))
	}
	return nil
}

// forgetTalk empties what people wrote of the incident's updates in words of
// their own, of which nobody can tell which repeat what is taken away: why
// changes were asked for, why an update was withdrawn, why a finding was let
// stand in what is over, and wordings that were answered. What the service
// itself said stays.
func (t *tx) forgetTalk(ctx context.Context, publication int64, incident string) error {
	const (
		of   = `(SELECT id FROM updates WHERE incident_id = $1)`
		over = `(SELECT id FROM updates WHERE incident_id = $1 AND state IN ('published', 'withdrawn'))`
	)
	for _, query := range []string{
		`UPDATE updates SET note = '' WHERE incident_id = $1 AND state IN ('changes_requested', 'withdrawn') AND note <> ''`,
		`UPDATE notices SET reason = '' WHERE reason <> '' AND kind IN ('changes', 'suggested', 'kept', 'withdrawn') AND update_id IN ` + of,
		`UPDATE audit SET detail = '{}' WHERE detail <> '{}' AND action IN ('update.changes_requested', 'update.withdrawn') AND subject IN ` + of,
		`UPDATE waivers SET span = '', reason = '' WHERE (span <> '' OR reason <> '') AND update_id IN ` + over,
		emptySuggestion + `wording <> '' AND answer <> '' AND update_id IN ` + of,
	} {
		if _, err := t.exec(ctx, query, incident); err != nil {
			return fmt.Errorf("take away what was written beside publication %d: %w", publication, explain(err))
		}
	}
	return nil
}

// repeats tells whether a draft has one of the texts in it, or a part of one.
func repeats(d draft.Draft, texts []string) bool {
	for lang, values := range d.Slots {
		for _, v := range values {
			if lang != draft.Shared && shares(v, texts) {
				return true
			}
		}
	}
	return false
}

// shares tells whether words have one of the texts in them, or are a part of one.
func shares(words string, texts []string) bool {
	return words != "" && slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(words, text) || strings.Contains(text, words) })
}

// scour empties SQLite's write-ahead log, in which words that were redacted
// still lie. What reads at this moment may stand in its way: then the next
// write does it.
func (s *Store) scour(ctx context.Context) error {
	if s.dialect.name != sqlite.name {
		return nil
	}
	var busy, frames, moved int64
	if err := s.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&busy, &frames, &moved); err != nil {
		return fmt.Errorf("empty the write-ahead log: %w", explain(err))
	}
	s.unclean.Store(busy != 0)
	return nil
}
