-- How often p-values were small on a day, by peer group and channel, JSON; it names nobody.
CREATE TABLE tallies (day BIGINT PRIMARY KEY, body TEXT NOT NULL);
-- The channels behind a subject's unusual day with what was usual then, JSON.
CREATE TABLE departures (subject TEXT NOT NULL, day BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (subject, day));
CREATE INDEX departures_day ON departures (day)
