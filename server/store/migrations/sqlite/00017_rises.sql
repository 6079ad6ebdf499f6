-- The latest visits of in-product links by five minutes, and when more people
-- came than usual.

-- +goose Up
CREATE TABLE link_slots (
  key     TEXT NOT NULL,
  slot    INTEGER NOT NULL, -- beginning of the five minutes
  visits  INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (key, slot)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_slots_slot ON link_slots (slot);

CREATE TABLE link_rises (
  id        TEXT PRIMARY KEY,
  key       TEXT NOT NULL,
  kind      TEXT NOT NULL,
  minutes   INTEGER NOT NULL, -- of the window in which they came
  count     INTEGER NOT NULL,
  usual     INTEGER NOT NULL, -- in hundredths
  began_at  INTEGER NOT NULL,
  mailed_at INTEGER NOT NULL, -- 0 for never, as below
  told_at   INTEGER NOT NULL, -- when something was last seen to be published about it
  seen_at   INTEGER NOT NULL,
  seen_by   TEXT NOT NULL,
  ended_at  INTEGER NOT NULL,
  CHECK (kind IN ('visits', 'reports')),
  CHECK ((seen_at = 0) = (seen_by = ''))
) STRICT, WITHOUT ROWID;
-- Of a key one goes on at a time, whoever sees it first.
CREATE UNIQUE INDEX link_rises_open ON link_rises (key) WHERE ended_at = 0;
CREATE INDEX link_rises_began ON link_rises (began_at);

ALTER TABLE notices ADD COLUMN rise TEXT REFERENCES link_rises (id);
