-- What the monitoring told: each alert as it was told last, with the incident
-- that it belongs to, and which drafts were made of alerts alone.

-- +goose Up
CREATE TABLE signals (
  id          TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  current     BIGINT NOT NULL, -- 1 for the latest of its fingerprint
  incident    TEXT REFERENCES incidents (id), -- NULL while the plan says nothing of it
  name        TEXT NOT NULL,
  labels      TEXT NOT NULL,
  notes       TEXT NOT NULL,
  firing      BIGINT NOT NULL,
  fired       BIGINT NOT NULL, -- how often
  since       BIGINT NOT NULL,
  at          BIGINT NOT NULL, -- when it last began or ended here
  CHECK (current IN (0, 1) AND firing IN (0, 1))
);
CREATE UNIQUE INDEX signals_current ON signals (fingerprint) WHERE current = 1;
CREATE INDEX signals_incident ON signals (incident);

CREATE TABLE signal_drafts (
  update_id TEXT PRIMARY KEY REFERENCES updates (id),
  revision  BIGINT NOT NULL -- the last that was made of alerts
);
