-- keys: body rec dead parked note front idle
-- Sends a dead or parked job anew, with all its retries. ARGV: id, prefix of the wake-up channels, queue
-- Returns 1 if it was there.
local body, rec, dead, parked, note, front, idle =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id = ARGV[1]
if redis.call('HEXISTS', body, id) == 0 then return 0 end
if not (redis.call('ZSCORE', dead, id) or redis.call('ZSCORE', parked, id)) then return 0 end
local r = parse(redis.call('HGET', rec, id))
r.attempt, r.moves, r.crashes, r.unknownSince, r.died = '1', r.moves + 1, '0', '0', '0'
store(rec, id, r)
redis.call('HDEL', note, id)
redis.call('LPUSH', front, id)
redis.call('ZREM', dead, id)
redis.call('ZREM', parked, id)
wake(idle, ARGV[2], ARGV[3], clock())
return 1
