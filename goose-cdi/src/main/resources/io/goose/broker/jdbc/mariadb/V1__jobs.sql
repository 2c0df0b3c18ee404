-- The tables of Goose on MariaDB. ${prefix} is goose.broker.<name>.table-prefix with the schema before it, ${name} without.
-- A number is drawn for each step that puts jobs in order or gives tokens; the step uses up to a thousand from it on.
CREATE SEQUENCE IF NOT EXISTS ${prefix}number START WITH 1000 INCREMENT BY 1000 NOCACHE;

CREATE TABLE IF NOT EXISTS ${prefix}queue (
    id        INTEGER AUTO_INCREMENT PRIMARY KEY,
    namespace VARCHAR(140) NOT NULL,
    name      VARCHAR(199) NOT NULL,
    paused    SMALLINT DEFAULT 0 NOT NULL,
    UNIQUE (namespace, name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- place: 0 waiting, 1 running, 2 scheduled, 3 dead, 4 parked; 5 and 6 are 2 and 4 for jobs that wait for a session which
-- announces their need; of jobs that are kept for a transport: 7 it has them, 8 they run, 9 they are over, 10 noted as sent.
-- lane of what waits: 0 suspects, 1 for a need, 2 front, 3 back.
CREATE TABLE IF NOT EXISTS ${prefix}job (
    queue    INTEGER NOT NULL,
    id       VARCHAR(64) NOT NULL,
    place    SMALLINT NOT NULL,
    lane     SMALLINT NOT NULL,
    seq      BIGINT NOT NULL,
    due      BIGINT,
    crashes  SMALLINT DEFAULT 0 NOT NULL,
    session  VARCHAR(36),
    token    BIGINT,
    claim    BIGINT,
    need     VARCHAR(400),
    note     VARCHAR(2000),
    record   LONGTEXT,
    envelope LONGBLOB NOT NULL,
    PRIMARY KEY (queue, id)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;


-- What was sent and may be sent again, by id and moves; kept for goose.dedupe.retention.
CREATE TABLE IF NOT EXISTS ${prefix}mark (
    queue INTEGER NOT NULL,
    name  VARCHAR(80) NOT NULL,
    made  BIGINT NOT NULL,
    PRIMARY KEY (queue, name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX IF NOT EXISTS ${name}mark_made ON ${prefix}mark (made);

-- closed: 1 the session ended in an orderly way, 2 it died and somebody else still holds locks on some of its jobs.
CREATE TABLE IF NOT EXISTS ${prefix}session (
    id        VARCHAR(36) PRIMARY KEY,
    namespace VARCHAR(64) NOT NULL,
    host      VARCHAR(200) NOT NULL,
    threads   INTEGER NOT NULL,
    exposure  INTEGER NOT NULL,
    idle      BIGINT DEFAULT 0 NOT NULL,
    closed    SMALLINT DEFAULT 0 NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- When a session expires. Apart from its own row, which claims lock: a heart waits for none of them. 0: it was given up.
CREATE TABLE IF NOT EXISTS ${prefix}beat (
    session VARCHAR(36) PRIMARY KEY,
    expiry  BIGINT NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE IF NOT EXISTS ${prefix}served (
    queue   INTEGER NOT NULL,
    session VARCHAR(36) NOT NULL,
    PRIMARY KEY (queue, session)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- What sessions announced, and also, as one name, the several things that some job needs and the session announced.
CREATE TABLE IF NOT EXISTS ${prefix}need (
    name    VARCHAR(400) NOT NULL,
    session VARCHAR(36) NOT NULL,
    PRIMARY KEY (name, session)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The answers of a session's last settle, for one that was not answered and is asked again. A row for each settle, not one
-- row that changes: versions of such a row would pile up behind an old transaction.
CREATE TABLE IF NOT EXISTS ${prefix}settled (
    session VARCHAR(36) NOT NULL,
    number  BIGINT NOT NULL,
    answers LONGTEXT NOT NULL,
    PRIMARY KEY (session, number)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX IF NOT EXISTS ${name}job_ready ON ${prefix}job (place, queue, lane, seq);
CREATE INDEX IF NOT EXISTS ${name}job_due ON ${prefix}job (place, queue, due, seq);
CREATE INDEX IF NOT EXISTS ${name}job_leased ON ${prefix}job (session, token);

-- Jobs for other brokers, written by the transactions that enqueue them; gone when they have been sent.
CREATE TABLE IF NOT EXISTS ${prefix}outbox (
    target   VARCHAR(140) NOT NULL,
    seq      BIGINT NOT NULL,
    id       VARCHAR(64) NOT NULL,
    queue    VARCHAR(199) NOT NULL,
    lane     SMALLINT NOT NULL,
    due      BIGINT,
    record   LONGTEXT,
    envelope LONGBLOB NOT NULL,
    PRIMARY KEY (target, seq)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
