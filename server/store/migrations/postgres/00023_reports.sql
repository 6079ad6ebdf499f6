-- A report that is promised on an incident that is over is a promise as well.

-- +goose Up
ALTER TABLE promises DROP CONSTRAINT promises_kind_check;
ALTER TABLE promises ADD CONSTRAINT promises_kind_check CHECK (kind IN ('first', 'next', 'notice', 'start', 'end', 'signature', 'report'));
