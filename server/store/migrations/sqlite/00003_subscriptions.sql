-- Requests for mail, until they are confirmed or their time is over. Each is
-- one mail, so they are also what limits mails to an address.

-- +goose Up
CREATE TABLE signups (
  id           TEXT PRIMARY KEY,
  address      TEXT NOT NULL,
  counted_as   TEXT NOT NULL, -- the address without what its owner may vary
  lang         TEXT NOT NULL,
  choice       TEXT NOT NULL,
  asked_at     INTEGER NOT NULL,
  confirmed_at INTEGER NOT NULL,
  subscriber   TEXT NOT NULL,
  state        TEXT NOT NULL, -- of its mail
  attempt      INTEGER NOT NULL,
  due          INTEGER NOT NULL, -- the end of the lease while it is sending
  tried_at     INTEGER NOT NULL,
  CHECK (state IN ('waiting', 'sending', 'sent', 'dead'))
) STRICT, WITHOUT ROWID;
CREATE INDEX signups_counted ON signups (counted_as, asked_at);
CREATE INDEX signups_tried ON signups (tried_at);
CREATE INDEX signups_open ON signups (due) WHERE state IN ('waiting', 'sending');
