-- What people wrote to one another of an incident at a handover can be taken
-- away once a redaction has taken words of that incident away; what the service
-- stated beside it, and how it was answered, stays.

-- +goose Up
DROP TRIGGER handovers_update;
-- +goose StatementBegin
CREATE TRIGGER handovers_update BEFORE UPDATE ON handovers
BEGIN
  SELECT RAISE(ABORT, 'what was handed over, and how it was answered, is never changed; a redaction alone empties its words')
   WHERE NEW.id IS NOT OLD.id OR NEW.sender IS NOT OLD.sender OR NEW.recipient IS NOT OLD.recipient
      OR NEW.statement IS NOT OLD.statement OR NEW.offered_at IS NOT OLD.offered_at
      OR NOT (
        OLD.state = 'offered' AND NEW.state <> 'offered' AND NEW.note IS OLD.note
        OR NEW.state IS OLD.state AND NEW.closed_at IS OLD.closed_at AND NEW.note = '' AND NEW.reason = ''
           AND EXISTS (
             SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN json_each(OLD.statement) s
              WHERE p.incident_id = json_extract(s.value, '$.incident')));
END;
-- +goose StatementEnd
