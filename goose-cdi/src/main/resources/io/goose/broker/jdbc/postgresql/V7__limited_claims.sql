-- Claims of queues with limits on PostgreSQL. Of the side table an index has what waits and another what is held: one that had both would be
-- taken, by plans that were made while the table was empty, to find single rows, and give all of the queue.
CREATE INDEX IF NOT EXISTS ${name}keyed_waiting ON ${prefix}keyed (queue, class, lane, seq) WHERE held = 0;
CREATE INDEX IF NOT EXISTS ${name}keyed_held ON ${prefix}keyed (queue, id) WHERE held = 1;
DROP INDEX IF EXISTS ${prefix}keyed_next;
-- Rows of these change with each claim.
ALTER TABLE ${prefix}keyed SET (fillfactor = 90, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE ${prefix}bucket SET (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
ALTER TABLE ${prefix}turn SET (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
