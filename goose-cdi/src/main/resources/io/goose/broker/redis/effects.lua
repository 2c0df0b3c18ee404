-- keys: fx fxt
-- Takes recorded effects for delivery, or forgets delivered ones.
-- ARGV: 'take', most, then names; without names those older than 10 s. Or: 'drop', names
-- What is taken is left alone by others for 10 s. Returns names and contents, alternating.
local fx, fxt = KEYS[1], KEYS[2]
if ARGV[1] == 'drop' then
  redis.call('HDEL', fx, unpack(ARGV, 2))
  return redis.call('ZREM', fxt, unpack(ARGV, 2))
end
local now = clock()
local names = { unpack(ARGV, 3) }
if #names == 0 then names = redis.call('ZRANGEBYSCORE', fxt, '-inf', now - 10000, 'LIMIT', 0, ARGV[2]) end
local taken = {}
for _, name in ipairs(names) do
  local content = redis.call('HGET', fx, name)
  if content then
    redis.call('ZADD', fxt, now, name)
    taken[#taken + 1] = name
    taken[#taken + 1] = content
  else
    redis.call('ZREM', fxt, name)
  end
end
return taken
