-- What people let stand of what the language rules found: a warning, with the
-- reason of whoever submitted; or words that a rule keeps back, with the reason
-- of a second person, whose signature (approvals.waivers) waives them. The
-- signature holds no words, so that a redaction can empty those here.

-- +goose Up
DROP TRIGGER approvals_insert;
ALTER TABLE approvals ADD COLUMN waivers TEXT NOT NULL DEFAULT '[]';
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
   WHERE NOT countersign_approval(NEW.id, NEW.update_id, NEW.digest, NEW.requirement, NEW.person, NEW.means, NEW.languages, NEW.at, NEW.expires, NEW.seal, NEW.waivers);
END;
-- +goose StatementEnd

CREATE TABLE waivers (
  id          TEXT PRIMARY KEY,
  update_id   TEXT NOT NULL REFERENCES updates (id),
  digest      TEXT NOT NULL REFERENCES contents (digest),
  rule        TEXT NOT NULL,
  level       TEXT NOT NULL,
  lang        TEXT NOT NULL,
  field       TEXT NOT NULL,
  from_byte   INTEGER NOT NULL,
  to_byte     INTEGER NOT NULL,
  span        TEXT NOT NULL,
  person      TEXT NOT NULL,
  approval_id TEXT REFERENCES approvals (id), -- the signature that it is part of
  reason      TEXT NOT NULL,
  at          INTEGER NOT NULL,
  CHECK (level IN ('block', 'warn'))
) STRICT, WITHOUT ROWID;
CREATE INDEX waivers_update ON waivers (update_id);

-- +goose StatementBegin
CREATE TRIGGER waivers_insert BEFORE INSERT ON waivers
BEGIN
  SELECT RAISE(ABORT, 'a waiver is never replaced')
   WHERE EXISTS (SELECT 1 FROM waivers WHERE id = NEW.id);
  SELECT RAISE(ABORT, 'a finding is let stand in the words that are in review alone')
   WHERE NOT EXISTS (SELECT 1 FROM updates u WHERE u.id = NEW.update_id AND u.state = 'in_review' AND u.digest = NEW.digest);
  SELECT RAISE(ABORT, 'what a rule keeps back is let stand for a reason')
   WHERE NEW.level = 'block' AND NEW.reason = '';
  SELECT RAISE(ABORT, 'a waiver is part of a signature of the same person under the same words')
   WHERE NEW.approval_id IS NOT NULL
     AND NOT EXISTS (SELECT 1 FROM approvals a
                      WHERE a.id = NEW.approval_id AND a.update_id = NEW.update_id AND a.digest = NEW.digest AND a.person = NEW.person);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER waivers_update BEFORE UPDATE ON waivers
BEGIN
  SELECT RAISE(ABORT, 'a waiver is never changed; a redaction empties its words')
   WHERE NEW.span <> '' OR NEW.reason <> '' OR NEW.id IS NOT OLD.id OR NEW.update_id IS NOT OLD.update_id OR NEW.digest IS NOT OLD.digest
      OR NEW.rule IS NOT OLD.rule OR NEW.level IS NOT OLD.level OR NEW.lang IS NOT OLD.lang OR NEW.field IS NOT OLD.field
      OR NEW.from_byte IS NOT OLD.from_byte OR NEW.to_byte IS NOT OLD.to_byte OR NEW.person IS NOT OLD.person
      OR NEW.approval_id IS NOT OLD.approval_id OR NEW.at IS NOT OLD.at
      OR NOT EXISTS (
        SELECT 1 FROM redactions d JOIN publications p ON p.number = d.publication JOIN updates u ON u.incident_id = p.incident_id
         WHERE u.id = OLD.update_id);
END;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE TRIGGER waivers_delete BEFORE DELETE ON waivers BEGIN SELECT RAISE(ABORT, 'a waiver is never deleted'); END;
-- +goose StatementEnd
