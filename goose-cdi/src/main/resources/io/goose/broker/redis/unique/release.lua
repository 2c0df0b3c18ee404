-- keys: uniq
-- A job that has ended in the queue of its retries gives its unique key up. ARGV: key, id
-- Returns 1 if it was the one that is noted for it.
return release_unique(KEYS[1], ARGV[2], ARGV[1])
