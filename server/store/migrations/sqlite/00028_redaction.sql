-- A redaction takes away what people wrote of all updates of its incident: an
-- entry of the audit that holds their reasons may be emptied beside it.

-- +goose Up
DROP TRIGGER audit_update;
-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'an entry of the audit is never changed; a redaction empties what people wrote of the words')
   WHERE NEW.detail <> '{}' OR NEW.number IS NOT OLD.number OR NEW.at IS NOT OLD.at OR NEW.person IS NOT OLD.person
      OR NEW.action IS NOT OLD.action OR NEW.subject IS NOT OLD.subject
      OR OLD.action NOT IN ('update.changes_requested', 'update.parked', 'update.withdrawn')
      OR NOT EXISTS (
        SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
         WHERE u.id = OLD.subject AND (d.update_id = u.id OR OLD.action <> 'update.parked'));
END;
-- +goose StatementEnd
