-- The law of signing, as triggers: ordinary SQL is refused with a sentence.
-- Every BEFORE INSERT names the keys itself, because INSERT OR REPLACE deletes
-- the older row without asking a DELETE trigger.
--
-- The functions countersign_… are those of the program: they verify Ed25519
-- seals with the installation's public keys. Any other program that inserts
-- what they guard is told that there is no such function.

-- +goose Up
-- +goose StatementBegin
CREATE TRIGGER publications_insert BEFORE INSERT ON publications
BEGIN
  SELECT RAISE(ABORT, 'a publication must have the next number of the chain')
   WHERE NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM publications);
  SELECT RAISE(ABORT, 'a publication must name the seal of the publication before it')
   WHERE NEW.previous IS NOT COALESCE((SELECT seal FROM publications ORDER BY number DESC LIMIT 1), '');
  SELECT RAISE(ABORT, 'a publication must be of stored words')
   WHERE NOT EXISTS (SELECT 1 FROM contents WHERE digest = NEW.digest);
  SELECT RAISE(ABORT, 'this update has been published already')
   WHERE EXISTS (SELECT 1 FROM publications WHERE update_id = NEW.update_id OR digest = NEW.digest);
  SELECT RAISE(ABORT, 'a publication must have a warrant of the kind quorum or genesis')
   WHERE NEW.warrant_kind NOT IN ('quorum', 'genesis');
  SELECT RAISE(ABORT, 'genesis is for the first plan of an empty installation alone')
   WHERE NEW.warrant_kind = 'genesis'
     AND (NEW.kind <> 'plan' OR NEW.incident_id IS NOT NULL OR EXISTS (SELECT 1 FROM publications));
  SELECT RAISE(ABORT, 'only an update that is approved or in review with these exact words can be published')
   WHERE NEW.warrant_kind = 'quorum'
     AND NOT EXISTS (SELECT 1 FROM updates u
                      WHERE u.id = NEW.update_id AND u.state IN ('in_review', 'approved') AND u.digest = NEW.digest
                        AND u.kind = NEW.kind AND u.incident_id IS NEW.incident_id);
  SELECT RAISE(ABORT, 'these words were signed to go out later')
   WHERE NEW.at < (SELECT 1000000 * unixepoch(json_extract(CAST(bytes AS TEXT), '$.publish_at')) FROM contents WHERE digest = NEW.digest);
  SELECT RAISE(ABORT, 'these words were signed to follow others than the latest of their incident')
   WHERE EXISTS (SELECT 1 FROM contents c WHERE c.digest = NEW.digest AND json_extract(CAST(c.bytes AS TEXT), '$.after') IS NOT NULL
                    AND json_extract(CAST(c.bytes AS TEXT), '$.after') IS NOT (
                      SELECT digest FROM publications WHERE incident_id = NEW.incident_id ORDER BY number DESC LIMIT 1));
  SELECT RAISE(ABORT, 'a publication must have the signatures of its requirements, and it has none')
   WHERE NEW.warrant_kind = 'quorum'
     AND NOT EXISTS (SELECT 1 FROM requirements WHERE update_id = NEW.update_id AND digest = NEW.digest);
  SELECT RAISE(ABORT, 'a requirement of this publication has no live signature by somebody who did not write it')
   WHERE NEW.warrant_kind = 'quorum'
     AND EXISTS (
       SELECT 1 FROM requirements r
        WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest
          AND NOT EXISTS (
            SELECT 1 FROM approvals a
             WHERE a.update_id = r.update_id AND a.digest = r.digest AND a.requirement = r.idx
               AND a.at <= NEW.at AND NEW.at < a.expires
               AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id)
               AND NOT EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = a.update_id AND w.author = a.person)));
  SELECT RAISE(ABORT, 'one person cannot fill two requirements of a publication')
   WHERE NEW.warrant_kind = 'quorum'
     AND EXISTS (
       SELECT 1 FROM approvals a JOIN approvals b
           ON b.update_id = a.update_id AND b.digest = a.digest AND b.person = a.person AND b.requirement > a.requirement
        WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest
          AND a.at <= NEW.at AND NEW.at < a.expires AND b.at <= NEW.at AND NEW.at < b.expires
          AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id IN (a.id, b.id)));
  SELECT RAISE(ABORT, 'the seal of this publication does not fit it')
   WHERE NOT countersign_publication(NEW.number, NEW.at, NEW.digest, NEW.kind, NEW.update_id, COALESCE(NEW.incident_id, ''), NEW.phase,
           NEW.warrant_kind, NEW.warrant, NEW.frame, NEW.previous, NEW.seal, (SELECT bytes FROM contents WHERE digest = NEW.digest));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER redactions_insert BEFORE INSERT ON redactions
BEGIN
  SELECT RAISE(ABORT, 'a redaction is never replaced')
   WHERE EXISTS (SELECT 1 FROM redactions d WHERE d.publication = NEW.publication OR d.update_id = NEW.update_id OR d.redaction = NEW.redaction);
  SELECT RAISE(ABORT, 'only a publication of the kind redaction takes the words of a publication away, and only of the one that it names')
   WHERE NOT EXISTS (
     SELECT 1 FROM publications r JOIN contents c ON c.digest = r.digest JOIN publications p ON p.number = NEW.publication
      WHERE r.number = NEW.redaction AND r.kind = 'redaction' AND p.number < r.number
        AND p.kind IN ('update', 'correction') AND p.update_id = NEW.update_id AND p.incident_id = r.incident_id
        AND json_extract(CAST(c.bytes AS TEXT), '$.redaction.publication') = p.number
        AND json_extract(CAST(c.bytes AS TEXT), '$.redaction.digest') = p.digest);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER approvals_insert BEFORE INSERT ON approvals
BEGIN
  SELECT RAISE(ABORT, 'an approval is never replaced')
   WHERE EXISTS (SELECT 1 FROM approvals WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'an approval must end after it begins')
   WHERE NEW.expires <= NEW.at;
  SELECT RAISE(ABORT, 'this message has no such requirement to sign')
   WHERE NOT EXISTS (SELECT 1 FROM requirements r
                      WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest AND r.idx = NEW.requirement);
  SELECT RAISE(ABORT, 'an update that is published or withdrawn takes no signature')
   WHERE EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn'));
  SELECT RAISE(ABORT, 'nobody signs a text that they wrote')
   WHERE EXISTS (SELECT 1 FROM revisions WHERE update_id = NEW.update_id AND author = NEW.person);
  SELECT RAISE(ABORT, 'one person fills one requirement of a message')
   WHERE EXISTS (
     SELECT 1 FROM approvals a
      WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.person = NEW.person
        AND a.requirement <> NEW.requirement AND a.at < NEW.expires AND NEW.at < a.expires
        AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id));
  SELECT RAISE(ABORT, 'the seal of this approval does not fit it')
   WHERE NOT countersign_approval(NEW.id, NEW.update_id, NEW.digest, NEW.requirement, NEW.person, NEW.means, NEW.languages, NEW.at, NEW.expires, NEW.seal);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER revisions_insert BEFORE INSERT ON revisions
BEGIN
  SELECT RAISE(ABORT, 'a revision must have the next number of its update')
   WHERE NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM revisions WHERE update_id = NEW.update_id);
  SELECT RAISE(ABORT, 'an update that is published or withdrawn takes no revision')
   WHERE EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn'));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER requirements_insert BEFORE INSERT ON requirements
BEGIN
  SELECT RAISE(ABORT, 'a requirement is never replaced')
   WHERE EXISTS (SELECT 1 FROM requirements r
                  WHERE r.update_id = NEW.update_id AND r.digest = NEW.digest AND r.idx = NEW.idx);
  SELECT RAISE(ABORT, 'an update that is published or withdrawn takes no requirement')
   WHERE EXISTS (SELECT 1 FROM updates WHERE id = NEW.update_id AND state IN ('published', 'withdrawn'));
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER contents_insert BEFORE INSERT ON contents
BEGIN
  SELECT RAISE(ABORT, 'stored words are never replaced')
   WHERE EXISTS (SELECT 1 FROM contents WHERE digest = NEW.digest);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER voids_insert BEFORE INSERT ON voids
BEGIN
  SELECT RAISE(ABORT, 'this approval was taken back already')
   WHERE EXISTS (SELECT 1 FROM voids WHERE approval_id = NEW.approval_id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER audit_insert BEFORE INSERT ON audit
BEGIN
  SELECT RAISE(ABORT, 'an entry of the audit must have the next number')
   WHERE NEW.number IS NOT (SELECT COALESCE(MAX(number), 0) + 1 FROM audit);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER updates_insert BEFORE INSERT ON updates
BEGIN
  SELECT RAISE(ABORT, 'an update is never replaced')
   WHERE EXISTS (SELECT 1 FROM updates WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a published update must name its publication')
   WHERE NEW.state = 'published'
     AND NOT EXISTS (SELECT 1 FROM publications p
                      WHERE p.number = NEW.publication AND p.update_id = NEW.id AND p.digest = NEW.digest);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER updates_update BEFORE UPDATE ON updates
BEGIN
  SELECT RAISE(ABORT, 'an update keeps its identifier, kind and incident')
   WHERE NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind OR NEW.incident_id IS NOT OLD.incident_id;
  SELECT RAISE(ABORT, 'a published update keeps its state, its words and its publication')
   WHERE OLD.state = 'published'
     AND (NEW.state IS NOT OLD.state OR NEW.digest IS NOT OLD.digest OR NEW.publication IS NOT OLD.publication);
  SELECT RAISE(ABORT, 'a withdrawn update stays withdrawn')
   WHERE OLD.state = 'withdrawn' AND NEW.state <> 'withdrawn';
  SELECT RAISE(ABORT, 'a published update must name its publication')
   WHERE NEW.state = 'published'
     AND NOT EXISTS (SELECT 1 FROM publications p
                      WHERE p.number = NEW.publication AND p.update_id = NEW.id AND p.digest = NEW.digest);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER incidents_insert BEFORE INSERT ON incidents
BEGIN
  SELECT RAISE(ABORT, 'an incident is never replaced')
   WHERE EXISTS (SELECT 1 FROM incidents WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'the head of an incident must be one of its publications')
   WHERE NEW.head IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.number = NEW.head AND p.incident_id = NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER incidents_update BEFORE UPDATE ON incidents
BEGIN
  SELECT RAISE(ABORT, 'an incident keeps its identifier and kind')
   WHERE NEW.id IS NOT OLD.id OR NEW.kind IS NOT OLD.kind;
  SELECT RAISE(ABORT, 'the head of an incident never goes back')
   WHERE OLD.head IS NOT NULL AND (NEW.head IS NULL OR NEW.head < OLD.head);
  SELECT RAISE(ABORT, 'the head of an incident must be one of its publications')
   WHERE NEW.head IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM publications p WHERE p.number = NEW.head AND p.incident_id = NEW.id);
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER fanouts_insert BEFORE INSERT ON fanouts
BEGIN
  SELECT RAISE(ABORT, 'a fan-out is never replaced')
   WHERE EXISTS (SELECT 1 FROM fanouts WHERE publication = NEW.publication);
  SELECT RAISE(ABORT, 'a fan-out must be of a publication, as of its time')
   WHERE NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND at = NEW.cutoff);
  SELECT RAISE(ABORT, 'a fan-out begins with nobody reached')
   WHERE NEW.made <> 0 OR NEW.done_at <> 0 OR NEW.reached <> '';
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER fanouts_update BEFORE UPDATE ON fanouts
BEGIN
  SELECT RAISE(ABORT, 'a fan-out keeps its publication and its audience')
   WHERE NEW.publication <> OLD.publication OR NEW.cutoff <> OLD.cutoff OR NEW.kind <> OLD.kind OR NEW.components <> OLD.components OR NEW.circles <> OLD.circles OR NEW.ends <> OLD.ends OR NEW.plan <> OLD.plan;
  SELECT RAISE(ABORT, 'a fan-out only goes on, until it is done')
   WHERE OLD.done_at <> 0 OR NEW.made < OLD.made OR NEW.reached < OLD.reached OR NEW.done_at <> 0 AND NEW.done_at < OLD.cutoff;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER deliveries_insert BEFORE INSERT ON deliveries
BEGIN
  SELECT RAISE(IGNORE) WHERE EXISTS (SELECT 1 FROM deliveries
    WHERE publication = NEW.publication AND subscriber = NEW.subscriber AND way = NEW.way);
  SELECT RAISE(ABORT, 'a delivery begins as waiting, before any attempt')
   WHERE NEW.state <> 'waiting' OR NEW.attempt <> 0 OR NEW.settled_at <> 0;
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER deliveries_update BEFORE UPDATE ON deliveries
BEGIN
  SELECT RAISE(ABORT, 'a delivery keeps its publication, subscriber and way')
   WHERE NEW.publication <> OLD.publication OR NEW.subscriber <> OLD.subscriber OR NEW.way <> OLD.way OR NEW.created_at <> OLD.created_at;
  SELECT RAISE(ABORT, 'a delivery that is settled is never changed')
   WHERE OLD.state IN ('sent', 'dead');
  SELECT RAISE(ABORT, 'a delivery is settled by whoever claimed it')
   WHERE NEW.state IN ('sent', 'dead') AND OLD.state <> 'sending';
  SELECT RAISE(ABORT, 'a delivery counts one attempt with each claim')
   WHERE NEW.attempt <> OLD.attempt + (NEW.state = 'sending');
END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER publications_update BEFORE UPDATE ON publications BEGIN SELECT RAISE(ABORT, 'a publication is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER publications_delete BEFORE DELETE ON publications BEGIN SELECT RAISE(ABORT, 'a publication is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER redactions_update BEFORE UPDATE ON redactions BEGIN SELECT RAISE(ABORT, 'a redaction is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER redactions_delete BEFORE DELETE ON redactions BEGIN SELECT RAISE(ABORT, 'a redaction is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_update BEFORE UPDATE ON approvals BEGIN SELECT RAISE(ABORT, 'an approval is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER approvals_delete BEFORE DELETE ON approvals BEGIN SELECT RAISE(ABORT, 'an approval is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_update BEFORE UPDATE ON revisions
BEGIN
  SELECT RAISE(ABORT, 'a revision is never changed; a redaction empties it')
   WHERE NEW.draft <> '' OR NEW.update_id IS NOT OLD.update_id OR NEW.number IS NOT OLD.number OR NEW.author IS NOT OLD.author OR NEW.at IS NOT OLD.at
      OR NOT EXISTS (
        SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
         WHERE u.id = OLD.update_id AND (d.update_id = u.id OR u.state = 'withdrawn'
           OR EXISTS (SELECT 1 FROM revisions w WHERE w.update_id = u.id AND w.number > OLD.number)));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER revisions_delete BEFORE DELETE ON revisions BEGIN SELECT RAISE(ABORT, 'a revision is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER requirements_update BEFORE UPDATE ON requirements BEGIN SELECT RAISE(ABORT, 'a requirement is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER requirements_delete BEFORE DELETE ON requirements BEGIN SELECT RAISE(ABORT, 'a requirement is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contents_update BEFORE UPDATE ON contents
BEGIN
  SELECT RAISE(ABORT, 'a content is never changed; a redaction empties it')
   WHERE length(NEW.bytes) > 0 OR NEW.digest IS NOT OLD.digest
      OR NOT EXISTS (
        SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
         WHERE u.id = CASE WHEN json_valid(CAST(OLD.bytes AS TEXT)) THEN json_extract(CAST(OLD.bytes AS TEXT), '$.update') END
           AND (d.update_id = u.id OR (u.state = 'withdrawn' OR u.digest IS NOT OLD.digest) AND NOT EXISTS (SELECT 1 FROM publications WHERE digest = OLD.digest)));
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER contents_delete BEFORE DELETE ON contents BEGIN SELECT RAISE(ABORT, 'a content is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER voids_update BEFORE UPDATE ON voids BEGIN SELECT RAISE(ABORT, 'a void is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER voids_delete BEFORE DELETE ON voids BEGIN SELECT RAISE(ABORT, 'a void is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_update BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'an entry of the audit is never changed; a redaction empties what people wrote of the words')
   WHERE NEW.detail <> '{}' OR NEW.number IS NOT OLD.number OR NEW.at IS NOT OLD.at OR NEW.person IS NOT OLD.person
      OR NEW.action IS NOT OLD.action OR NEW.subject IS NOT OLD.subject
      OR OLD.action NOT IN ('update.changes_requested', 'update.parked', 'update.withdrawn')
      OR NOT EXISTS (SELECT 1 FROM redactions WHERE update_id = OLD.subject);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER audit_delete BEFORE DELETE ON audit BEGIN SELECT RAISE(ABORT, 'an entry of the audit is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER updates_delete BEFORE DELETE ON updates BEGIN SELECT RAISE(ABORT, 'an update is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER incidents_delete BEFORE DELETE ON incidents BEGIN SELECT RAISE(ABORT, 'an incident is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER fanouts_delete BEFORE DELETE ON fanouts BEGIN SELECT RAISE(ABORT, 'a fan-out is never deleted'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER deliveries_delete BEFORE DELETE ON deliveries BEGIN SELECT RAISE(ABORT, 'a delivery is never deleted'); END;
-- +goose StatementEnd
