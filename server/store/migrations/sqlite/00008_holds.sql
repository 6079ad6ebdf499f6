-- What waits until an operator says otherwise: "deliveries" to subscribers, the
-- "schedule" of updates that were signed for a time, or the whole service while
-- the rows of a backup are put back ("restore").

-- +goose Up
CREATE TABLE holds (
  what   TEXT PRIMARY KEY,
  since  INTEGER NOT NULL,
  reason TEXT NOT NULL,
  CHECK (what IN ('deliveries', 'schedule', 'restore'))
) STRICT, WITHOUT ROWID;
