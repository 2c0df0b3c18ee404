-- keys: sess unk
-- One more: lease:<session>
-- Keeps a session alive. ARGV: session, lease (ms)
-- Returns how many leases it holds and the needs for which jobs wait that nobody could run; -1 if it is not known here.
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { -1, {} } end
redis.call('ZADD', KEYS[1], 'XX', clock() + tonumber(ARGV[2]), ARGV[1])
return { redis.call('HLEN', KEYS[3]), redis.call('HKEYS', KEYS[2]) }
