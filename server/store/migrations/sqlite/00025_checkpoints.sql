-- What the publications up to a number amount to, without their words: a start
-- need not verify all of them before it shows the page. Nothing is said by it
-- that they do not say, so any row may go, and a newer one takes its place.

-- +goose Up
CREATE TABLE checkpoints (
  number INTEGER PRIMARY KEY REFERENCES publications (number),
  bytes  BLOB NOT NULL,
  seal   TEXT NOT NULL
) STRICT;
