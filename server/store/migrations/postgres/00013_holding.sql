-- First words that a quorum approved in advance: how an approval ends before
-- its time, who said that an incident is one, and the law of what goes out so.

-- +goose Up
CREATE TABLE endings (
  publication BIGINT PRIMARY KEY REFERENCES publications (number),
  at          BIGINT NOT NULL,
  person      TEXT NOT NULL, -- '' for the service: the plan changed
  reason      TEXT NOT NULL
);

-- When a person said that what stands here is an incident; 0 while a program
-- alone has.
ALTER TABLE incidents ADD COLUMN declared_at BIGINT NOT NULL DEFAULT 0;

-- +goose StatementBegin
CREATE FUNCTION endings_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM endings WHERE publication = NEW.publication) THEN
    RAISE EXCEPTION 'this approval ended already';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND kind = 'statement') THEN
    RAISE EXCEPTION 'only the approval of a holding statement is taken back';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER endings_insert BEFORE INSERT ON endings FOR EACH ROW EXECUTE FUNCTION endings_insert();
CREATE TRIGGER endings_update BEFORE UPDATE ON endings FOR EACH ROW EXECUTE FUNCTION law_never('an ending');
CREATE TRIGGER endings_delete BEFORE DELETE ON endings FOR EACH ROW EXECUTE FUNCTION law_never('an ending');
CREATE TRIGGER endings_truncate BEFORE TRUNCATE ON endings FOR EACH STATEMENT EXECUTE FUNCTION law_never('an ending');

-- +goose StatementBegin
CREATE OR REPLACE FUNCTION publications_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  words jsonb;
  approved jsonb; -- the holding statement that the words are made from
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM publications) THEN
    RAISE EXCEPTION 'a publication must have the next number of the chain';
  END IF;
  IF NEW.previous IS DISTINCT FROM COALESCE((SELECT seal FROM publications ORDER BY number DESC LIMIT 1), '') THEN
    RAISE EXCEPTION 'a publication must name the seal of the publication before it';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM contents WHERE digest = NEW.digest) THEN
    RAISE EXCEPTION 'a publication must be of stored words';
  END IF;
  IF EXISTS (SELECT 1 FROM publications WHERE update_id = NEW.update_id OR digest = NEW.digest) THEN
    RAISE EXCEPTION 'this update has been published already';
  END IF;
  IF NEW.warrant_kind NOT IN ('quorum', 'holding', 'genesis') THEN
    RAISE EXCEPTION 'a publication must have a warrant of the kind quorum, holding or genesis';
  END IF;
  IF NEW.warrant_kind = 'genesis'
     AND (NEW.kind <> 'plan' OR NEW.incident_id IS NOT NULL OR EXISTS (SELECT 1 FROM publications)) THEN
    RAISE EXCEPTION 'genesis is for the first plan of an empty installation alone';
  END IF;
  IF NEW.warrant_kind IN ('quorum', 'holding')
     AND NOT EXISTS (SELECT 1 FROM updates u
                      WHERE u.id = NEW.update_id AND u.state IN ('in_review', 'approved') AND u.digest = NEW.digest
                        AND u.kind = NEW.kind AND u.incident_id IS NOT DISTINCT FROM NEW.incident_id) THEN
    RAISE EXCEPTION 'only an update that is approved or in review with these exact words can be published';
  END IF;
  words := (SELECT convert_from(bytes, 'UTF8')::jsonb FROM contents WHERE digest = NEW.digest);
  IF NEW.at < 1000000 * EXTRACT(EPOCH FROM (words ->> 'publish_at')::timestamptz) THEN
    RAISE EXCEPTION 'these words were signed to go out later';
  END IF;
  IF words ->> 'after' IS DISTINCT FROM (SELECT digest FROM publications WHERE incident_id = NEW.incident_id ORDER BY number DESC LIMIT 1)
     AND words ->> 'after' IS NOT NULL THEN
    RAISE EXCEPTION 'these words were signed to follow others than the latest of their incident';
  END IF;
  IF (NEW.warrant_kind = 'holding') <> (words -> 'holding' IS NOT NULL) THEN
    RAISE EXCEPTION 'what is made from a holding statement has a holding warrant, and nothing else has';
  END IF;
  IF NEW.warrant_kind = 'holding' THEN
    IF NEW.kind <> 'update' OR NEW.incident_id IS NULL OR EXISTS (SELECT 1 FROM publications WHERE incident_id = NEW.incident_id) THEN
      RAISE EXCEPTION 'a holding statement is for the first publication of an incident alone';
    END IF;
    IF EXISTS (SELECT 1 FROM revisions WHERE update_id = NEW.update_id) THEN
      RAISE EXCEPTION 'nobody writes what is made from a holding statement';
    END IF;
    approved := (
      SELECT convert_from(a.bytes, 'UTF8')::jsonb -> 'statement' FROM publications s JOIN contents a ON a.digest = s.digest
       WHERE s.number = (words #>> '{holding,publication}')::bigint AND s.digest = words #>> '{holding,digest}'
         AND s.kind = 'statement' AND s.warrant_kind = 'quorum' AND s.at <= NEW.at
         AND NOT EXISTS (SELECT 1 FROM endings e WHERE e.publication = s.number));
    IF approved IS NULL OR approved ->> 'id' IS DISTINCT FROM words #>> '{holding,id}'
       OR EXISTS (SELECT 1 FROM publications n JOIN contents o ON o.digest = n.digest
                   WHERE n.kind = 'statement' AND n.number > (words #>> '{holding,publication}')::bigint
                     AND convert_from(o.bytes, 'UTF8')::jsonb #>> '{statement,id}' = approved ->> 'id') THEN
      RAISE EXCEPTION 'this rests on no holding statement that was approved, is the latest of its name and was not withdrawn';
    END IF;
    IF NEW.at >= 1000000 * EXTRACT(EPOCH FROM (approved ->> 'expires')::timestamptz) THEN
      RAISE EXCEPTION 'the approval of this holding statement has expired';
    END IF;
    IF approved ->> 'phase' IS DISTINCT FROM words #>> '{incident,phase}'
       OR NOT approved -> 'severities' @> (words #> '{incident,severity}')
       OR jsonb_array_length(words #> '{incident,claims}') = 0
       OR EXISTS (
         SELECT 1 FROM jsonb_array_elements(words #> '{incident,claims}') m
          WHERE NOT EXISTS (
            SELECT 1 FROM jsonb_array_elements(approved -> 'components') p
             WHERE p -> 'component' = m -> 'component' AND p -> 'states' @> (m -> 'state'))) THEN
      RAISE EXCEPTION 'the holding statement does not permit this severity, phase, component or state';
    END IF;
    IF NOT EXISTS (
         SELECT 1 FROM approvals a JOIN requirements r ON r.update_id = a.update_id AND r.digest = a.digest AND r.idx = a.requirement
          WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.at <= NEW.at AND NEW.at < a.expires
            AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id))
       AND NOT EXISTS (
         SELECT 1 FROM incidents i, jsonb_array_elements(approved -> 'itself') s
          WHERE i.id = NEW.incident_id AND i.declared_at > 0
            AND NOT EXISTS (SELECT 1 FROM requirements WHERE update_id = NEW.update_id)
            AND s -> 'severity' = words #> '{incident,severity}'
            AND NEW.at >= i.declared_at + 1000000 * (s ->> 'after')::bigint) THEN
      RAISE EXCEPTION 'a holding statement goes out by somebody whom it names, or by itself when the first update is due';
    END IF;
  END IF;
  IF NEW.warrant_kind = 'quorum'
     AND NOT EXISTS (SELECT 1 FROM requirements WHERE update_id = NEW.update_id AND digest = NEW.digest) THEN
    RAISE EXCEPTION 'a publication must have the signatures of its requirements, and it has none';
  END IF;
  IF NEW.warrant_kind = 'quorum'
     AND EXISTS (
       SELECT 1 FROM requirements r
        WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest
          AND NOT EXISTS (
            SELECT 1 FROM approvals a
             WHERE a.update_id = r.update_id AND a.digest = r.digest AND a.requirement = r.idx
               AND a.at <= NEW.at AND NEW.at < a.expires
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id)
               AND NOT EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = a.update_id AND w.author = a.person))) THEN
    RAISE EXCEPTION 'a requirement of this publication has no live signature by somebody who did not write it';
  END IF;
  IF NEW.warrant_kind = 'quorum'
     AND EXISTS (
       SELECT 1 FROM approvals a JOIN approvals b
           ON b.update_id = a.update_id AND b.digest = a.digest AND b.person = a.person AND b.requirement > a.requirement
        WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest
          AND a.at <= NEW.at AND NEW.at < a.expires AND b.at <= NEW.at AND NEW.at < b.expires
          AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id IN (a.id, b.id))) THEN
    RAISE EXCEPTION 'one person cannot fill two requirements of a publication';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOREACH law IN ARRAY ARRAY['endings_insert()', 'publications_insert()']::regprocedure[] LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
