-- A reminder says that a holding statement could go out instead.

-- +goose Up
ALTER TABLE notices ADD COLUMN holding INTEGER NOT NULL DEFAULT 0;
