-- What people let stand of what the language rules found: a warning, with the
-- reason of whoever submitted; or words that a rule keeps back, with the reason
-- of a second person, whose signature (approvals.waivers) waives them. The
-- signature holds no words, so that a redaction can empty those here.

-- +goose Up
ALTER TABLE approvals ADD COLUMN waivers TEXT NOT NULL DEFAULT '[]';

CREATE TABLE waivers (
  id          TEXT PRIMARY KEY,
  update_id   TEXT NOT NULL REFERENCES updates (id),
  digest      TEXT NOT NULL REFERENCES contents (digest),
  rule        TEXT NOT NULL,
  level       TEXT NOT NULL,
  lang        TEXT NOT NULL,
  field       TEXT NOT NULL,
  from_byte   BIGINT NOT NULL,
  to_byte     BIGINT NOT NULL,
  span        TEXT NOT NULL,
  person      TEXT NOT NULL,
  approval_id TEXT REFERENCES approvals (id), -- the signature that it is part of
  reason      TEXT NOT NULL,
  at          BIGINT NOT NULL,
  CHECK (level IN ('block', 'warn'))
);
CREATE INDEX waivers_update ON waivers (update_id);

-- +goose StatementBegin
CREATE FUNCTION waivers_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NOT EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state = 'in_review' AND u.digest = NEW.digest) THEN
    RAISE EXCEPTION 'a finding is let stand in the words that are in review alone';
  END IF;
  IF NEW.level = 'block' AND NEW.reason = '' THEN
    RAISE EXCEPTION 'what a rule keeps back is let stand for a reason';
  END IF;
  IF NEW.approval_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM approvals a
                      WHERE a.id = NEW.approval_id AND a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.person = NEW.person) THEN
    RAISE EXCEPTION 'a waiver is part of a signature of the same person under the same words';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER waivers_insert BEFORE INSERT ON waivers FOR EACH ROW EXECUTE FUNCTION waivers_insert();

-- +goose StatementBegin
CREATE FUNCTION waivers_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.span <> '' OR NEW.reason <> '' OR NEW.id <> OLD.id OR NEW.update_id <> OLD.update_id OR NEW.digest <> OLD.digest
     OR NEW.rule <> OLD.rule OR NEW.level <> OLD.level OR NEW.lang <> OLD.lang OR NEW.field <> OLD.field
     OR NEW.from_byte <> OLD.from_byte OR NEW.to_byte <> OLD.to_byte OR NEW.person <> OLD.person
     OR NEW.approval_id IS DISTINCT FROM OLD.approval_id OR NEW.at <> OLD.at
     OR NOT EXISTS (
       SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
        WHERE u.id = OLD.update_id) THEN
    RAISE EXCEPTION 'a waiver is never changed; a redaction empties its words';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER waivers_update BEFORE UPDATE ON waivers FOR EACH ROW EXECUTE FUNCTION waivers_update();
CREATE TRIGGER waivers_delete BEFORE DELETE ON waivers FOR EACH ROW EXECUTE FUNCTION law_never('a waiver');
CREATE TRIGGER waivers_truncate BEFORE TRUNCATE ON waivers FOR EACH STATEMENT EXECUTE FUNCTION law_never('a waiver');

-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['waivers_insert()', 'waivers_update()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
