-- keys: cron cronst crondue
-- Removes an entry from this queue. ARGV: name, version that it must have ('' for any)
-- Returns 1 if it was there.
local name = ARGV[1]
local stored = redis.call('HGET', KEYS[2], name)
if not stored or (ARGV[2] ~= '' and string.match(stored, '^([^|]*)|') ~= ARGV[2]) then return 0 end
redis.call('ZREM', KEYS[3], name)
redis.call('HDEL', KEYS[1], name)
redis.call('HDEL', KEYS[2], name)
return 1
