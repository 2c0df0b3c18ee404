-- keys: cron cronst crondue body front in idle
-- How a tick adds its job on a whole broker: at the front. It is put before cron/apply.lua.
local cron, cronst, crondue, body, front, accepted, idle =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7]
local now = clock()

-- The id is where it waits before its envelope is stored: where a command is refused midway nothing is taken for added.
local function add(id, moves, record, envelope)
  if redis.call('HEXISTS', body, id) == 1 then return end
  local mark, oldest = id .. ':' .. moves, now - tonumber(ARGV[3])
  local when = moves ~= '' and redis.call('ZSCORE', accepted, mark)
  if when and tonumber(when) > oldest then return end
  redis.call('LPUSH', front, id)
  redis.call('HSET', body, id, envelope)
  if moves ~= '' then
    redis.call('ZADD', accepted, now, mark)
    local old = redis.call('ZRANGEBYSCORE', accepted, '-inf', oldest, 'LIMIT', 0, 100)
    if #old > 0 then redis.call('ZREM', accepted, unpack(old)) end
  end
  wake(idle, ARGV[1], ARGV[2], now)
end
