-- Times are UTC microseconds, 0 for none.

-- +goose Up
CREATE TABLE contents (
  digest TEXT PRIMARY KEY,
  bytes  BYTEA NOT NULL
);

CREATE TABLE incidents (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  name       TEXT NOT NULL,
  severity   TEXT NOT NULL,
  phase      TEXT NOT NULL,
  head       BIGINT,
  started_at BIGINT NOT NULL,
  opened_at  BIGINT NOT NULL,
  opened_by  TEXT NOT NULL,
  version    BIGINT NOT NULL
);

CREATE TABLE updates (
  id           TEXT PRIMARY KEY,
  incident_id  TEXT REFERENCES incidents (id),
  kind         TEXT NOT NULL,
  state        TEXT NOT NULL,
  digest       TEXT REFERENCES contents (digest) DEFERRABLE INITIALLY DEFERRED,
  submitted_at BIGINT NOT NULL,
  submitted_by TEXT NOT NULL,
  note         TEXT NOT NULL,
  publication  BIGINT,
  created_at   BIGINT NOT NULL,
  created_by   TEXT NOT NULL,
  version      BIGINT NOT NULL,
  CHECK (state IN ('draft', 'in_review', 'changes_requested', 'approved', 'parked', 'published', 'withdrawn')),
  CHECK (state NOT IN ('in_review', 'approved', 'published') OR digest IS NOT NULL),
  CHECK ((state = 'published') = (publication IS NOT NULL))
);
CREATE INDEX updates_incident ON updates (incident_id);
CREATE INDEX updates_state ON updates (state);

CREATE TABLE revisions (
  update_id TEXT NOT NULL REFERENCES updates (id),
  number    BIGINT NOT NULL,
  author    TEXT NOT NULL,
  at        BIGINT NOT NULL,
  draft     TEXT NOT NULL,
  PRIMARY KEY (update_id, number)
);

CREATE TABLE requirements (
  update_id TEXT NOT NULL REFERENCES updates (id),
  digest    TEXT NOT NULL REFERENCES contents (digest) DEFERRABLE INITIALLY DEFERRED,
  idx       BIGINT NOT NULL,
  kind      TEXT NOT NULL,
  roles     TEXT NOT NULL,
  PRIMARY KEY (update_id, digest, idx)
);

CREATE TABLE approvals (
  id          TEXT PRIMARY KEY,
  update_id   TEXT NOT NULL,
  digest      TEXT NOT NULL,
  requirement BIGINT NOT NULL,
  person      TEXT NOT NULL,
  means       TEXT NOT NULL,
  languages   TEXT NOT NULL,
  at          BIGINT NOT NULL,
  expires     BIGINT NOT NULL,
  seal        TEXT NOT NULL,
  FOREIGN KEY (update_id, digest, requirement) REFERENCES requirements (update_id, digest, idx)
);
CREATE INDEX approvals_message ON approvals (update_id, digest);
CREATE INDEX approvals_person ON approvals (person);

CREATE TABLE voids (
  approval_id TEXT PRIMARY KEY REFERENCES approvals (id),
  at          BIGINT NOT NULL,
  reason      TEXT NOT NULL
);

CREATE TABLE publications (
  number       BIGINT PRIMARY KEY,
  at           BIGINT NOT NULL,
  digest       TEXT NOT NULL UNIQUE REFERENCES contents (digest),
  kind         TEXT NOT NULL,
  update_id    TEXT NOT NULL UNIQUE,
  incident_id  TEXT REFERENCES incidents (id),
  phase        TEXT NOT NULL,
  warrant_kind TEXT NOT NULL,
  warrant      TEXT NOT NULL,
  frame        TEXT NOT NULL,
  previous     TEXT NOT NULL,
  seal         TEXT NOT NULL
);
ALTER TABLE incidents ADD FOREIGN KEY (head) REFERENCES publications (number);
ALTER TABLE updates ADD FOREIGN KEY (publication) REFERENCES publications (number);
CREATE INDEX publications_incident ON publications (incident_id, number);

-- Publications whose words were taken away, and the publication that did it.
CREATE TABLE redactions (
  publication BIGINT PRIMARY KEY REFERENCES publications (number),
  update_id   TEXT NOT NULL UNIQUE,
  redaction   BIGINT NOT NULL UNIQUE REFERENCES publications (number)
);

CREATE TABLE audit (
  number  BIGINT PRIMARY KEY,
  at      BIGINT NOT NULL,
  person  TEXT NOT NULL,
  action  TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail  TEXT NOT NULL
);

-- Whoever leaves is erased: the row stays without its address, because
-- deliveries point to it. Two addresses that differ in case are the same one.
CREATE TABLE subscribers (
  id           TEXT COLLATE "C" PRIMARY KEY,
  address      TEXT NOT NULL,
  lang         TEXT NOT NULL,
  kind         TEXT NOT NULL, -- of what they follow; '' is both
  confirmed_at BIGINT NOT NULL,
  changed_at   BIGINT NOT NULL, -- when they last chose anew
  ended_at     BIGINT NOT NULL,
  CHECK (kind IN ('', 'incident', 'maintenance')),
  CHECK ((ended_at = 0) = (address <> ''))
);
CREATE UNIQUE INDEX subscribers_address ON subscribers (LOWER(address)) WHERE ended_at = 0;

-- Of an incident somebody who follows it is told its end.
CREATE TABLE follows (
  subscriber_id TEXT NOT NULL REFERENCES subscribers (id),
  what          TEXT NOT NULL,
  name          TEXT NOT NULL,
  since         BIGINT NOT NULL,
  PRIMARY KEY (subscriber_id, what, name),
  CHECK (what IN ('everything', 'group', 'component', 'incident')),
  CHECK ((what = 'everything') = (name = ''))
);
CREATE INDEX follows_incident ON follows (name) WHERE what = 'incident';

CREATE TABLE fanouts (
  publication BIGINT PRIMARY KEY REFERENCES publications (number),
  cutoff      BIGINT NOT NULL,
  kind        TEXT NOT NULL,
  components  TEXT NOT NULL,
  circles     TEXT NOT NULL, -- the groups of the components, as of the plan
  ends        TEXT NOT NULL, -- the incident whose followers are told its end, or ''
  plan        TEXT NOT NULL,
  reached     TEXT NOT NULL, -- the last subscriber who was looked at
  made        BIGINT NOT NULL, -- deliveries so far
  done_at     BIGINT NOT NULL
);

CREATE TABLE deliveries (
  publication BIGINT NOT NULL REFERENCES fanouts (publication),
  subscriber  TEXT NOT NULL REFERENCES subscribers (id),
  way         TEXT NOT NULL,
  state       TEXT NOT NULL,
  attempt     BIGINT NOT NULL,
  due         BIGINT NOT NULL, -- the end of the lease while it is sending
  lease       BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  settled_at  BIGINT NOT NULL,
  error       TEXT NOT NULL,
  PRIMARY KEY (publication, subscriber, way),
  CHECK (state IN ('waiting', 'sending', 'sent', 'dead'))
);
CREATE INDEX deliveries_open ON deliveries (publication, due) WHERE state IN ('waiting', 'sending');

CREATE TABLE notices (
  id         TEXT PRIMARY KEY,
  kind       TEXT NOT NULL,
  update_id  TEXT NOT NULL REFERENCES updates (id),
  digest     TEXT NOT NULL,
  sent_by    TEXT NOT NULL,
  reason     TEXT NOT NULL,
  head       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE notice_people (
  notice_id TEXT NOT NULL REFERENCES notices (id),
  position  BIGINT NOT NULL,
  person    TEXT NOT NULL,
  sent_at   BIGINT NOT NULL,
  PRIMARY KEY (notice_id, person)
);
CREATE INDEX notice_people_open ON notice_people (notice_id) WHERE sent_at = 0;

CREATE TABLE accounts (
  person     TEXT PRIMARY KEY,
  password   TEXT NOT NULL,
  totp       TEXT NOT NULL,
  disabled   BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL
);

CREATE TABLE totp_steps (
  person TEXT NOT NULL,
  step   BIGINT NOT NULL,
  PRIMARY KEY (person, step)
);

CREATE TABLE sessions (
  hash    TEXT PRIMARY KEY,
  data    BYTEA NOT NULL,
  expires BIGINT NOT NULL
);

CREATE TABLE tokens (
  hash       TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  person     TEXT NOT NULL,
  scope      TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
