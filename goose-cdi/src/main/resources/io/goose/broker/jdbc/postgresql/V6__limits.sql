-- Limits on PostgreSQL. The limits of a queue; limited in the queue's row says that there are some, or that jobs still wait under them.
ALTER TABLE ${prefix}queue ADD COLUMN IF NOT EXISTS limited SMALLINT DEFAULT 0 NOT NULL;
CREATE TABLE IF NOT EXISTS ${prefix}bound (
    queue      INTEGER NOT NULL,
    scope      VARCHAR(310) NOT NULL,
    concurrent INTEGER NOT NULL,
    rate       BIGINT NOT NULL,
    period     BIGINT NOT NULL,
    declared   VARCHAR(100),
    PRIMARY KEY (queue, scope)
);
-- When the bucket of a scope will be full, in microseconds of the database's clock; none for one that is.
CREATE TABLE IF NOT EXISTS ${prefix}bucket (
    queue  INTEGER NOT NULL,
    scope  VARCHAR(310) NOT NULL,
    filled DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (queue, scope)
);
-- The class of a job, by its handler and its key: of those that wait in lane 4 of a queue with limits, and of those that are leased
-- (held 1). Of others a row says nothing, and the next claim that meets it deletes it.
CREATE TABLE IF NOT EXISTS ${prefix}keyed (
    queue INTEGER NOT NULL,
    id    VARCHAR(64) NOT NULL,
    held  SMALLINT NOT NULL,
    class VARCHAR(700) NOT NULL,
    lane  SMALLINT NOT NULL,
    seq   BIGINT NOT NULL,
    PRIMARY KEY (queue, id)
);
CREATE INDEX IF NOT EXISTS ${name}keyed_next ON ${prefix}keyed (queue, held, class, lane, seq);
-- The classes that may have waiting jobs, by their turns.
CREATE TABLE IF NOT EXISTS ${prefix}turn (
    queue  INTEGER NOT NULL,
    class  VARCHAR(700) NOT NULL,
    number BIGINT NOT NULL,
    PRIMARY KEY (queue, class)
);
CREATE INDEX IF NOT EXISTS ${name}turn_next ON ${prefix}turn (queue, number);
