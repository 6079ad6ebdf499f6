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
  at          BIGINT NOT NULL,
  answer      TEXT NOT NULL DEFAULT '',
  answered_by TEXT NOT NULL DEFAULT '',
  answered_at BIGINT NOT NULL DEFAULT 0,
  word        TEXT NOT NULL DEFAULT '', -- why it was declined
  revision    BIGINT NOT NULL DEFAULT 0, -- in which it was accepted
  CHECK (answer IN ('', 'accepted', 'declined')),
  CHECK ((answer = '') = (answered_at = 0) AND (answer = '') = (answered_by = '')),
  CHECK ((answer = 'accepted') = (revision > 0)),
  CHECK (answered_by <> person)
);
CREATE INDEX suggestions_update ON suggestions (update_id);

-- +goose StatementBegin
CREATE FUNCTION suggestions_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.answer <> '' THEN
    RAISE EXCEPTION 'a suggestion is made before it is answered';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state = 'in_review' AND u.digest = NEW.digest) THEN
    RAISE EXCEPTION 'a wording is suggested for what is in review alone';
  END IF;
  IF EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person) THEN
    RAISE EXCEPTION 'nobody suggests a wording for a text that they wrote';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER suggestions_insert BEFORE INSERT ON suggestions FOR EACH ROW EXECUTE FUNCTION suggestions_insert();

-- +goose StatementBegin
CREATE FUNCTION suggestions_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.id <> OLD.id OR NEW.update_id <> OLD.update_id OR NEW.digest <> OLD.digest OR NEW.person <> OLD.person
     OR NEW.lang <> OLD.lang OR NEW.slot <> OLD.slot OR NEW.at <> OLD.at THEN
    RAISE EXCEPTION 'what was suggested is never changed';
  END IF;
  IF NOT (
    OLD.answer = '' AND NEW.answer <> '' AND NEW.stood = OLD.stood AND NEW.wording = OLD.wording
    OR NEW.answer = OLD.answer AND NEW.answered_by = OLD.answered_by AND NEW.answered_at = OLD.answered_at AND NEW.revision = OLD.revision
       AND NEW.stood = '' AND NEW.wording = '' AND NEW.word = ''
       AND EXISTS (
         SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
          WHERE u.id = OLD.update_id)) THEN
    RAISE EXCEPTION 'a suggestion is answered once, and a redaction alone empties its words';
  END IF;
  IF OLD.answer = '' AND NEW.answer <> '' THEN
    IF NOT EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.answered_by
                                             AND (NEW.answer = 'declined' OR v.number = NEW.revision)) THEN
      RAISE EXCEPTION 'an author of the text answers a suggestion';
    END IF;
    IF EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn')) THEN
      RAISE EXCEPTION 'what is published or withdrawn takes no wording over';
    END IF;
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER suggestions_update BEFORE UPDATE ON suggestions FOR EACH ROW EXECUTE FUNCTION suggestions_update();
CREATE TRIGGER suggestions_delete BEFORE DELETE ON suggestions FOR EACH ROW EXECUTE FUNCTION law_never('a suggestion');
CREATE TRIGGER suggestions_truncate BEFORE TRUNCATE ON suggestions FOR EACH STATEMENT EXECUTE FUNCTION law_never('a suggestion');

-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['suggestions_insert()', 'suggestions_update()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
