-- The law of signing, as triggers: ordinary SQL is refused with a sentence.
-- The same sentences stand in the law for SQLite, which also verifies seals;
-- PostgreSQL has no Ed25519 and cannot.

-- +goose Up
-- The lock is the one that every writer of the desk holds, so that a row
-- inserted by hand cannot slip between what a trigger reads and its commit.
-- +goose StatementBegin
CREATE FUNCTION publications_insert() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  words jsonb;
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
  IF NEW.warrant_kind NOT IN ('quorum', 'genesis') THEN
    RAISE EXCEPTION 'a publication must have a warrant of the kind quorum or genesis';
  END IF;
  IF NEW.warrant_kind = 'genesis'
     AND (NEW.kind <> 'plan' OR NEW.incident_id IS NOT NULL OR EXISTS (SELECT 1 FROM publications)) THEN
    RAISE EXCEPTION 'genesis is for the first plan of an empty installation alone';
  END IF;
  IF NEW.warrant_kind = 'quorum'
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
CREATE TRIGGER publications_insert BEFORE INSERT ON publications FOR EACH ROW EXECUTE FUNCTION publications_insert();

-- +goose StatementBegin
CREATE FUNCTION redactions_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM redactions d WHERE d.publication = NEW.publication OR d.update_id = NEW.update_id OR d.redaction = NEW.redaction) THEN
    RAISE EXCEPTION 'a redaction is never replaced';
  END IF;
  IF NOT EXISTS (
     SELECT 1 FROM publications r JOIN contents c ON c.digest = r.digest JOIN publications p ON p.number = NEW.publication
      WHERE r.number = NEW.redaction AND r.kind = 'redaction' AND p.number < r.number
        AND p.kind IN ('update', 'correction') AND p.update_id = NEW.update_id AND p.incident_id = r.incident_id
        AND convert_from(c.bytes, 'UTF8')::jsonb #>> '{redaction,publication}' = p.number::text
        AND convert_from(c.bytes, 'UTF8')::jsonb #>> '{redaction,digest}' = p.digest) THEN
    RAISE EXCEPTION 'only a publication of the kind redaction takes the words of a publication away, and only of the one that it names';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER redactions_insert BEFORE INSERT ON redactions FOR EACH ROW EXECUTE FUNCTION redactions_insert();

-- +goose StatementBegin
CREATE FUNCTION revisions_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.draft <> '' OR NEW.update_id <> OLD.update_id OR NEW.number <> OLD.number OR NEW.author <> OLD.author OR NEW.at <> OLD.at
     OR NOT EXISTS (
       SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
        WHERE u.id = OLD.update_id AND (d.update_id = u.id OR u.state = 'withdrawn'
          OR EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = u.id AND w.number > OLD.number))) THEN
    RAISE EXCEPTION 'a revision is never changed; a redaction empties it';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER revisions_update BEFORE UPDATE ON revisions FOR EACH ROW EXECUTE FUNCTION revisions_update();

-- +goose StatementBegin
CREATE FUNCTION contents_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF length(NEW.bytes) > 0 OR NEW.digest <> OLD.digest OR length(OLD.bytes) = 0
     OR NOT EXISTS (
       SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
        WHERE u.id = convert_from(OLD.bytes, 'UTF8')::jsonb ->> 'update'
          AND (d.update_id = u.id OR (u.state = 'withdrawn' OR u.digest IS DISTINCT FROM OLD.digest) AND NOT EXISTS (SELECT 1 FROM publications WHERE digest = OLD.digest))) THEN
    RAISE EXCEPTION 'a content is never changed; a redaction empties it';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER contents_update BEFORE UPDATE ON contents FOR EACH ROW EXECUTE FUNCTION contents_update();

-- +goose StatementBegin
CREATE FUNCTION audit_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.detail <> '{}' OR NEW.number <> OLD.number OR NEW.at <> OLD.at OR NEW.person <> OLD.person OR NEW.action <> OLD.action
     OR NEW.subject <> OLD.subject OR OLD.action NOT IN ('update.changes_requested', 'update.parked', 'update.withdrawn')
     OR NOT EXISTS (SELECT 1 FROM redactions WHERE update_id = OLD.subject) THEN
    RAISE EXCEPTION 'an entry of the audit is never changed; a redaction empties what people wrote of the words';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_update BEFORE UPDATE ON audit FOR EACH ROW EXECUTE FUNCTION audit_update();

-- +goose StatementBegin
CREATE FUNCTION approvals_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM approvals WHERE id = NEW.id) THEN
    RAISE EXCEPTION 'an approval is never replaced';
  END IF;
  IF NEW.expires <= NEW.at THEN
    RAISE EXCEPTION 'an approval must end after it begins';
  END IF;
  IF NOT EXISTS (SELECT 1 FROM requirements r
                      WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest AND r.idx = NEW.requirement) THEN
    RAISE EXCEPTION 'this message has no such requirement to sign';
  END IF;
  IF EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'an update that is published or withdrawn takes no signature';
  END IF;
  IF EXISTS (SELECT 1 FROM revisions WHERE update_id = NEW.update_id AND author = NEW.person) THEN
    RAISE EXCEPTION 'nobody signs a text that they wrote';
  END IF;
  IF EXISTS (
     SELECT 1 FROM approvals a
      WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.person = NEW.person
        AND a.requirement <> NEW.requirement AND a.at < NEW.expires AND NEW.at < a.expires
        AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id)) THEN
    RAISE EXCEPTION 'one person fills one requirement of a message';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER approvals_insert BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approvals_insert();

-- +goose StatementBegin
CREATE FUNCTION revisions_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM revisions WHERE update_id = NEW.update_id) THEN
    RAISE EXCEPTION 'a revision must have the next number of its update';
  END IF;
  IF EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'an update that is published or withdrawn takes no revision';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER revisions_insert BEFORE INSERT ON revisions FOR EACH ROW EXECUTE FUNCTION revisions_insert();

-- +goose StatementBegin
CREATE FUNCTION requirements_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM requirements r
                  WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest AND r.idx = NEW.idx) THEN
    RAISE EXCEPTION 'a requirement is never replaced';
  END IF;
  IF EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn')) THEN
    RAISE EXCEPTION 'an update that is published or withdrawn takes no requirement';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER requirements_insert BEFORE INSERT ON requirements FOR EACH ROW EXECUTE FUNCTION requirements_insert();

-- +goose StatementBegin
CREATE FUNCTION contents_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM contents WHERE digest = NEW.digest) THEN
    RAISE EXCEPTION 'stored words are never replaced';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER contents_insert BEFORE INSERT ON contents FOR EACH ROW EXECUTE FUNCTION contents_insert();

-- +goose StatementBegin
CREATE FUNCTION voids_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF EXISTS (SELECT 1 FROM voids WHERE approval_id = NEW.approval_id) THEN
    RAISE EXCEPTION 'this approval was taken back already';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER voids_insert BEFORE INSERT ON voids FOR EACH ROW EXECUTE FUNCTION voids_insert();

-- +goose StatementBegin
CREATE FUNCTION audit_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_advisory_xact_lock(7310589);
  IF NEW.number IS DISTINCT FROM (SELECT COALESCE(MAX(number), 0) + 1 FROM audit) THEN
    RAISE EXCEPTION 'an entry of the audit must have the next number';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER audit_insert BEFORE INSERT ON audit FOR EACH ROW EXECUTE FUNCTION audit_insert();

-- +goose StatementBegin
CREATE FUNCTION updates_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM updates WHERE id = NEW.id) THEN
    RAISE EXCEPTION 'an update is never replaced';
  END IF;
  IF NEW.state = 'published'
     AND NOT EXISTS (SELECT 1 FROM publications p
                      WHERE p.number = NEW.publication AND p.update_id = NEW.id AND p.digest = NEW.digest) THEN
    RAISE EXCEPTION 'a published update must name its publication';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER updates_insert BEFORE INSERT ON updates FOR EACH ROW EXECUTE FUNCTION updates_insert();

-- +goose StatementBegin
CREATE FUNCTION updates_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind OR NEW.incident_id IS DISTINCT FROM OLD.incident_id THEN
    RAISE EXCEPTION 'an update keeps its identifier, kind and incident';
  END IF;
  IF OLD.state = 'published'
     AND (NEW.state IS DISTINCT FROM OLD.state OR NEW.digest IS DISTINCT FROM OLD.digest OR NEW.publication IS DISTINCT FROM OLD.publication) THEN
    RAISE EXCEPTION 'a published update keeps its state, its words and its publication';
  END IF;
  IF OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn' THEN
    RAISE EXCEPTION 'a withdrawn update stays withdrawn';
  END IF;
  IF NEW.state = 'published'
     AND NOT EXISTS (SELECT 1 FROM publications p
                      WHERE p.number = NEW.publication AND p.update_id = NEW.id AND p.digest = NEW.digest) THEN
    RAISE EXCEPTION 'a published update must name its publication';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER updates_update BEFORE UPDATE ON updates FOR EACH ROW EXECUTE FUNCTION updates_update();

-- +goose StatementBegin
CREATE FUNCTION incidents_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM incidents WHERE id = NEW.id) THEN
    RAISE EXCEPTION 'an incident is never replaced';
  END IF;
  IF NEW.head IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.number = NEW.head AND p.incident_id = NEW.id) THEN
    RAISE EXCEPTION 'the head of an incident must be one of its publications';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER incidents_insert BEFORE INSERT ON incidents FOR EACH ROW EXECUTE FUNCTION incidents_insert();

-- +goose StatementBegin
CREATE FUNCTION incidents_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.id IS DISTINCT FROM OLD.id OR NEW.kind IS DISTINCT FROM OLD.kind THEN
    RAISE EXCEPTION 'an incident keeps its identifier and kind';
  END IF;
  IF OLD.head IS NOT NULL AND (NEW.head IS NULL OR NEW.head < OLD.head) THEN
    RAISE EXCEPTION 'the head of an incident never goes back';
  END IF;
  IF NEW.head IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.number = NEW.head AND p.incident_id = NEW.id) THEN
    RAISE EXCEPTION 'the head of an incident must be one of its publications';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER incidents_update BEFORE UPDATE ON incidents FOR EACH ROW EXECUTE FUNCTION incidents_update();

-- +goose StatementBegin
CREATE FUNCTION fanouts_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND at = NEW.cutoff) THEN
    RAISE EXCEPTION 'a fan-out must be of a publication, as of its time';
  END IF;
  IF NEW.made <> 0 OR NEW.done_at <> 0 OR NEW.reached <> '' THEN
    RAISE EXCEPTION 'a fan-out begins with nobody reached';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER fanouts_insert BEFORE INSERT ON fanouts FOR EACH ROW EXECUTE FUNCTION fanouts_insert();

-- +goose StatementBegin
CREATE FUNCTION fanouts_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.publication <> OLD.publication OR NEW.cutoff <> OLD.cutoff OR NEW.kind <> OLD.kind OR NEW.components <> OLD.components OR NEW.circles <> OLD.circles OR NEW.ends <> OLD.ends OR NEW.plan <> OLD.plan THEN
    RAISE EXCEPTION 'a fan-out keeps its publication and its audience';
  END IF;
  IF OLD.done_at <> 0 OR NEW.made < OLD.made OR NEW.reached < OLD.reached COLLATE "C" OR NEW.done_at <> 0 AND NEW.done_at < OLD.cutoff THEN
    RAISE EXCEPTION 'a fan-out only goes on, until it is done';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER fanouts_update BEFORE UPDATE ON fanouts FOR EACH ROW EXECUTE FUNCTION fanouts_update();

-- +goose StatementBegin
CREATE FUNCTION deliveries_insert() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.state <> 'waiting' OR NEW.attempt <> 0 OR NEW.settled_at <> 0 THEN
    RAISE EXCEPTION 'a delivery begins as waiting, before any attempt';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER deliveries_insert BEFORE INSERT ON deliveries FOR EACH ROW EXECUTE FUNCTION deliveries_insert();

-- +goose StatementBegin
CREATE FUNCTION deliveries_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.publication <> OLD.publication OR NEW.subscriber <> OLD.subscriber OR NEW.way <> OLD.way OR NEW.created_at <> OLD.created_at THEN
    RAISE EXCEPTION 'a delivery keeps its publication, subscriber and way';
  END IF;
  IF OLD.state IN ('sent', 'dead') THEN
    RAISE EXCEPTION 'a delivery that is settled is never changed';
  END IF;
  IF NEW.state IN ('sent', 'dead') AND OLD.state <> 'sending' THEN
    RAISE EXCEPTION 'a delivery is settled by whoever claimed it';
  END IF;
  IF NEW.attempt <> OLD.attempt + (NEW.state = 'sending')::integer THEN
    RAISE EXCEPTION 'a delivery counts one attempt with each claim';
  END IF;
  RETURN NEW;
END $$;
-- +goose StatementEnd
CREATE TRIGGER deliveries_update BEFORE UPDATE ON deliveries FOR EACH ROW EXECUTE FUNCTION deliveries_update();

-- +goose StatementBegin
CREATE FUNCTION law_never() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is never %', TG_ARGV[0], CASE TG_OP WHEN 'UPDATE' THEN 'changed' ELSE 'deleted' END;
END $$;
-- +goose StatementEnd
CREATE TRIGGER publications_update BEFORE UPDATE ON publications FOR EACH ROW EXECUTE FUNCTION law_never('a publication');
CREATE TRIGGER publications_delete BEFORE DELETE ON publications FOR EACH ROW EXECUTE FUNCTION law_never('a publication');
CREATE TRIGGER publications_truncate BEFORE TRUNCATE ON publications FOR EACH STATEMENT EXECUTE FUNCTION law_never('a publication');
CREATE TRIGGER redactions_update BEFORE UPDATE ON redactions FOR EACH ROW EXECUTE FUNCTION law_never('a redaction');
CREATE TRIGGER redactions_delete BEFORE DELETE ON redactions FOR EACH ROW EXECUTE FUNCTION law_never('a redaction');
CREATE TRIGGER redactions_truncate BEFORE TRUNCATE ON redactions FOR EACH STATEMENT EXECUTE FUNCTION law_never('a redaction');
CREATE TRIGGER approvals_update BEFORE UPDATE ON approvals FOR EACH ROW EXECUTE FUNCTION law_never('an approval');
CREATE TRIGGER approvals_delete BEFORE DELETE ON approvals FOR EACH ROW EXECUTE FUNCTION law_never('an approval');
CREATE TRIGGER approvals_truncate BEFORE TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION law_never('an approval');
CREATE TRIGGER revisions_delete BEFORE DELETE ON revisions FOR EACH ROW EXECUTE FUNCTION law_never('a revision');
CREATE TRIGGER revisions_truncate BEFORE TRUNCATE ON revisions FOR EACH STATEMENT EXECUTE FUNCTION law_never('a revision');
CREATE TRIGGER requirements_update BEFORE UPDATE ON requirements FOR EACH ROW EXECUTE FUNCTION law_never('a requirement');
CREATE TRIGGER requirements_delete BEFORE DELETE ON requirements FOR EACH ROW EXECUTE FUNCTION law_never('a requirement');
CREATE TRIGGER requirements_truncate BEFORE TRUNCATE ON requirements FOR EACH STATEMENT EXECUTE FUNCTION law_never('a requirement');
CREATE TRIGGER contents_delete BEFORE DELETE ON contents FOR EACH ROW EXECUTE FUNCTION law_never('a content');
CREATE TRIGGER contents_truncate BEFORE TRUNCATE ON contents FOR EACH STATEMENT EXECUTE FUNCTION law_never('a content');
CREATE TRIGGER voids_update BEFORE UPDATE ON voids FOR EACH ROW EXECUTE FUNCTION law_never('a void');
CREATE TRIGGER voids_delete BEFORE DELETE ON voids FOR EACH ROW EXECUTE FUNCTION law_never('a void');
CREATE TRIGGER voids_truncate BEFORE TRUNCATE ON voids FOR EACH STATEMENT EXECUTE FUNCTION law_never('a void');
CREATE TRIGGER audit_delete BEFORE DELETE ON audit FOR EACH ROW EXECUTE FUNCTION law_never('an entry of the audit');
CREATE TRIGGER audit_truncate BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION law_never('an entry of the audit');
CREATE TRIGGER updates_delete BEFORE DELETE ON updates FOR EACH ROW EXECUTE FUNCTION law_never('an update');
CREATE TRIGGER updates_truncate BEFORE TRUNCATE ON updates FOR EACH STATEMENT EXECUTE FUNCTION law_never('an update');
CREATE TRIGGER incidents_delete BEFORE DELETE ON incidents FOR EACH ROW EXECUTE FUNCTION law_never('an incident');
CREATE TRIGGER incidents_truncate BEFORE TRUNCATE ON incidents FOR EACH STATEMENT EXECUTE FUNCTION law_never('an incident');
CREATE TRIGGER fanouts_delete BEFORE DELETE ON fanouts FOR EACH ROW EXECUTE FUNCTION law_never('a fan-out');
CREATE TRIGGER deliveries_delete BEFORE DELETE ON deliveries FOR EACH ROW EXECUTE FUNCTION law_never('a delivery');
CREATE TRIGGER deliveries_truncate BEFORE TRUNCATE ON deliveries FOR EACH STATEMENT EXECUTE FUNCTION law_never('a delivery');
CREATE TRIGGER fanouts_truncate BEFORE TRUNCATE ON fanouts FOR EACH STATEMENT EXECUTE FUNCTION law_never('a fan-out');

-- A session's temporary tables, and a search_path of its own, would otherwise
-- stand before the tables that the law looks into.
-- +goose StatementBegin
DO $$
DECLARE law regprocedure;
BEGIN
  FOR law IN
    SELECT DISTINCT tgfoid FROM pg_trigger
     WHERE NOT tgisinternal AND tgrelid = ANY (ARRAY['publications', 'redactions', 'approvals', 'revisions', 'requirements', 'contents', 'voids',
       'audit', 'updates', 'incidents', 'fanouts', 'deliveries']::regclass[])
  LOOP
    EXECUTE format('ALTER FUNCTION %s SET search_path = %I, pg_temp', law, current_schema());
  END LOOP;
END $$;
-- +goose StatementEnd
