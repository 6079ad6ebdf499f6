-- What people are typing. A row is the last text that a person kept of an
-- update since its latest revision; it becomes a revision of its own before
-- anybody is asked to sign, so that everybody who wrote is an author.

-- +goose Up
CREATE TABLE workings (
  update_id TEXT NOT NULL REFERENCES updates (id),
  person    TEXT NOT NULL,
  position  INTEGER NOT NULL, -- the order in which they were kept
  at        INTEGER NOT NULL,
  draft     TEXT NOT NULL,
  PRIMARY KEY (update_id, person)
) STRICT, WITHOUT ROWID;

-- Whoever wrote stays an author, also when ordinary SQL is at work.
-- +goose StatementBegin
CREATE TRIGGER workings_delete BEFORE DELETE ON workings
BEGIN
  SELECT RAISE(ABORT, 'what somebody typed ends as a revision of theirs')
   WHERE NOT EXISTS (SELECT 1 FROM revisions r WHERE r.update_id = OLD.update_id AND r.author = OLD.person AND r.at >= OLD.at);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER workings_update BEFORE UPDATE ON workings
WHEN NEW.update_id IS NOT OLD.update_id OR NEW.person IS NOT OLD.person
BEGIN
  SELECT RAISE(ABORT, 'what somebody typed stays theirs');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER updates_settled BEFORE UPDATE OF state ON updates
WHEN NEW.state NOT IN ('draft', 'changes_requested', 'parked')
BEGIN
  SELECT RAISE(ABORT, 'what people typed must become revisions before signatures are asked for')
   WHERE EXISTS (SELECT 1 FROM workings WHERE update_id = NEW.id);
END;
-- +goose StatementEnd

CREATE TABLE presences (
  update_id TEXT NOT NULL REFERENCES updates (id),
  person    TEXT NOT NULL,
  field     TEXT NOT NULL, -- where they are writing, '' for nowhere
  at        INTEGER NOT NULL,
  PRIMARY KEY (update_id, person)
) STRICT, WITHOUT ROWID;
CREATE INDEX presences_at ON presences (at);
