-- keys: cron cronst crondue
-- Looks for an entry of this queue. ARGV: name
-- Returns {} or { definition, version|state, due or '' }
local state, definition = redis.call('HGET', KEYS[2], ARGV[1]), redis.call('HGET', KEYS[1], ARGV[1])
if not state or not definition then return {} end
return { definition, state, redis.call('ZSCORE', KEYS[3], ARGV[1]) or '' }
