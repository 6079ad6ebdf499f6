-- What the requests of programs have begun, so that one sent again begins nothing.

-- +goose Up
CREATE TABLE receipts (
  person    TEXT NOT NULL,
  token     TEXT NOT NULL,
  request   TEXT NOT NULL,
  digest    TEXT NOT NULL,
  update_id TEXT NOT NULL REFERENCES updates (id),
  at        INTEGER NOT NULL,
  PRIMARY KEY (person, token, request)
) STRICT, WITHOUT ROWID;
