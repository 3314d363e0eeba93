-- What was taken back of the events: when, by whom, for which of a few reasons, and how much.
CREATE TABLE withdrawals (id TEXT NOT NULL PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, reason TEXT NOT NULL, events BIGINT NOT NULL, first_day BIGINT NOT NULL, last_day BIGINT NOT NULL);
-- Ids of the events, so that they stay away when their file is read again. An id is a hash; nothing else is kept of an event.
CREATE TABLE withdrawn_events (event_id TEXT NOT NULL PRIMARY KEY, source TEXT NOT NULL, day BIGINT NOT NULL, withdrawal TEXT NOT NULL);
CREATE INDEX withdrawn_events_day ON withdrawn_events (source, day);
-- Findings that no longer stood without the events.
CREATE TABLE withdrawn_findings (withdrawal TEXT NOT NULL, kind TEXT NOT NULL, id TEXT NOT NULL, subject TEXT NOT NULL, day BIGINT NOT NULL, title TEXT NOT NULL, PRIMARY KEY (withdrawal, kind, id));
CREATE INDEX withdrawn_findings_subject ON withdrawn_findings (subject, day)
