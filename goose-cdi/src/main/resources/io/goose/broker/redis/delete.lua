-- keys: body rec due dead parked note stale sess cfg
-- More: lease:<session> of all sessions.
-- Deletes a job that is not running. ARGV: id, the sessions
-- Returns 1 if it was there, 0 if not, -1 if there are sessions that were not passed and the job may be one's: ask again.
-- The entry of a waiting one stays in its list and is skipped there.
local body, rec, due, dead, parked, note, stale, sess, cfg =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local FIRST_LEASE = 10
local id = ARGV[1]
local found = redis.call('ZREM', dead, id) + redis.call('ZREM', parked, id) + redis.call('ZREM', due, id)
if found == 0 then
  if redis.call('HEXISTS', body, id) == 0 then return 0 end
  local passed = {}
  for i = FIRST_LEASE, #KEYS do
    if redis.call('HEXISTS', KEYS[i], id) == 1 then return 0 end
    passed[ARGV[i - FIRST_LEASE + 2]] = true
  end
  for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
    if not passed[session] then return -1 end
  end
  redis.call('HINCRBY', stale, id, 1)
  redis.call('HINCRBY', cfg, 'stale', 1)
end
redis.call('HDEL', body, id)
redis.call('HDEL', rec, id)
redis.call('HDEL', note, id)
return 1
