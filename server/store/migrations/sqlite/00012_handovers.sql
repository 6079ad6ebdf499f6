-- Who holds an incident, and how it was handed on.

-- +goose Up
CREATE TABLE handovers (
  id         TEXT PRIMARY KEY,
  sender     TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  note       TEXT NOT NULL,
  statement  TEXT NOT NULL, -- what was known of each incident when it was offered
  offered_at INTEGER NOT NULL,
  state      TEXT NOT NULL,
  closed_at  INTEGER NOT NULL, -- 0 while it is offered
  reason     TEXT NOT NULL,
  CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  CHECK ((state = 'offered') = (closed_at = 0))
) STRICT, WITHOUT ROWID;
CREATE INDEX handovers_offered ON handovers (offered_at) WHERE state = 'offered';
-- What was stated stays, and is answered once.
-- +goose StatementBegin
CREATE TRIGGER handovers_update BEFORE UPDATE ON handovers
WHEN OLD.state <> 'offered' OR NEW.id IS NOT OLD.id OR NEW.sender IS NOT OLD.sender OR NEW.recipient IS NOT OLD.recipient
  OR NEW.note IS NOT OLD.note OR NEW.statement IS NOT OLD.statement OR NEW.offered_at IS NOT OLD.offered_at
BEGIN
  SELECT RAISE(ABORT, 'what was handed over, and how it was answered, is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER handovers_delete BEFORE DELETE ON handovers
BEGIN
  SELECT RAISE(ABORT, 'handovers are never deleted');
END;
-- +goose StatementEnd

-- Everybody who held an incident after whoever opened it, in turn.
CREATE TABLE leads (
  incident TEXT NOT NULL REFERENCES incidents (id),
  number   INTEGER NOT NULL, -- from 1
  person   TEXT NOT NULL,
  since    INTEGER NOT NULL,
  handover TEXT REFERENCES handovers (id), -- NULL for who took it over without being asked
  PRIMARY KEY (incident, number)
) STRICT, WITHOUT ROWID;
-- +goose StatementBegin
CREATE TRIGGER leads_update BEFORE UPDATE ON leads
BEGIN
  SELECT RAISE(ABORT, 'who held an incident is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER leads_delete BEFORE DELETE ON leads
BEGIN
  SELECT RAISE(ABORT, 'who held an incident is never deleted');
END;
-- +goose StatementEnd

ALTER TABLE notices ADD COLUMN handover TEXT REFERENCES handovers (id);
