-- keys: sess unk
-- One more: lease:<session>
-- Keeps a session alive. ARGV: session, lease (ms)
-- Returns how many leases it holds and the needs for which jobs wait that nobody could run; -1 if it is not known here.
-- A server out of memory refuses a script whose first write adds something; a beat must go through all the same.
redis.call('ZREM', KEYS[1], '')
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { -1, {} } end
redis.call('ZADD', KEYS[1], 'XX', clock() + tonumber(ARGV[2]), ARGV[1])
return { redis.call('HLEN', KEYS[3]), redis.call('HKEYS', KEYS[2]) }
