-- What stands is found by the phases of all publications of each incident, at
-- every look for what is due: without the phase here, the newest publication of
-- each of ten years' incidents is read for it.

-- +goose Up
DROP INDEX publications_incident;
CREATE INDEX publications_incident ON publications (incident_id, number, phase);
