-- A report that is promised on an incident that is over is a promise as well.
-- SQLite changes no CHECK of a table, so the table is made anew, and with it
-- what refers to it.

-- +goose Up
CREATE TABLE promises_anew (
  id          TEXT PRIMARY KEY,
  incident    TEXT NOT NULL REFERENCES incidents (id),
  update_id   TEXT REFERENCES updates (id), -- whose signatures are promised
  kind        TEXT NOT NULL,
  seen        INTEGER NOT NULL, -- number of the latest publication of the incident that was reckoned with
  made_at     INTEGER NOT NULL,
  due         INTEGER NOT NULL,
  state       TEXT NOT NULL,
  decided_at  INTEGER NOT NULL, -- 0 while it is open
  answer      INTEGER REFERENCES publications (number),
  answered_at INTEGER NOT NULL, -- 0 for not yet
  CHECK (kind IN ('first', 'next', 'notice', 'start', 'end', 'signature', 'report')),
  CHECK (state IN ('open', 'kept', 'missed', 'withdrawn')),
  CHECK ((kind = 'signature') = (update_id IS NOT NULL)),
  CHECK ((state = 'open') = (decided_at = 0)),
  CHECK (state <> 'kept' OR answered_at <> 0),
  CHECK (state <> 'kept' OR kind = 'signature' OR answer IS NOT NULL)
) STRICT, WITHOUT ROWID;
INSERT INTO promises_anew SELECT id, incident, update_id, kind, seen, made_at, due, state, decided_at, answer, answered_at FROM promises;
CREATE TABLE reminders_anew (
  promise TEXT NOT NULL REFERENCES promises_anew (id),
  step    INTEGER NOT NULL, -- 1 whoever must act, 2 the next in line, 3 everyone, 4 its time is over
  at      INTEGER NOT NULL,
  people  TEXT NOT NULL,
  PRIMARY KEY (promise, step)
) STRICT, WITHOUT ROWID;
INSERT INTO reminders_anew SELECT promise, step, at, people FROM reminders;
CREATE TEMP TABLE noticed AS SELECT id, promise FROM notices WHERE promise IS NOT NULL;
ALTER TABLE notices DROP COLUMN promise;
DROP TABLE reminders;
DROP TABLE promises;
ALTER TABLE promises_anew RENAME TO promises;
ALTER TABLE reminders_anew RENAME TO reminders;
ALTER TABLE notices ADD COLUMN promise TEXT REFERENCES promises (id);
UPDATE notices SET promise = (SELECT n.promise FROM noticed n WHERE n.id = notices.id) WHERE id IN (SELECT id FROM noticed);
DROP TABLE noticed;

CREATE INDEX promises_incident ON promises (incident, made_at);
-- One promise at a time waits for somebody to act.
CREATE UNIQUE INDEX promises_waiting ON promises (incident)
  WHERE kind <> 'signature' AND (state = 'open' OR state = 'missed' AND answered_at = 0);
CREATE UNIQUE INDEX promises_signing ON promises (update_id)
  WHERE kind = 'signature' AND (state = 'open' OR state = 'missed' AND answered_at = 0);

-- What was promised stays, and what became of it is written once: only a
-- publication in time overrules a clock that ran ahead.
-- +goose StatementBegin
CREATE TRIGGER promises_update BEFORE UPDATE ON promises
WHEN NEW.id IS NOT OLD.id OR NEW.incident IS NOT OLD.incident OR NEW.update_id IS NOT OLD.update_id OR NEW.kind IS NOT OLD.kind
  OR NEW.made_at IS NOT OLD.made_at OR NEW.seen < OLD.seen
  OR NEW.due IS NOT OLD.due AND (OLD.kind <> 'notice' OR OLD.state <> 'open')
  OR OLD.answered_at <> 0 OR OLD.state IN ('kept', 'withdrawn')
  OR OLD.state = 'missed' AND NEW.state NOT IN ('missed', 'kept')
BEGIN
  SELECT RAISE(ABORT, 'what was promised, and what became of it, is never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER promises_insert BEFORE INSERT ON promises
BEGIN
  SELECT RAISE(ABORT, 'promises are never replaced') WHERE EXISTS (SELECT 1 FROM promises WHERE id = NEW.id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER promises_delete BEFORE DELETE ON promises
BEGIN
  SELECT RAISE(ABORT, 'promises are never deleted');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reminders_update BEFORE UPDATE ON reminders
BEGIN
  SELECT RAISE(ABORT, 'reminders are never changed');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER reminders_delete BEFORE DELETE ON reminders
BEGIN
  SELECT RAISE(ABORT, 'reminders are never deleted');
END;
-- +goose StatementEnd
