-- Who confirmed a cause: for the exact words that a text gave, by their digest,
-- and by nobody who wrote any of it. It holds no words.

-- +goose Up
CREATE TABLE causes (
  id        TEXT PRIMARY KEY,
  update_id TEXT NOT NULL REFERENCES updates (id),
  cause     TEXT NOT NULL, -- SHA-256 of the words
  person    TEXT NOT NULL,
  at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX causes_update ON causes (update_id);

-- +goose StatementBegin
CREATE TRIGGER causes_insert BEFORE INSERT ON causes
BEGIN
  SELECT RAISE(ABORT, 'a confirmation is never replaced')
   WHERE EXISTS (SELECT 1 FROM causes WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'nobody confirms the cause in a text that they wrote')
   WHERE EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person);
  SELECT RAISE(ABORT, 'what is published or withdrawn has no cause to confirm')
   WHERE EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn'));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER causes_update BEFORE UPDATE ON causes BEGIN SELECT RAISE(ABORT, 'who confirmed a cause is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER causes_delete BEFORE DELETE ON causes BEGIN SELECT RAISE(ABORT, 'who confirmed a cause is never deleted'); END;
-- +goose StatementEnd
