-- Who holds an incident, and how it was handed on.

-- +goose Up
CREATE TABLE handovers (
  id         TEXT PRIMARY KEY,
  sender     TEXT NOT NULL,
  recipient  TEXT NOT NULL,
  note       TEXT NOT NULL,
  statement  TEXT NOT NULL, -- what was known of each incident when it was offered
  offered_at BIGINT NOT NULL,
  state      TEXT NOT NULL,
  closed_at  BIGINT NOT NULL, -- 0 while it is offered
  reason     TEXT NOT NULL,
  CHECK (state IN ('offered', 'accepted', 'declined', 'withdrawn')),
  CHECK ((state = 'offered') = (closed_at = 0))
);
CREATE INDEX handovers_offered ON handovers (offered_at) WHERE state = 'offered';
-- What was stated stays, and is answered once.
-- +goose StatementBegin
CREATE FUNCTION handovers_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was handed over, and how it was answered, is never changed';
END $$;
-- +goose StatementEnd
CREATE TRIGGER handovers_update BEFORE UPDATE ON handovers FOR EACH ROW
  WHEN (OLD.state <> 'offered' OR NEW.id IS DISTINCT FROM OLD.id OR NEW.sender IS DISTINCT FROM OLD.sender
    OR NEW.recipient IS DISTINCT FROM OLD.recipient OR NEW.note IS DISTINCT FROM OLD.note
    OR NEW.statement IS DISTINCT FROM OLD.statement OR NEW.offered_at IS DISTINCT FROM OLD.offered_at)
  EXECUTE FUNCTION handovers_update();
CREATE TRIGGER handovers_delete BEFORE DELETE ON handovers FOR EACH ROW EXECUTE FUNCTION law_never('a handover');
CREATE TRIGGER handovers_truncate BEFORE TRUNCATE ON handovers FOR EACH STATEMENT EXECUTE FUNCTION law_never('a handover');

-- Everybody who held an incident after whoever opened it, in turn.
CREATE TABLE leads (
  incident TEXT NOT NULL REFERENCES incidents (id),
  number   BIGINT NOT NULL, -- from 1
  person   TEXT NOT NULL,
  since    BIGINT NOT NULL,
  handover TEXT REFERENCES handovers (id), -- NULL for who took it over without being asked
  PRIMARY KEY (incident, number)
);
CREATE TRIGGER leads_update BEFORE UPDATE ON leads FOR EACH ROW EXECUTE FUNCTION law_never('who held an incident');
CREATE TRIGGER leads_delete BEFORE DELETE ON leads FOR EACH ROW EXECUTE FUNCTION law_never('who held an incident');
CREATE TRIGGER leads_truncate BEFORE TRUNCATE ON leads FOR EACH STATEMENT EXECUTE FUNCTION law_never('who held an incident');

ALTER TABLE notices ADD COLUMN handover TEXT REFERENCES handovers (id);
