-- When the owner of a session last proved who they are, and how the session began. Sessions of before proved nothing lately.
ALTER TABLE sessions ADD COLUMN proved BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN way TEXT NOT NULL DEFAULT 'link';
CREATE INDEX sessions_account ON sessions (account)
