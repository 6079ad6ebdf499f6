-- What people are typing. A row is the last text that a person kept of an
-- update since its latest revision; it becomes a revision of its own before
-- anybody is asked to sign, so that everybody who wrote is an author.

-- +goose Up
CREATE TABLE workings (
  update_id TEXT NOT NULL REFERENCES updates (id),
  person    TEXT NOT NULL,
  position  INTEGER NOT NULL, -- the order in which they were kept
  at        BIGINT NOT NULL,
  draft     TEXT NOT NULL,
  PRIMARY KEY (update_id, person)
);

-- Whoever wrote stays an author, also when ordinary SQL is at work.
-- +goose StatementBegin
CREATE FUNCTION workings_delete() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM revisions r WHERE r.update_id = OLD.update_id AND r.author = OLD.person AND r.at >= OLD.at) THEN
    RAISE EXCEPTION 'what somebody typed ends as a revision of theirs';
  END IF;
  RETURN OLD;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workings_delete BEFORE DELETE ON workings FOR EACH ROW EXECUTE FUNCTION workings_delete();
-- +goose StatementBegin
CREATE FUNCTION workings_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.update_id IS DISTINCT FROM OLD.update_id OR NEW.person IS DISTINCT FROM OLD.person THEN
    RAISE EXCEPTION 'what somebody typed stays theirs';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER workings_update BEFORE UPDATE ON workings FOR EACH ROW EXECUTE FUNCTION workings_update();
CREATE TRIGGER workings_truncate BEFORE TRUNCATE ON workings FOR EACH STATEMENT EXECUTE FUNCTION law_never('what somebody typed');
-- +goose StatementBegin
CREATE FUNCTION updates_settled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM workings WHERE update_id = NEW.id) THEN
    RAISE EXCEPTION 'what people typed must become revisions before signatures are asked for';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER updates_settled BEFORE UPDATE OF state ON updates FOR EACH ROW
  WHEN (NEW.state NOT IN ('draft', 'changes_requested', 'parked')) EXECUTE FUNCTION updates_settled();
-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['workings_delete()', 'workings_update()', 'updates_settled()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd

CREATE TABLE presences (
  update_id TEXT NOT NULL REFERENCES updates (id),
  person    TEXT NOT NULL,
  field     TEXT NOT NULL, -- where they are writing, '' for nowhere
  at        BIGINT NOT NULL,
  PRIMARY KEY (update_id, person)
);
CREATE INDEX presences_at ON presences (at);
