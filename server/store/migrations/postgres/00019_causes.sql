-- Who confirmed a cause: for the exact words that a text gave, by their digest,
-- and by nobody who wrote any of it. It holds no words.

-- +goose Up
CREATE TABLE causes (
  id        TEXT PRIMARY KEY,
  update_id TEXT NOT NULL REFERENCES updates (id),
  cause     TEXT NOT NULL, -- SHA-256 of the words
  person    TEXT NOT NULL,
  at        BIGINT NOT NULL
);
CREATE INDEX causes_update ON causes (update_id);

-- +goose StatementBegin
CREATE FUNCTION causes_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM revisions v WHERE v.update_id = NEW.update_id AND v.author = NEW.person) THEN
    RAISE EXCEPTION 'nobody confirms the cause in a text that they wrote';
  END IF;
  IF EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state IN ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'what is published or withdrawn has no cause to confirm';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER causes_insert BEFORE INSERT ON causes FOR EACH ROW EXECUTE FUNCTION causes_insert();
CREATE TRIGGER causes_update BEFORE UPDATE ON causes FOR EACH ROW EXECUTE FUNCTION law_never('who confirmed a cause');
CREATE TRIGGER causes_delete BEFORE DELETE ON causes FOR EACH ROW EXECUTE FUNCTION law_never('who confirmed a cause');
CREATE TRIGGER causes_truncate BEFORE TRUNCATE ON causes FOR EACH STATEMENT EXECUTE FUNCTION law_never('who confirmed a cause');

-- +goose StatementBegin
DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION causes_insert() SET search_path = %I, pg_temp', current_schema());
END $$;
-- +goose StatementEnd
