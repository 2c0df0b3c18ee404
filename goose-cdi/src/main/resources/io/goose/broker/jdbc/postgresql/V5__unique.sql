-- Which job is noted for which unique key of its home queue. It holds the key as long as it is there, see io.goose.broker.jdbc.UniqueRows,
-- so what is left here for a while does no harm. scope: 0 while it waits, 1 until it has ended, 2 until free_at (epoch milliseconds of the
-- database's clock). retries: the queue of its retries, if that is another one.
CREATE TABLE IF NOT EXISTS ${prefix}unique_key (
    queue   INTEGER NOT NULL,
    ukey    VARCHAR(200) NOT NULL,
    id      VARCHAR(64) NOT NULL,
    scope   SMALLINT NOT NULL,
    free_at BIGINT,
    retries VARCHAR(199),
    PRIMARY KEY (queue, ukey)
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

-- What is kept of jobs that have ended, and until when (epoch milliseconds of the database's clock).
CREATE TABLE IF NOT EXISTS ${prefix}result (
    queue   INTEGER NOT NULL,
    id      VARCHAR(64) NOT NULL,
    gone_at BIGINT NOT NULL,
    content TEXT NOT NULL,
    PRIMARY KEY (queue, id)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX IF NOT EXISTS ${name}result_gone ON ${prefix}result (gone_at);
