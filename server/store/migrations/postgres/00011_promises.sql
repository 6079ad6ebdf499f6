-- What was promised, to customers and to one another, and what became of it;
-- which reminders went out; and what mails to the team are about besides an update.

-- +goose Up
CREATE TABLE promises (
  id          TEXT PRIMARY KEY,
  incident    TEXT NOT NULL REFERENCES incidents (id),
  update_id   TEXT REFERENCES updates (id), -- whose signatures are promised
  kind        TEXT NOT NULL,
  seen        BIGINT NOT NULL, -- number of the latest publication of the incident that was reckoned with
  made_at     BIGINT NOT NULL,
  due         BIGINT NOT NULL,
  state       TEXT NOT NULL,
  decided_at  BIGINT NOT NULL, -- 0 while it is open
  answer      BIGINT REFERENCES publications (number),
  answered_at BIGINT NOT NULL, -- 0 for not yet
  CHECK (kind IN ('first', 'next', 'notice', 'start', 'end', 'signature')),
  CHECK (state IN ('open', 'kept', 'missed', 'withdrawn')),
  CHECK ((kind = 'signature') = (update_id IS NOT NULL)),
  CHECK ((state = 'open') = (decided_at = 0)),
  CHECK (state <> 'kept' OR answered_at <> 0),
  CHECK (state <> 'kept' OR kind = 'signature' OR answer IS NOT NULL)
);
CREATE INDEX promises_incident ON promises (incident, made_at);
-- One promise at a time waits for somebody to act.
CREATE UNIQUE INDEX promises_waiting ON promises (incident)
  WHERE kind <> 'signature' AND (state = 'open' OR state = 'missed' AND answered_at = 0);
CREATE UNIQUE INDEX promises_signing ON promises (update_id)
  WHERE kind = 'signature' AND (state = 'open' OR state = 'missed' AND answered_at = 0);

-- What was promised stays, and what became of it is written once: only a
-- publication in time overrules a clock that ran ahead.
-- +goose StatementBegin
CREATE FUNCTION promises_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'what was promised, and what became of it, is never changed';
END $$;
-- +goose StatementEnd
CREATE TRIGGER promises_update BEFORE UPDATE ON promises FOR EACH ROW
  WHEN (NEW.id IS DISTINCT FROM OLD.id OR NEW.incident IS DISTINCT FROM OLD.incident OR NEW.update_id IS DISTINCT FROM OLD.update_id
    OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.made_at IS DISTINCT FROM OLD.made_at OR NEW.seen < OLD.seen
    OR NEW.due IS DISTINCT FROM OLD.due AND (OLD.kind <> 'notice' OR OLD.state <> 'open')
    OR OLD.answered_at <> 0 OR OLD.state IN ('kept', 'withdrawn')
    OR OLD.state = 'missed' AND NEW.state NOT IN ('missed', 'kept'))
  EXECUTE FUNCTION promises_update();
CREATE TRIGGER promises_delete BEFORE DELETE ON promises FOR EACH ROW EXECUTE FUNCTION law_never('a promise');
CREATE TRIGGER promises_truncate BEFORE TRUNCATE ON promises FOR EACH STATEMENT EXECUTE FUNCTION law_never('a promise');

CREATE TABLE reminders (
  promise TEXT NOT NULL REFERENCES promises (id),
  step    BIGINT NOT NULL, -- 1 whoever must act, 2 the next in line, 3 everyone, 4 its time is over
  at      BIGINT NOT NULL,
  people  TEXT NOT NULL,
  PRIMARY KEY (promise, step)
);
CREATE TRIGGER reminders_update BEFORE UPDATE ON reminders FOR EACH ROW EXECUTE FUNCTION law_never('a reminder');
CREATE TRIGGER reminders_delete BEFORE DELETE ON reminders FOR EACH ROW EXECUTE FUNCTION law_never('a reminder');
CREATE TRIGGER reminders_truncate BEFORE TRUNCATE ON reminders FOR EACH STATEMENT EXECUTE FUNCTION law_never('a reminder');

ALTER TABLE notices ADD COLUMN promise TEXT REFERENCES promises (id);
ALTER TABLE notices ADD COLUMN step BIGINT NOT NULL DEFAULT 0; -- of the reminder that it is
ALTER TABLE notices ADD COLUMN need TEXT NOT NULL DEFAULT '';  -- what has to be done
