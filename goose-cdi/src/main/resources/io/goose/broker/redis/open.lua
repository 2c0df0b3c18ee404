-- keys: sess sinfo unk
-- Registers a session with a queue.
-- ARGV: session, lease (ms), threads, exposure, host, what it announced: lines between line feeds
-- Returns the needs for which jobs wait here that nobody could run so far.
local sess, sinfo, unk = KEYS[1], KEYS[2], KEYS[3]
local session = ARGV[1]
redis.call('ZREM', sess, '') -- see beat.lua
redis.call('ZADD', sess, clock() + tonumber(ARGV[2]), session)
redis.call('HSET', sinfo, 'i:' .. session, ARGV[3] .. ' ' .. ARGV[4] .. ' ' .. ARGV[5], 'n:' .. session, ARGV[6])
return redis.call('HKEYS', unk)
