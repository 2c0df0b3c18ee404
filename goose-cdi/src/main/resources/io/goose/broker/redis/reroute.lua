-- keys: sess sinfo due rec needs unk stale cfg
-- Three more: h:<need>, s:<need>, n:<need>.
-- The last session that knew a need may have gone: its jobs then wait like those that nobody knew, 500 a call.
-- ARGV: need
-- Returns { how many were moved, how many are left }
local sess, sinfo, due, rec, needs, unk, stale, cfg, lane, suspects, unknown =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local need, now = ARGV[1], clock()
if announced(sess, sinfo, need, now) then return { 0, 0 } end
local moved = 0
local list = redis.call('LLEN', suspects) > 0 and suspects or lane
-- Changes nothing: a server out of memory refuses a script whose first write adds something. An entry goes last: where a command
-- is refused the job still waits.
redis.call('LTRIM', list, 0, -1)
local ids = redis.call('LRANGE', list, -500, -1)
for i = #ids, 1, -1 do
  local id = ids[i]
  if redis.call('HEXISTS', stale, id) == 1 then
    if redis.call('HINCRBY', stale, id, -1) <= 0 then redis.call('HDEL', stale, id) end
    redis.call('HINCRBY', cfg, 'stale', -1)
  else
    local r = parse(redis.call('HGET', rec, id))
    r.unknownSince = now
    store(rec, id, r)
    redis.call('ZADD', due, now + 1000, id)
    redis.call('SADD', unknown, id)
    moved = moved + 1
  end
end
redis.call('LTRIM', list, 0, -#ids - 1)
if moved > 0 then redis.call('HSET', unk, need, '1') end
local left = redis.call('LLEN', lane) + redis.call('LLEN', suspects)
if left > 0 then redis.call('HSET', needs, need, left) else redis.call('HDEL', needs, need) end
return { moved, left }
