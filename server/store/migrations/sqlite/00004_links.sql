-- How often in-product links were opened, and how many people said that they
-- see trouble. Nothing here says who.

-- +goose Up
CREATE TABLE link_hours (
  key     TEXT NOT NULL,
  hour    INTEGER NOT NULL,
  visits  INTEGER NOT NULL,
  reports INTEGER NOT NULL,
  PRIMARY KEY (key, hour)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_hours_hour ON link_hours (hour);

-- Keys that the plan does not have; '' stands for all that are not kept by name.
CREATE TABLE unknown_links (
  key        TEXT PRIMARY KEY,
  visits     INTEGER NOT NULL,
  reports    INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
