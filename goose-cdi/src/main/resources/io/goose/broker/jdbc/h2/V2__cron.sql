-- Recurring jobs on H2. A worker that finds one due changes it where the version is the one that it has read, and adds the job in
-- the same transaction. due: epoch milliseconds of the database's clock; null for one that is paused.
CREATE TABLE IF NOT EXISTS ${prefix}cron (
    namespace  VARCHAR(140) NOT NULL,
    name       VARCHAR(200) NOT NULL,
    queue      VARCHAR(199) NOT NULL,
    definition VARCHAR(1048576) NOT NULL,
    state      VARCHAR(400) NOT NULL,
    due        BIGINT,
    version    VARCHAR(64) NOT NULL,
    PRIMARY KEY (namespace, name)
);
CREATE INDEX IF NOT EXISTS ${name}cron_due ON ${prefix}cron (namespace, due, name);
