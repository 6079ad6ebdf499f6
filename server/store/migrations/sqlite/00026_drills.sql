-- Drills of the plan that were held, and whom the desk told that one is due.
-- A day is that of the organisation's time zone, "2026-11-28".

-- +goose Up
CREATE TABLE drills (
  day         TEXT PRIMARY KEY,
  note        TEXT NOT NULL,
  recorded_by TEXT NOT NULL,
  recorded_at INTEGER NOT NULL,
  CHECK (length(day) = 10)
) STRICT, WITHOUT ROWID;
CREATE TABLE drill_reminders (
  day    TEXT PRIMARY KEY, -- on which it is due
  at     INTEGER NOT NULL,
  people TEXT NOT NULL
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER drills_update BEFORE UPDATE ON drills BEGIN SELECT RAISE(ABORT, 'a record of a drill is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER drills_delete BEFORE DELETE ON drills BEGIN SELECT RAISE(ABORT, 'a record of a drill is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER drill_reminders_update BEFORE UPDATE ON drill_reminders BEGIN SELECT RAISE(ABORT, 'a reminder of a drill is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER drill_reminders_delete BEFORE DELETE ON drill_reminders BEGIN SELECT RAISE(ABORT, 'a reminder of a drill is never deleted'); END;
-- +goose StatementEnd
