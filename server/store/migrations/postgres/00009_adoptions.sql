-- Which plan an incident goes by: the one in force when it was opened, and each
-- that somebody moved it to since. A row holds from the publication after head
-- on. Until now every publication was signed under the plan in force.

-- +goose Up
CREATE TABLE adoptions (
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  plan        BIGINT NOT NULL REFERENCES publications (number),
  head        BIGINT NOT NULL REFERENCES publications (number), -- the latest publication then
  at          BIGINT NOT NULL,
  person      TEXT NOT NULL, -- '' for a plan that came into force before incidents kept theirs
  PRIMARY KEY (incident_id, plan)
);

INSERT INTO adoptions (incident_id, plan, head, at, person)
SELECT i.id, v.number, v.number, CASE WHEN v.at > i.opened_at THEN v.at ELSE i.opened_at END, ''
  FROM incidents i JOIN publications v ON v.kind = 'plan'
 WHERE v.number = (SELECT MAX(number) FROM publications WHERE kind = 'plan')
    OR EXISTS (SELECT 1 FROM publications p WHERE p.incident_id = i.id
                  AND v.number = (SELECT MAX(q.number) FROM publications q WHERE q.kind = 'plan' AND q.number < p.number));

-- +goose StatementBegin
CREATE FUNCTION adoptions_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.head IS DISTINCT FROM (SELECT MAX(number) FROM publications) THEN
    RAISE EXCEPTION 'an incident goes by a plan from the latest publication on';
  END IF;
  IF NEW.plan IS DISTINCT FROM (SELECT MAX(number) FROM publications WHERE kind = 'plan') THEN
    RAISE EXCEPTION 'an incident is put under the plan in force alone';
  END IF;
  IF EXISTS (SELECT 1 FROM adoptions WHERE incident_id = NEW.incident_id AND plan >= NEW.plan) THEN
    RAISE EXCEPTION 'an incident goes by this plan already';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER adoptions_insert BEFORE INSERT ON adoptions FOR EACH ROW EXECUTE FUNCTION adoptions_insert();
CREATE TRIGGER adoptions_update BEFORE UPDATE ON adoptions FOR EACH ROW EXECUTE FUNCTION law_never('the plan of an incident');
CREATE TRIGGER adoptions_delete BEFORE DELETE ON adoptions FOR EACH ROW EXECUTE FUNCTION law_never('the plan of an incident');
CREATE TRIGGER adoptions_truncate BEFORE TRUNCATE ON adoptions FOR EACH STATEMENT EXECUTE FUNCTION law_never('the plan of an incident');

-- +goose StatementBegin
CREATE FUNCTION publications_plan() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  under text := (SELECT convert_from(bytes, 'UTF8')::jsonb ->> 'plan' FROM contents WHERE digest = NEW.digest);
BEGIN
  IF NEW.incident_id IS NOT NULL AND under IS DISTINCT FROM (
       SELECT v.digest FROM adoptions a JOIN publications v ON v.number = a.plan
        WHERE a.incident_id = NEW.incident_id ORDER BY a.plan DESC LIMIT 1) THEN
    RAISE EXCEPTION 'an update must be signed under the plan that its incident goes by';
  END IF;
  IF NEW.incident_id IS NULL AND NEW.warrant_kind <> 'genesis' AND under IS DISTINCT FROM (
       SELECT digest FROM publications WHERE kind = 'plan' ORDER BY number DESC LIMIT 1) THEN
    RAISE EXCEPTION 'a plan must be signed under the plan in force';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER publications_plan BEFORE INSERT ON publications FOR EACH ROW EXECUTE FUNCTION publications_plan();

-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['adoptions_insert()', 'publications_plan()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
