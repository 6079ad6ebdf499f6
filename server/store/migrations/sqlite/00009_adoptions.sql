-- Which plan an incident goes by: the one in force when it was opened, and each
-- that somebody moved it to since. A row holds from the publication after head
-- on. Until now every publication was signed under the plan in force.

-- +goose Up
CREATE TABLE adoptions (
  incident_id TEXT NOT NULL REFERENCES incidents (id),
  plan        INTEGER NOT NULL REFERENCES publications (number),
  head        INTEGER NOT NULL REFERENCES publications (number), -- the latest publication then
  at          INTEGER NOT NULL,
  person      TEXT NOT NULL, -- '' for a plan that came into force before incidents kept theirs
  PRIMARY KEY (incident_id, plan)
) STRICT, WITHOUT ROWID;

INSERT INTO adoptions (incident_id, plan, head, at, person)
SELECT i.id, v.number, v.number, CASE WHEN v.at > i.opened_at THEN v.at ELSE i.opened_at END, ''
  FROM incidents i JOIN publications v ON v.kind = 'plan'
 WHERE v.number = (SELECT MAX(number) FROM publications WHERE kind = 'plan')
    OR EXISTS (SELECT 1 FROM publications p WHERE p.incident_id = i.id
                  AND v.number = (SELECT MAX(q.number) FROM publications q WHERE q.kind = 'plan' AND q.number < p.number));

-- +goose StatementBegin
CREATE TRIGGER adoptions_insert BEFORE INSERT ON adoptions
BEGIN
  SELECT RAISE(ABORT, 'an incident goes by a plan from the latest publication on')
   WHERE NEW.head IS NOT (SELECT MAX(number) FROM publications);
  SELECT RAISE(ABORT, 'an incident is put under the plan in force alone')
   WHERE NEW.plan IS NOT (SELECT MAX(number) FROM publications WHERE kind = 'plan');
  SELECT RAISE(ABORT, 'an incident goes by this plan already')
   WHERE EXISTS (SELECT 1 FROM adoptions WHERE incident_id = NEW.incident_id AND plan >= NEW.plan);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER adoptions_update BEFORE UPDATE ON adoptions BEGIN SELECT RAISE(ABORT, 'the plan of an incident is never changed'); END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER adoptions_delete BEFORE DELETE ON adoptions BEGIN SELECT RAISE(ABORT, 'the plan of an incident is never deleted'); END;
-- +goose StatementEnd

-- +goose StatementBegin
CREATE TRIGGER publications_plan BEFORE INSERT ON publications
WHEN EXISTS (SELECT 1 FROM contents WHERE digest = NEW.digest AND json_valid(CAST(bytes AS TEXT)))
BEGIN
  SELECT RAISE(ABORT, 'an update must be signed under the plan that its incident goes by')
   WHERE NEW.incident_id IS NOT NULL
     AND (SELECT json_extract(CAST(bytes AS TEXT), '$.plan') FROM contents WHERE digest = NEW.digest) IS NOT (
       SELECT v.digest FROM adoptions a JOIN publications v ON v.number = a.plan
        WHERE a.incident_id = NEW.incident_id ORDER BY a.plan DESC LIMIT 1);
  SELECT RAISE(ABORT, 'a plan must be signed under the plan in force')
   WHERE NEW.incident_id IS NULL AND NEW.warrant_kind <> 'genesis'
     AND (SELECT json_extract(CAST(bytes AS TEXT), '$.plan') FROM contents WHERE digest = NEW.digest) IS NOT (
       SELECT digest FROM publications WHERE kind = 'plan' ORDER BY number DESC LIMIT 1);
END;
-- +goose StatementEnd
