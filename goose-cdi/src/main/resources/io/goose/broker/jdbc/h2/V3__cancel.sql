-- Leases whose jobs were cancelled while a worker had them. By the session, which looks for its own with each beat; a token
-- is given once, so what is left here for a while does no harm.
CREATE TABLE IF NOT EXISTS ${prefix}cancel (
    session VARCHAR(36) NOT NULL,
    token   BIGINT NOT NULL,
    queue   INTEGER NOT NULL,
    id      VARCHAR(64) NOT NULL,
    PRIMARY KEY (session, token)
);
