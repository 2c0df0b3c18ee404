-- keys: suspect front back stale needs due dead parked cfg kof
-- More: lease:<session> of all sessions.
-- Returns { waiting, running, scheduled, dead, parked, paused }
local function sum(values)
  local total = 0
  for _, value in ipairs(values) do total = total + tonumber(value) end
  return total
end
local running = 0
for i = 11, #KEYS do running = running + redis.call('HLEN', KEYS[i]) end
-- How many entries of lists are to be passed over is kept as a sum: they may be a million.
local over = redis.call('HLEN', KEYS[4]) > 0 and tonumber(redis.call('HGET', KEYS[9], 'stale') or '0') or 0
local listed = redis.call('LLEN', KEYS[1]) + redis.call('LLEN', KEYS[2]) + redis.call('LLEN', KEYS[3])
    + redis.call('HLEN', KEYS[10])
return {
  math.max(0, listed + sum(redis.call('HVALS', KEYS[5])) - over),
  running,
  redis.call('ZCARD', KEYS[6]),
  redis.call('ZCARD', KEYS[7]),
  redis.call('ZCARD', KEYS[8]),
  redis.call('HEXISTS', KEYS[9], 'paused')
}
