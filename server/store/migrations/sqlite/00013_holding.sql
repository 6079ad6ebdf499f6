-- First words that a quorum approved in advance: how an approval ends before
-- its time, who said that an incident is one, and the law of what goes out so.

-- +goose Up
CREATE TABLE endings (
  publication INTEGER PRIMARY KEY REFERENCES publications (number),
  at          INTEGER NOT NULL,
  person      TEXT NOT NULL, -- '' for the service: the plan changed
  reason      TEXT NOT NULL
) STRICT;

-- When a person said that what stands here is an incident; 0 while a program
-- alone has.
ALTER TABLE incidents ADD COLUMN declared_at INTEGER NOT NULL DEFAULT 0;

-- +goose StatementBegin
CREATE TRIGGER endings_insert BEFORE INSERT ON endings
BEGIN
  SELECT RAISE(ABORT, 'this approval ended already')
   WHERE EXISTS (SELECT 1 FROM endings WHERE publication = NEW.publication);
  SELECT RAISE(ABORT, 'only the approval of a holding statement is taken back')
   WHERE NOT EXISTS (SELECT 1 FROM publications WHERE number = NEW.publication AND kind = 'statement');
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER endings_update BEFORE UPDATE ON endings BEGIN SELECT RAISE(ABORT, 'an ending is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER endings_delete BEFORE DELETE ON endings BEGIN SELECT RAISE(ABORT, 'an ending is never deleted'); END;
-- +goose StatementEnd

DROP TRIGGER publications_insert;
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
  SELECT RAISE(ABORT, 'a publication must have a warrant of the kind quorum, holding or genesis')
   WHERE NEW.warrant_kind NOT IN ('quorum', 'holding', 'genesis');
  SELECT RAISE(ABORT, 'genesis is for the first plan of an empty installation alone')
   WHERE NEW.warrant_kind = 'genesis'
     AND (NEW.kind <> 'plan' OR NEW.incident_id IS NOT NULL OR EXISTS (SELECT 1 FROM publications));
  SELECT RAISE(ABORT, 'only an update that is approved or in review with these exact words can be published')
   WHERE NEW.warrant_kind IN ('quorum', 'holding')
     AND NOT EXISTS (SELECT 1 FROM updates u
                      WHERE u.id = NEW.update_id AND u.state IN ('in_review', 'approved') AND u.digest = NEW.digest
                        AND u.kind = NEW.kind AND u.incident_id IS NEW.incident_id);
  SELECT RAISE(ABORT, 'these words were signed to go out later')
   WHERE NEW.at < (SELECT 1000000 * unixepoch(json_extract(CAST(bytes AS TEXT), '$.publish_at')) FROM contents WHERE digest = NEW.digest);
  SELECT RAISE(ABORT, 'these words were signed to follow others than the latest of their incident')
   WHERE EXISTS (SELECT 1 FROM contents c WHERE c.digest = NEW.digest AND json_extract(CAST(c.bytes AS TEXT), '$.after') IS NOT NULL
                    AND json_extract(CAST(c.bytes AS TEXT), '$.after') IS NOT (
                      SELECT digest FROM publications WHERE incident_id = NEW.incident_id ORDER BY number DESC LIMIT 1));
  SELECT RAISE(ABORT, 'what is made from a holding statement has a holding warrant, and nothing else has')
   WHERE (NEW.warrant_kind = 'holding')
      IS NOT (SELECT json_extract(CAST(bytes AS TEXT), '$.holding') IS NOT NULL FROM contents WHERE digest = NEW.digest);
  SELECT RAISE(ABORT, 'a holding statement is for the first publication of an incident alone')
   WHERE NEW.warrant_kind = 'holding'
     AND (NEW.kind <> 'update' OR NEW.incident_id IS NULL OR EXISTS (SELECT 1 FROM publications WHERE incident_id = NEW.incident_id));
  SELECT RAISE(ABORT, 'nobody writes what is made from a holding statement')
   WHERE NEW.warrant_kind = 'holding' AND EXISTS (SELECT 1 FROM revisions WHERE update_id = NEW.update_id);
  SELECT RAISE(ABORT, 'this rests on no holding statement that was approved, is the latest of its name and was not withdrawn')
   WHERE NEW.warrant_kind = 'holding'
     AND NOT EXISTS (
       SELECT 1 FROM contents c JOIN publications s ON s.number = json_extract(CAST(c.bytes AS TEXT), '$.holding.publication')
           JOIN contents a ON a.digest = s.digest
        WHERE c.digest = NEW.digest AND s.kind = 'statement' AND s.warrant_kind = 'quorum' AND s.at <= NEW.at
          AND s.digest = json_extract(CAST(c.bytes AS TEXT), '$.holding.digest')
          AND json_extract(CAST(a.bytes AS TEXT), '$.statement.id') = json_extract(CAST(c.bytes AS TEXT), '$.holding.id')
          AND NOT EXISTS (SELECT 1 FROM endings e WHERE e.publication = s.number)
          AND NOT EXISTS (SELECT 1 FROM publications n JOIN contents o ON o.digest = n.digest
                           WHERE n.kind = 'statement' AND n.number > s.number
                             AND json_extract(CAST(o.bytes AS TEXT), '$.statement.id') = json_extract(CAST(a.bytes AS TEXT), '$.statement.id')));
  SELECT RAISE(ABORT, 'the approval of this holding statement has expired')
   WHERE NEW.warrant_kind = 'holding'
     AND NEW.at >= (SELECT 1000000 * unixepoch(json_extract(CAST(a.bytes AS TEXT), '$.statement.expires'))
                      FROM contents c JOIN contents a ON a.digest = json_extract(CAST(c.bytes AS TEXT), '$.holding.digest') WHERE c.digest = NEW.digest);
  SELECT RAISE(ABORT, 'the holding statement does not permit this severity, phase, component or state')
   WHERE NEW.warrant_kind = 'holding'
     AND NOT EXISTS (
       SELECT 1 FROM contents c JOIN contents a ON a.digest = json_extract(CAST(c.bytes AS TEXT), '$.holding.digest')
        WHERE c.digest = NEW.digest
          AND json_extract(CAST(a.bytes AS TEXT), '$.statement.phase') = json_extract(CAST(c.bytes AS TEXT), '$.incident.phase')
          AND json_extract(CAST(c.bytes AS TEXT), '$.incident.severity') IN (SELECT value FROM json_each(CAST(a.bytes AS TEXT), '$.statement.severities'))
          AND json_array_length(CAST(c.bytes AS TEXT), '$.incident.claims') > 0
          AND NOT EXISTS (
            SELECT 1 FROM json_each(CAST(c.bytes AS TEXT), '$.incident.claims') m
             WHERE NOT EXISTS (
               SELECT 1 FROM json_each(CAST(a.bytes AS TEXT), '$.statement.components') p
                WHERE json_extract(p.value, '$.component') = json_extract(m.value, '$.component')
                  AND json_extract(m.value, '$.state') IN (SELECT value FROM json_each(p.value, '$.states')))));
  SELECT RAISE(ABORT, 'a holding statement goes out by somebody whom it names, or by itself when the first update is due')
   WHERE NEW.warrant_kind = 'holding'
     AND NOT EXISTS (
       SELECT 1 FROM approvals a JOIN requirements r ON r.update_id = a.update_id AND r.digest = a.digest AND r.idx = a.requirement
        WHERE a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.at <= NEW.at AND NEW.at < a.expires
          AND NOT EXISTS (SELECT 1 FROM voids v WHERE v.approval_id = a.id))
     AND NOT EXISTS (
       SELECT 1 FROM contents c JOIN contents a ON a.digest = json_extract(CAST(c.bytes AS TEXT), '$.holding.digest')
           JOIN incidents i ON i.id = NEW.incident_id JOIN json_each(CAST(a.bytes AS TEXT), '$.statement.itself') s
        WHERE c.digest = NEW.digest AND i.declared_at > 0
          AND NOT EXISTS (SELECT 1 FROM requirements WHERE update_id = NEW.update_id)
          AND json_extract(s.value, '$.severity') = json_extract(CAST(c.bytes AS TEXT), '$.incident.severity')
          AND NEW.at >= i.declared_at + 1000000 * json_extract(s.value, '$.after'));
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
