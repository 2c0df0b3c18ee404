-- The tables of Goose on MariaDB and MySQL. ${prefix} is goose.broker.<name>.table-prefix with the schema before it, ${name} without.
-- A number is drawn for each step that puts jobs in order or gives tokens; the step uses up to a thousand from it on.
CREATE SEQUENCE ${prefix}number START WITH 1000 INCREMENT BY 1000 NOCACHE;

CREATE TABLE ${prefix}queue (
    id     INTEGER AUTO_INCREMENT PRIMARY KEY,
    name   VARCHAR(199) NOT NULL UNIQUE,
    paused SMALLINT DEFAULT 0 NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;

-- place: 0 waiting, 1 running, 2 scheduled, 3 dead, 4 parked; 5 and 6 are 2 and 4 for jobs that wait for a session which
-- announces their need. lane of what waits: 0 suspects, 1 for a need, 2 front, 3 back.
CREATE TABLE ${prefix}job (
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
CREATE TABLE ${prefix}mark (
    queue INTEGER NOT NULL,
    name  VARCHAR(80) NOT NULL,
    made  BIGINT NOT NULL,
    PRIMARY KEY (queue, name)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX ${name}mark_made ON ${prefix}mark (made);

CREATE TABLE ${prefix}session (
    id       VARCHAR(36) PRIMARY KEY,
    host     VARCHAR(200) NOT NULL,
    threads  INTEGER NOT NULL,
    exposure INTEGER NOT NULL,
    expiry   BIGINT NOT NULL,
    closed   SMALLINT DEFAULT 0 NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE ${prefix}served (
    queue   INTEGER NOT NULL,
    session VARCHAR(36) NOT NULL,
    PRIMARY KEY (queue, session)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE TABLE ${prefix}need (
    name    VARCHAR(400) NOT NULL,
    session VARCHAR(36) NOT NULL,
    PRIMARY KEY (name, session)
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
-- The answers of a session's last settle, for one that was not answered and is asked again.
CREATE TABLE ${prefix}settled (
    session VARCHAR(36) PRIMARY KEY,
    number  BIGINT NOT NULL,
    answers LONGTEXT NOT NULL
) ENGINE = InnoDB CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;
CREATE INDEX ${name}job_ready ON ${prefix}job (place, queue, lane, seq);
CREATE INDEX ${name}job_due ON ${prefix}job (place, queue, due);
CREATE INDEX ${name}job_leased ON ${prefix}job (session);
