-- How often in-product links were opened, and how many people said that they
-- see trouble. Nothing here says who.

-- +goose Up
CREATE TABLE link_hours (
  key     TEXT NOT NULL,
  hour    BIGINT NOT NULL,
  visits  BIGINT NOT NULL,
  reports BIGINT NOT NULL,
  PRIMARY KEY (key, hour)
);
CREATE INDEX link_hours_hour ON link_hours (hour);

-- Keys that the plan does not have; '' stands for all that are not kept by name.
CREATE TABLE unknown_links (
  key        TEXT PRIMARY KEY,
  visits     BIGINT NOT NULL,
  reports    BIGINT NOT NULL,
  first_seen BIGINT NOT NULL,
  last_seen  BIGINT NOT NULL
);
