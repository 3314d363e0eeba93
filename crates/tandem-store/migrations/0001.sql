-- Times are microseconds since 1970-01-01 UTC, days are days since then.
CREATE TABLE batches (batch_id TEXT PRIMARY KEY, committed BIGINT NOT NULL, records BIGINT NOT NULL, events BIGINT NOT NULL, rejects BIGINT NOT NULL, duplicates BIGINT NOT NULL);
CREATE TABLE segments (path TEXT PRIMARY KEY, day BIGINT NOT NULL, min_time BIGINT NOT NULL, max_time BIGINT NOT NULL, rows BIGINT NOT NULL, body TEXT NOT NULL);
CREATE INDEX segments_day ON segments (day);
CREATE TABLE checkpoints (stream_key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, stamp TEXT, content_mark TEXT, position BIGINT NOT NULL, state TEXT NOT NULL, done BIGINT NOT NULL);
CREATE INDEX checkpoints_mark ON checkpoints (content_mark);
CREATE TABLE rejects (id {id}, source TEXT NOT NULL, stream TEXT NOT NULL, position BIGINT NOT NULL, reason TEXT NOT NULL, hint TEXT NOT NULL, field TEXT, raw {blob} NOT NULL, bytes BIGINT NOT NULL, received BIGINT NOT NULL, status TEXT NOT NULL);
CREATE INDEX rejects_status ON rejects (status, source);
CREATE TABLE matches (rule TEXT NOT NULL, event_id TEXT NOT NULL, day BIGINT NOT NULL, time BIGINT NOT NULL, account TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (rule, event_id));
CREATE INDEX matches_day ON matches (day);
CREATE INDEX matches_event ON matches (event_id);
CREATE TABLE activity (account TEXT NOT NULL, day BIGINT NOT NULL, batch_id TEXT NOT NULL, body {blob} NOT NULL, PRIMARY KEY (day, account, batch_id));
CREATE TABLE source_days (source TEXT NOT NULL, day BIGINT NOT NULL, events BIGINT NOT NULL, rejects BIGINT NOT NULL, bytes BIGINT NOT NULL, first_time BIGINT, last_time BIGINT, received BIGINT NOT NULL, PRIMARY KEY (source, day));
-- seq keeps the order of arrival: of two rows about one person known on the same day the later one counts.
CREATE TABLE people (seq {id}, mark TEXT NOT NULL UNIQUE, known_on BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE snapshots (day BIGINT PRIMARY KEY, body {blob} NOT NULL);
CREATE TABLE indicators (id TEXT PRIMARY KEY, subject TEXT NOT NULL, day BIGINT NOT NULL, time BIGINT NOT NULL, family TEXT NOT NULL, detector TEXT NOT NULL, weight DOUBLE PRECISION NOT NULL, body TEXT NOT NULL);
CREATE INDEX indicators_subject ON indicators (subject, day);
CREATE INDEX indicators_day ON indicators (day);
-- superseded: worked on by people, but not raised again when its day was analysed anew.
CREATE TABLE alerts (id TEXT PRIMARY KEY, subject TEXT NOT NULL, day BIGINT NOT NULL, queue TEXT NOT NULL, place BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL, level TEXT NOT NULL, families TEXT NOT NULL, body TEXT NOT NULL, superseded BIGINT NOT NULL DEFAULT 0);
CREATE INDEX alerts_day ON alerts (day);
CREATE INDEX alerts_subject ON alerts (subject);
CREATE TABLE alert_states (id TEXT PRIMARY KEY, status TEXT NOT NULL, verdict TEXT);
CREATE TABLE alert_history (id {id}, alert TEXT NOT NULL, at BIGINT NOT NULL, who TEXT NOT NULL, action TEXT NOT NULL, note TEXT NOT NULL);
CREATE INDEX alert_history_alert ON alert_history (alert);
CREATE TABLE scores (subject TEXT NOT NULL, day BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL, level TEXT NOT NULL, PRIMARY KEY (subject, day));
CREATE INDEX scores_day ON scores (day);
CREATE TABLE subjects (subject TEXT PRIMARY KEY, person TEXT NOT NULL, day BIGINT NOT NULL, score DOUBLE PRECISION NOT NULL, level TEXT NOT NULL, department TEXT NOT NULL, role TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL);
CREATE INDEX subjects_score ON subjects (score, subject);
CREATE INDEX subjects_department ON subjects (department, subject);
CREATE TABLE ingest_tokens (hash TEXT PRIMARY KEY, name TEXT NOT NULL, created BIGINT NOT NULL, revoked BIGINT NOT NULL);
CREATE TABLE sign_in_tokens (hash TEXT PRIMARY KEY, account TEXT NOT NULL, role TEXT NOT NULL, expires BIGINT NOT NULL, used BIGINT NOT NULL);
CREATE TABLE sessions (hash TEXT PRIMARY KEY, account TEXT NOT NULL, role TEXT NOT NULL, created BIGINT NOT NULL, last_seen BIGINT NOT NULL, expires BIGINT NOT NULL, revoked BIGINT NOT NULL);
CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE looks (id {id}, at BIGINT NOT NULL, who TEXT NOT NULL, role TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL);
CREATE INDEX looks_subject ON looks (subject)
