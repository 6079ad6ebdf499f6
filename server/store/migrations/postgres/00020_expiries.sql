-- Whom the desk told that the approval of a holding statement is about to end.

-- +goose Up
CREATE TABLE expiries (
  publication BIGINT PRIMARY KEY REFERENCES publications (number),
  at          BIGINT NOT NULL,
  people      TEXT NOT NULL
);
CREATE TRIGGER expiries_update BEFORE UPDATE ON expiries FOR EACH ROW EXECUTE FUNCTION law_never('a reminder of an expiry');
CREATE TRIGGER expiries_delete BEFORE DELETE ON expiries FOR EACH ROW EXECUTE FUNCTION law_never('a reminder of an expiry');
CREATE TRIGGER expiries_truncate BEFORE TRUNCATE ON expiries FOR EACH STATEMENT EXECUTE FUNCTION law_never('a reminder of an expiry');
