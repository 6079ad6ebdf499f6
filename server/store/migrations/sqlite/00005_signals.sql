-- What the monitoring told: each alert as it was told last, with the incident
-- that it belongs to, and which drafts were made of alerts alone.

-- +goose Up
CREATE TABLE signals (
  id          TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  current     INTEGER NOT NULL, -- 1 for the latest of its fingerprint
  incident    TEXT REFERENCES incidents (id), -- NULL while the plan says nothing of it
  name        TEXT NOT NULL,
  labels      TEXT NOT NULL,
  notes       TEXT NOT NULL,
  firing      INTEGER NOT NULL,
  fired       INTEGER NOT NULL, -- how often
  since       INTEGER NOT NULL,
  at          INTEGER NOT NULL, -- when it last began or ended here
  CHECK (current IN (0, 1) AND firing IN (0, 1))
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX signals_current ON signals (fingerprint) WHERE current = 1;
CREATE INDEX signals_incident ON signals (incident);

CREATE TABLE signal_drafts (
  update_id TEXT PRIMARY KEY REFERENCES updates (id),
  revision  INTEGER NOT NULL -- the last that was made of alerts
) STRICT, WITHOUT ROWID;
