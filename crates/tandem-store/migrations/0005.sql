-- A saved search in SQL that is asked again and again: how often, when next, from when on committed data was not asked yet, what its rows
-- become, and what came of it last.
CREATE TABLE scheduled_queries (search TEXT PRIMARY KEY, every_minutes BIGINT NOT NULL, due BIGINT NOT NULL, since BIGINT NOT NULL, body TEXT NOT NULL, last_run TEXT);
CREATE INDEX scheduled_queries_due ON scheduled_queries (due)
