-- keys: body rec due dead parked note stale
-- More: lease:<session> of all sessions.
-- Deletes a job that is not running. ARGV: id
-- Returns 1 if it was there. The entry of a waiting one stays in its list and is skipped there.
local body, rec, due, dead, parked, note, stale =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local id = ARGV[1]
local found = redis.call('ZREM', dead, id) + redis.call('ZREM', parked, id) + redis.call('ZREM', due, id)
if found == 0 then
  if redis.call('HEXISTS', body, id) == 0 then return 0 end
  for i = 8, #KEYS do
    if redis.call('HEXISTS', KEYS[i], id) == 1 then return 0 end
  end
  redis.call('HINCRBY', stale, id, 1)
end
redis.call('HDEL', body, id)
redis.call('HDEL', rec, id)
redis.call('HDEL', note, id)
return 1
