-- What people wrote to one another of an incident at a handover can be taken
-- away once a redaction has taken words of that incident away; what the service
-- stated beside it, and how it was answered, stays.

-- +goose Up
DROP TRIGGER handovers_update ON handovers;
-- +goose StatementBegin
CREATE OR REPLACE FUNCTION handovers_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.sender IS DISTINCT FROM OLD.sender OR NEW.recipient IS DISTINCT FROM OLD.recipient
     OR NEW.statement IS DISTINCT FROM OLD.statement OR NEW.offered_at IS DISTINCT FROM OLD.offered_at
     OR NOT (
       OLD.state = 'offered' AND NEW.state <> 'offered' AND NEW.note = OLD.note
       OR NEW.state = OLD.state AND NEW.closed_at = OLD.closed_at AND NEW.note = '' AND NEW.reason = ''
          AND EXISTS (
            SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN jsonb_array_elements(OLD.statement::jsonb) s
                ON p.incident_id = s ->> 'incident')) THEN
    RAISE EXCEPTION 'what was handed over, and how it was answered, is never changed; a redaction alone empties its words';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER handovers_update BEFORE UPDATE ON handovers FOR EACH ROW EXECUTE FUNCTION handovers_update();

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION handovers_update() SET search_path = %I, pg_temp', current_schema());
END $$;
-- +goose StatementEnd
