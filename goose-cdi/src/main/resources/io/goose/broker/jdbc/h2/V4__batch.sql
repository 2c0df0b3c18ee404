-- Batches on H2. What a step makes of a member is written to batch_mark in its transaction; whoever applies it locks the batch's row,
-- changes the member and the counts, and deletes the mark. Times are epoch milliseconds of the database's clock.
CREATE TABLE IF NOT EXISTS ${prefix}batch (
    id        VARCHAR(36) NOT NULL PRIMARY KEY,
    namespace VARCHAR(140) NOT NULL,
    queue     VARCHAR(199) NOT NULL,
    queues    VARCHAR(1048576) NOT NULL,
    linger    BIGINT NOT NULL,
    created   BIGINT NOT NULL,
    completed BIGINT,
    gone      BIGINT,
    state     VARCHAR(20) NOT NULL,
    sealed    SMALLINT NOT NULL,
    asked     SMALLINT NOT NULL,
    total     INTEGER NOT NULL,
    retrying  INTEGER NOT NULL,
    success   INTEGER NOT NULL,
    dead      INTEGER NOT NULL,
    cancelled INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ${name}batch_listed ON ${prefix}batch (namespace, id);
CREATE INDEX IF NOT EXISTS ${name}batch_gone ON ${prefix}batch (namespace, gone);

-- Two bytes for each of 512 members: its version * 8 + its state.
CREATE TABLE IF NOT EXISTS ${prefix}batch_member (
    batch  VARCHAR(36) NOT NULL,
    chunk  INTEGER NOT NULL,
    states VARBINARY(2048) NOT NULL,
    PRIMARY KEY (batch, chunk)
);
-- Additions that were made, by the numbers of those who made them.
CREATE TABLE IF NOT EXISTS ${prefix}batch_part (
    batch  VARCHAR(36) NOT NULL,
    number VARCHAR(60) NOT NULL,
    PRIMARY KEY (batch, number)
);
-- The callbacks: what is enqueued when the batch is completed in that state.
CREATE TABLE IF NOT EXISTS ${prefix}batch_call (
    batch    VARCHAR(36) NOT NULL,
    number   INTEGER NOT NULL,
    state    VARCHAR(20) NOT NULL,
    id       VARCHAR(64) NOT NULL,
    envelope VARBINARY(1048576) NOT NULL,
    PRIMARY KEY (batch, number)
);
-- What is to be applied: <index>:<version><letter of the state>.
CREATE TABLE IF NOT EXISTS ${prefix}batch_mark (
    batch VARCHAR(36) NOT NULL,
    name  VARCHAR(40) NOT NULL,
    PRIMARY KEY (batch, name)
);
