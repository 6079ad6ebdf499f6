-- What came before what is told by numbers, which are given one at a time, and
-- not by times: two people act in one instant, and clocks differ between
-- processes. An ending holds for publications after head; a confirmation is of
-- words that stood in a revision.

-- +goose Up
ALTER TABLE endings ADD COLUMN head BIGINT NOT NULL DEFAULT 0; -- the latest publication of all then
ALTER TABLE endings DISABLE TRIGGER endings_update;
UPDATE endings SET head = COALESCE((SELECT MAX(number) FROM publications p WHERE p.at <= endings.at), publication);
ALTER TABLE endings ENABLE TRIGGER endings_update;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION endings_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM endings WHERE publication = NEW.publication) THEN
    RAISE EXCEPTION 'this approval ended already';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND kind = 'statement') THEN
    RAISE EXCEPTION 'only the approval of a holding statement is taken back';
  END IF;
  IF NEW.head IS DISTINCT FROM (SELECT MAX(number) FROM publications) THEN
    RAISE EXCEPTION 'an approval ends after the latest publication';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd

ALTER TABLE causes ADD COLUMN head BIGINT NOT NULL DEFAULT 0;     -- the latest publication of all then
ALTER TABLE causes ADD COLUMN revision BIGINT NOT NULL DEFAULT 0; -- in which the words stood
ALTER TABLE causes DISABLE TRIGGER causes_update;
UPDATE causes SET
  head = COALESCE((SELECT MAX(number) FROM publications p WHERE p.at <= causes.at), 1),
  revision = COALESCE((SELECT MAX(number) FROM revisions v WHERE v.update_id = causes.update_id AND v.at <= causes.at), 1);
ALTER TABLE causes ENABLE TRIGGER causes_update;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION causes_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person) THEN
    RAISE EXCEPTION 'nobody confirms the cause in a text that they wrote';
  END IF;
  IF EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'what is published or withdrawn has no cause to confirm';
  END IF;
  IF NEW.head IS DISTINCT FROM (SELECT MAX(number) FROM publications)
     OR NEW.revision IS DISTINCT FROM (SELECT MAX(number) FROM revisions WHERE update_id = NEW.update_id) THEN
    RAISE EXCEPTION 'a cause is confirmed after the latest publication, in the latest revision of its text';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd

-- After which publication the audit asks for what was not written down before;
-- in a new database, of every one.
CREATE TABLE laws (
  name TEXT PRIMARY KEY,
  head BIGINT NOT NULL
);
INSERT INTO laws (name, head) SELECT 'causes', MAX(number) FROM publications HAVING MAX(number) > 0;
-- +goose StatementBegin
CREATE FUNCTION laws_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'since when a law holds is never added to';
END $$;
-- +goose StatementEnd
CREATE TRIGGER laws_insert BEFORE INSERT ON laws FOR EACH ROW EXECUTE FUNCTION laws_insert();
CREATE TRIGGER laws_update BEFORE UPDATE ON laws FOR EACH ROW EXECUTE FUNCTION law_never('since when a law holds');
CREATE TRIGGER laws_delete BEFORE DELETE ON laws FOR EACH ROW EXECUTE FUNCTION law_never('since when a law holds');
CREATE TRIGGER laws_truncate BEFORE TRUNCATE ON laws FOR EACH STATEMENT EXECUTE FUNCTION law_never('since when a law holds');

-- The law sees what others have stored by now. A transaction that looks at an
-- older state than that would not see an approval that has ended meanwhile.
-- +goose StatementBegin
CREATE FUNCTION law_sees() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF current_setting('transaction_isolation') NOT IN ('read committed', 'read uncommitted') THEN
    RAISE EXCEPTION 'this is stored by transactions that see what others have stored: read committed';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER publications_current BEFORE INSERT ON publications FOR EACH ROW EXECUTE FUNCTION law_sees();
CREATE TRIGGER endings_current BEFORE INSERT ON endings FOR EACH ROW EXECUTE FUNCTION law_sees();
CREATE TRIGGER adoptions_current BEFORE INSERT ON adoptions FOR EACH ROW EXECUTE FUNCTION law_sees();
CREATE TRIGGER causes_current BEFORE INSERT ON causes FOR EACH ROW EXECUTE FUNCTION law_sees();

-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['endings_insert()', 'causes_insert()', 'laws_insert()', 'law_sees()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
