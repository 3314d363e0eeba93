-- Searches that colleagues keep: the question, how far back it looks, and whether colleagues of the same role see it. `rule` is the id of
-- the rule that was made of it, `body` what the rule was made with.
CREATE TABLE saved_searches (id TEXT PRIMARY KEY, owner TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, shared BIGINT NOT NULL, created BIGINT NOT NULL, changed BIGINT NOT NULL, rule TEXT, body TEXT NOT NULL);
CREATE INDEX saved_searches_owner ON saved_searches (owner, name);
CREATE INDEX saved_searches_role ON saved_searches (role, shared, name);
-- An event says an account, the account a person: whose pseudonym is asked for by the person.
CREATE INDEX subjects_person ON subjects (person)
