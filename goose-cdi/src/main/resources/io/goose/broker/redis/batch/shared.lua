-- keys: body rec back front due in idle fx fxt
-- Two more: b:<batch>, a hash: what is known of the batch, its callbacks as c:<state>:<n> and the additions that were made as n:<number>;
-- and bm:<batch>, a string: two bytes for each member, its version * 8 + its state.
-- What the scripts share that work on one batch in the slot of its queue. It is put between shared.lua and their text.
-- ARGV: prefix of the wake-up channels, queue, dedupe retention (ms), and what the script says
local body, rec, back, front, due, accepted, idle, fx, fxt, batch, members =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local now, hurry = clock(), false

-- The id is where it waits before its envelope is stored: where a command is refused midway nothing is taken for added.
local function enqueue_here(id, lane, time, record, envelope)
  if redis.call('HEXISTS', body, id) == 1 then return end
  time = tonumber(time)
  if time > now then
    redis.call('ZADD', due, time, id)
    hurry = hurry or redis.call('ZRANGE', due, 0, 0)[1] == id
  else
    redis.call('LPUSH', (time > 0 or lane == 'f') and front or back, id)
    hurry = true
  end
  if record ~= '' then redis.call('HSET', rec, id, record) end
  redis.call('HSET', body, id, envelope)
end

-- A batch that is sealed and whose members have all ended is completed, once: its callbacks are enqueued in this step.
local function complete()
  local m = redis.call('HMGET', batch, 'sealed', 'completed', 'total', 'success', 'dead', 'cancelled', 'asked', 'linger')
  if m[1] ~= '1' or m[2] then return end
  local success, dead, cancelled = tonumber(m[4]), tonumber(m[5]), tonumber(m[6])
  if success + dead + cancelled < tonumber(m[3]) then return end
  local state = 'partial-success'
  if m[7] == '1' and cancelled > 0 then
    state = 'cancelled'
  elseif dead + cancelled == 0 then
    state = 'success'
  elseif success == 0 then
    state = dead > 0 and 'dead' or 'cancelled'
  end
  local n = 1
  while true do
    local callback = redis.call('HGET', batch, 'c:' .. state .. ':' .. n)
    if not callback then break end
    enqueue_here(string.sub(callback, 1, 36), 'f', '0', '', string.sub(callback, 37))
    n = n + 1
  end
  redis.call('HSET', batch, 'completed', now, 'state', state)
  if tonumber(m[8]) > 0 then
    redis.call('PEXPIRE', batch, m[8])
    redis.call('PEXPIRE', members, m[8])
  else
    redis.call('UNLINK', batch, members)
  end
end

local function wake_if_needed()
  if hurry then wake(idle, ARGV[1], ARGV[2], now) end
end
