-- Whom the desk told that the approval of a holding statement is about to end.

-- +goose Up
CREATE TABLE expiries (
  publication INTEGER PRIMARY KEY REFERENCES publications (number),
  at          INTEGER NOT NULL,
  people      TEXT NOT NULL
) STRICT;
-- +goose StatementBegin
CREATE TRIGGER expiries_update BEFORE UPDATE ON expiries BEGIN SELECT RAISE(ABORT, 'a reminder of an expiry is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER expiries_delete BEFORE DELETE ON expiries BEGIN SELECT RAISE(ABORT, 'a reminder of an expiry is never deleted'); END;
-- +goose StatementEnd
