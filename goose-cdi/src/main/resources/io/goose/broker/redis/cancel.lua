-- keys: body rec due dead parked note stale sess cfg cancel fx fxt keyed kof
-- More: lease:<session> of all sessions.
-- Cancels a job: removes one that is not running; of one that is, notes it and tells its session.
-- ARGV: id, prefix of the wake-up channels, the sessions
-- Returns 1 if it was removed, or the name of the mark that was recorded for its batch, 2 if its session was told, 0 if it is dead or not here, -1 if there are sessions that were not
--   passed and the job may be one's: ask again.
-- The entry of a waiting one stays in its list and is skipped there. What is noted is the value of the lease: it counts for that
-- lease alone, whose end clears it.
local body, rec, due, dead, parked, note, stale, sess, cfg, cancel, fx, fxt, keyed, kof =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11], KEYS[12],
    KEYS[13], KEYS[14]
local FIRST_LEASE, FIRST_SESSION = 15, 3
local id, prefix = ARGV[1], ARGV[2]
if redis.call('ZSCORE', dead, id) then return 0 end
if redis.call('ZREM', parked, id) + redis.call('ZREM', due, id) == 0 then
  if redis.call('HEXISTS', body, id) == 0 then return 0 end
  local passed = {}
  for i = FIRST_LEASE, #KEYS do
    local session = ARGV[i - FIRST_LEASE + FIRST_SESSION]
    local value = redis.call('HGET', KEYS[i], id)
    if value then
      redis.call('HSET', cancel, id, value)
      -- A session that is not told now is told when it beats.
      redis.pcall('PUBLISH', prefix .. string.match(session, '^[^.]+'),
          'cancel\n' .. id .. '\n' .. string.match(value, '^%d+'))
      return 2
    end
    passed[session] = true
  end
  for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
    if not passed[session] then return -1 end
  end
  if not unkey(keyed, kof, id) then
    redis.call('HINCRBY', stale, id, 1)
    redis.call('HINCRBY', cfg, 'stale', 1)
  end
end
local mark = 1
if is_member(id) then mark = record_mark(fx, fxt, id, parse(redis.call('HGET', rec, id)).moves, 'C', clock()) end
redis.call('HDEL', body, id)
redis.call('HDEL', rec, id)
redis.call('HDEL', note, id)
return mark
