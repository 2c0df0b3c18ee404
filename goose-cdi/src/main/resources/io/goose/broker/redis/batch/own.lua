-- keys: body rec back front due in idle fx fxt
-- Two more: b:<batch>, a hash: what is known of the batch, its callbacks as c:<state>:<n> and the additions that were made as n:<number>;
-- and bm:<batch>, a string: two bytes for each member, its version * 8 + its state.
-- What is its own of a broker in the scripts that work on one batch in the slot of its queue; ledgers for transports have ledger/batch.lua
-- in its place. It is put between shared.lua and batch/shared.lua.
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

-- Records a job for another queue; returns its name.
local function record_elsewhere(to, id, lane, time, mark, record, envelope)
  local name = id .. ':' .. mark
  redis.call('HSET', fx, name,
      table.concat({ #to, #id, #record, lane, time, mark }, ' ') .. '\n' .. to .. id .. record .. envelope)
  redis.call('ZADD', fxt, now, name)
  return name
end

local function wake_if_needed()
  if hurry then wake(idle, ARGV[1], ARGV[2], now) end
end
