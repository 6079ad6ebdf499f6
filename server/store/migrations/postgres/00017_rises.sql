-- The latest visits of in-product links by five minutes, and when more people
-- came than usual.

-- +goose Up
CREATE TABLE link_slots (
  key     TEXT NOT NULL,
  slot    BIGINT NOT NULL, -- beginning of the five minutes
  visits  BIGINT NOT NULL,
  reports BIGINT NOT NULL,
  PRIMARY KEY (key, slot)
);
CREATE INDEX link_slots_slot ON link_slots (slot);

CREATE TABLE link_rises (
  id        TEXT PRIMARY KEY,
  key       TEXT NOT NULL,
  kind      TEXT NOT NULL,
  minutes   BIGINT NOT NULL, -- of the window in which they came
  count     BIGINT NOT NULL,
  usual     BIGINT NOT NULL, -- in hundredths
  began_at  BIGINT NOT NULL,
  mailed_at BIGINT NOT NULL, -- 0 for never, as below
  told_at   BIGINT NOT NULL, -- when something was last seen to be published about it
  seen_at   BIGINT NOT NULL,
  seen_by   TEXT NOT NULL,
  ended_at  BIGINT NOT NULL,
  CHECK (kind IN ('visits', 'reports')),
  CHECK ((seen_at = 0) = (seen_by = ''))
);
-- Of a key one goes on at a time, whoever sees it first.
CREATE UNIQUE INDEX link_rises_open ON link_rises (key) WHERE ended_at = 0;
CREATE INDEX link_rises_began ON link_rises (began_at);

ALTER TABLE notices ADD COLUMN rise TEXT REFERENCES link_rises (id);
