-- keys: cron cronst crondue
-- Puts an entry here that comes from another queue, unless it has arrived already and may have gone on. ARGV: name, version,
-- definition, state, due ('' for never)
-- Returns 1 if it was put here.
local cron, cronst, crondue = KEYS[1], KEYS[2], KEYS[3]
local name, version = ARGV[1], ARGV[2]
local stored = redis.call('HGET', cronst, name)
local there = stored and tonumber(string.match(stored, '^(%d+)%.')) or 0
if there >= tonumber(string.match(version, '^(%d+)%.')) then
  redis.call('HSET', cronst, name, stored)
  return 0
end
redis.call('HSET', cron, name, ARGV[3])
if ARGV[5] ~= '' then redis.call('ZADD', crondue, ARGV[5], name) end
redis.call('HSET', cronst, name, version .. '|' .. ARGV[4])
if ARGV[5] == '' then redis.call('ZREM', crondue, name) end
return 1
