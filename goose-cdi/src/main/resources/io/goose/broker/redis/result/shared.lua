
-- What is kept of a job that has ended: until when and the text, in a hash; the ids by that time beside it. With each some old ones go,
-- and all of it goes by itself when the last has had its time.
local function put_result(results, times, id, keep, text, now)
  local till = now + keep
  redis.call('HSET', results, id, string.format('%.0f', till) .. '|' .. text)
  redis.call('ZADD', times, till, id)
  local old = redis.call('ZRANGEBYSCORE', times, '-inf', now, 'LIMIT', 0, 20)
  if #old > 0 then
    redis.call('HDEL', results, unpack(old))
    redis.call('ZREM', times, unpack(old))
  end
  if redis.call('PTTL', results) < keep then
    redis.call('PEXPIRE', results, keep)
    redis.call('PEXPIRE', times, keep)
  end
end
