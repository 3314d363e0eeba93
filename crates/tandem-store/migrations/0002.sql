-- Work that people do together. What happened to a case, a disclosure, a playbook run or a contest is a list of facts; the
-- state is what they come to. `work` holds what is listed and searched, and the version that a next fact must follow.
CREATE TABLE work (kind TEXT NOT NULL, id TEXT NOT NULL, version BIGINT NOT NULL, status TEXT NOT NULL, opened BIGINT NOT NULL, changed BIGINT NOT NULL, due BIGINT, case_id TEXT, summary TEXT NOT NULL, PRIMARY KEY (kind, id));
CREATE INDEX work_status ON work (kind, status, changed);
CREATE INDEX work_case ON work (case_id);
CREATE TABLE facts (kind TEXT NOT NULL, id TEXT NOT NULL, seq BIGINT NOT NULL, at BIGINT NOT NULL, who TEXT NOT NULL, body TEXT NOT NULL, PRIMARY KEY (kind, id, seq));
-- What a piece of work is about or who takes part: a subject, an alert, a member.
CREATE TABLE work_links (kind TEXT NOT NULL, id TEXT NOT NULL, link TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (kind, id, link, value));
CREATE INDEX work_links_value ON work_links (link, value);
CREATE TABLE contents (id TEXT PRIMARY KEY, case_id TEXT NOT NULL, bytes BIGINT NOT NULL, body {blob} NOT NULL);
CREATE TABLE numbers (name TEXT PRIMARY KEY, next BIGINT NOT NULL);
CREATE TABLE ledger (seq BIGINT PRIMARY KEY, at BIGINT NOT NULL, who TEXT NOT NULL, act TEXT NOT NULL, subject TEXT, case_id TEXT, body TEXT NOT NULL, leaf TEXT NOT NULL);
CREATE INDEX ledger_subject ON ledger (subject, seq);
CREATE INDEX ledger_who ON ledger (who, seq);
CREATE INDEX ledger_case ON ledger (case_id, seq);
CREATE TABLE ledger_chain (id BIGINT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE ledger_checkpoints (size BIGINT PRIMARY KEY, at BIGINT NOT NULL, body TEXT NOT NULL);
CREATE TABLE colleagues (account TEXT PRIMARY KEY, role TEXT NOT NULL, department TEXT, subject TEXT, disabled BIGINT NOT NULL, created BIGINT NOT NULL, body TEXT NOT NULL);
CREATE INDEX colleagues_subject ON colleagues (subject);
CREATE TABLE credentials (id TEXT PRIMARY KEY, account TEXT NOT NULL, kind TEXT NOT NULL, created BIGINT NOT NULL, last_used BIGINT, body TEXT NOT NULL);
CREATE INDEX credentials_account ON credentials (account, kind);
CREATE TABLE ceremonies (id TEXT PRIMARY KEY, expires BIGINT NOT NULL, body TEXT NOT NULL);
-- What must go out. `lane` keeps its order, `key` makes it one per connector; `room` and `message` are what it left on the far
-- side. `body` is the whole item as its sender understands it.
CREATE TABLE outbox (id {id}, connector TEXT NOT NULL, lane TEXT NOT NULL, key TEXT NOT NULL, amends TEXT, state TEXT NOT NULL, next_at BIGINT NOT NULL, lease_until BIGINT, room TEXT, message TEXT, created BIGINT NOT NULL, body TEXT NOT NULL, UNIQUE (connector, key));
CREATE INDEX outbox_due ON outbox (state, next_at);
CREATE INDEX outbox_lane ON outbox (connector, lane, id);
CREATE INDEX outbox_room ON outbox (connector, room)
