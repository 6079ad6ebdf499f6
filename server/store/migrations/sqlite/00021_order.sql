-- What came before what is told by numbers, which are given one at a time, and
-- not by times: two people act in one instant, and clocks differ between
-- processes. An ending holds for publications after head; a confirmation is of
-- words that stood in a revision.

-- +goose Up
ALTER TABLE endings ADD COLUMN head INTEGER NOT NULL DEFAULT 0; -- the latest publication of all then
DROP TRIGGER endings_insert;
DROP TRIGGER endings_update;
UPDATE endings SET head = COALESCE((SELECT MAX(number) FROM publications p WHERE p.at <= endings.at), publication);
-- +goose StatementBegin
CREATE TRIGGER endings_insert BEFORE INSERT ON endings
BEGIN
  SELECT RAISE(ABORT, 'this approval ended already')
   WHERE EXISTS (SELECT 1 FROM endings WHERE publication = NEW.publication);
  SELECT RAISE(ABORT, 'only the approval of a holding statement is taken back')
   WHERE NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND kind = 'statement');
  SELECT RAISE(ABORT, 'an approval ends after the latest publication')
   WHERE NEW.head IS NOT (SELECT MAX(number) FROM publications);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER endings_update BEFORE UPDATE ON endings BEGIN SELECT RAISE(ABORT, 'an ending is never changed'); END;
-- +goose StatementEnd

ALTER TABLE causes ADD COLUMN head INTEGER NOT NULL DEFAULT 0;     -- the latest publication of all then
ALTER TABLE causes ADD COLUMN revision INTEGER NOT NULL DEFAULT 0; -- in which the words stood
DROP TRIGGER causes_insert;
DROP TRIGGER causes_update;
UPDATE causes SET
  head = COALESCE((SELECT MAX(number) FROM publications p WHERE p.at <= causes.at), 1),
  revision = COALESCE((SELECT MAX(number) FROM revisions v WHERE v.update_id = causes.update_id AND v.at <= causes.at), 1);
-- +goose StatementBegin
CREATE TRIGGER causes_insert BEFORE INSERT ON causes
BEGIN
  SELECT RAISE(ABORT, 'a confirmation is never replaced')
   WHERE EXISTS (SELECT 1 FROM causes WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'nobody confirms the cause in a text that they wrote')
   WHERE EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person);
  SELECT RAISE(ABORT, 'what is published or withdrawn has no cause to confirm')
   WHERE EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn'));
  SELECT RAISE(ABORT, 'a cause is confirmed after the latest publication, in the latest revision of its text')
   WHERE NEW.head IS NOT (SELECT MAX(number) FROM publications)
      OR NEW.revision IS NOT (SELECT MAX(number) FROM revisions WHERE update_id = NEW.update_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER causes_update BEFORE UPDATE ON causes BEGIN SELECT RAISE(ABORT, 'who confirmed a cause is never changed'); END;
-- +goose StatementEnd

-- After which publication the audit asks for what was not written down before;
-- in a new database, of every one.
CREATE TABLE laws (
  name TEXT PRIMARY KEY,
  head INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO laws (name, head) SELECT 'causes', MAX(number) FROM publications HAVING MAX(number) > 0;
-- +goose StatementBegin
CREATE TRIGGER laws_insert BEFORE INSERT ON laws BEGIN SELECT RAISE(ABORT, 'since when a law holds is never added to'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER laws_update BEFORE UPDATE ON laws BEGIN SELECT RAISE(ABORT, 'since when a law holds is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER laws_delete BEFORE DELETE ON laws BEGIN SELECT RAISE(ABORT, 'since when a law holds is never deleted'); END;
-- +goose StatementEnd
