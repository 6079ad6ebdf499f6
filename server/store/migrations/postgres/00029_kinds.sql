-- The plan in force is the newest of its kind, and asked for at every step and
-- by the law itself: without this, ten years of updates are looked through for it.

-- +goose Up
CREATE INDEX publications_kind ON publications (kind, number);
