-- A redaction takes away what people wrote of all updates of its incident: an
-- entry of the audit that holds their reasons may be emptied beside it.

-- +goose Up
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION audit_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.detail <> '{}' OR NEW.number <> OLD.number OR NEW.at <> OLD.at OR NEW.person <> OLD.person OR NEW.action <> OLD.action
     OR NEW.subject <> OLD.subject OR OLD.action NOT IN ('update.changes_requested', 'update.parked', 'update.withdrawn')
     OR NOT EXISTS (
       SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
        WHERE u.id = OLD.subject AND (d.update_id = u.id OR OLD.action <> 'update.parked')) THEN
    RAISE EXCEPTION 'an entry of the audit is never changed; a redaction empties what people wrote of the words';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION audit_update() SET search_path = %I, pg_temp', current_schema());
END $$;
-- +goose StatementEnd
