-- What one account did on a day that may be steps of sequences: mergeable parts, as in `activity`.
CREATE TABLE marks (account TEXT NOT NULL, day BIGINT NOT NULL, batch_id TEXT NOT NULL, body {blob} NOT NULL, PRIMARY KEY (day, account, batch_id));
-- Chains of acts as they stood at the end of a day on which they went on.
CREATE TABLE chains (id TEXT NOT NULL, subject TEXT NOT NULL, day BIGINT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (day, id));
CREATE INDEX chains_subject ON chains (subject, day)
