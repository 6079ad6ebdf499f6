-- Drills of the plan that were held, and whom the desk told that one is due.
-- A day is that of the organisation's time zone, "2026-11-28".

-- +goose Up
CREATE TABLE drills (
  day         TEXT PRIMARY KEY,
  note        TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at BIGINT NOT NULL,
  CHECK (length(day) = 10)
);
CREATE TABLE drill_reminders (
  day    TEXT PRIMARY KEY, -- on which it is due
  at     BIGINT NOT NULL,
  people TEXT NOT NULL
);
CREATE TRIGGER drills_update BEFORE UPDATE ON drills FOR EACH ROW EXECUTE FUNCTION law_never('a record of a drill');
CREATE TRIGGER drills_delete BEFORE DELETE ON drills FOR EACH ROW EXECUTE FUNCTION law_never('a record of a drill');
CREATE TRIGGER drills_truncate BEFORE TRUNCATE ON drills FOR EACH STATEMENT EXECUTE FUNCTION law_never('a record of a drill');
CREATE TRIGGER drill_reminders_update BEFORE UPDATE ON drill_reminders FOR EACH ROW EXECUTE FUNCTION law_never('a reminder of a drill');
CREATE TRIGGER drill_reminders_delete BEFORE DELETE ON drill_reminders FOR EACH ROW EXECUTE FUNCTION law_never('a reminder of a drill');
CREATE TRIGGER drill_reminders_truncate BEFORE TRUNCATE ON drill_reminders FOR EACH STATEMENT EXECUTE FUNCTION law_never('a reminder of a drill');
