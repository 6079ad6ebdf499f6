-- Other wordings from those who may sign, for one slot of what is in review.
-- An author answers each once: accepted, it is in a revision of that author.

-- +goose Up
CREATE TABLE suggestions (
  id          TEXT PRIMARY KEY,
  update_id   TEXT NOT NULL REFERENCES updates (id),
  digest      TEXT NOT NULL REFERENCES contents (digest), -- of what was in review
  person      TEXT NOT NULL,
  lang        TEXT NOT NULL,
  slot        TEXT NOT NULL,
  stood       TEXT NOT NULL,
  wording     TEXT NOT NULL,
  at          INTEGER NOT NULL,
  answer      TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_at INTEGER NOT NULL DEFAULT 0,
  word        TEXT NOT NULL DEFAULT '', -- why it was declined
  revision    INTEGER NOT NULL DEFAULT 0, -- in which it was accepted
  CHECK (answer IN ('', 'accepted', 'declined')),
  CHECK ((answer = '') = (answered_at = 0) AND (answer = '') = (answered_by = '')),
  CHECK ((answer = 'accepted') = (revision > 0)),
  CHECK (answered_by <> person)
) STRICT, WITHOUT ROWID;
CREATE INDEX suggestions_update ON suggestions (update_id);

-- +goose StatementBegin
CREATE TRIGGER suggestions_insert BEFORE INSERT ON suggestions
BEGIN
  SELECT RAISE(ABORT, 'a suggestion is never replaced')
   WHERE EXISTS (SELECT 1 FROM suggestions WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a suggestion is made before it is answered')
   WHERE NEW.answer <> '';
  SELECT RAISE(ABORT, 'a wording is suggested for what is in review alone')
   WHERE NOT EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state = 'in_review' AND u.digest = NEW.digest);
  SELECT RAISE(ABORT, 'nobody suggests a wording for a text that they wrote')
   WHERE EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER suggestions_update BEFORE UPDATE ON suggestions
BEGIN
  SELECT RAISE(ABORT, 'what was suggested is never changed')
   WHERE NEW.id IS NOT OLD.id OR NEW.update_id IS NOT OLD.update_id OR NEW.digest IS NOT OLD.digest OR NEW.person IS NOT OLD.person
      OR NEW.lang IS NOT OLD.lang OR NEW.slot IS NOT OLD.slot OR NEW.at IS NOT OLD.at;
  SELECT RAISE(ABORT, 'a suggestion is answered once, and a redaction alone empties its words')
   WHERE NOT (
     OLD.answer = '' AND NEW.answer <> '' AND NEW.stood IS OLD.stood AND NEW.wording IS OLD.wording
     OR NEW.answer IS OLD.answer AND NEW.answered_by IS OLD.answered_by AND NEW.answered_at IS OLD.answered_at AND NEW.revision IS OLD.revision
        AND NEW.stood = '' AND NEW.wording = '' AND NEW.word = ''
        AND EXISTS (
          SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
           WHERE u.id = OLD.update_id));
  SELECT RAISE(ABORT, 'an author of the text answers a suggestion')
   WHERE OLD.answer = '' AND NEW.answer <> ''
     AND NOT EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.answered_by
                                               AND (NEW.answer = 'declined' OR v.number = NEW.revision));
  SELECT RAISE(ABORT, 'what is published or withdrawn takes no wording over')
   WHERE OLD.answer = '' AND NEW.answer <> ''
     AND EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn'));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER suggestions_delete BEFORE DELETE ON suggestions BEGIN SELECT RAISE(ABORT, 'a suggestion is never deleted'); END;
-- +goose StatementEnd
