-- What is its own of a ledger for a transport in the scripts that work on one batch, in place of batch/own.lua: members and callbacks are kept,
-- due at once if they have no time, and whoever has called this sends them.
-- Two more keys: b:<batch> and bm:<batch>, as in batch/own.lua. ARGV: as there
local batch, members, hurry = KEYS[19], KEYS[20], false

local function enqueue_here(id, lane, time, record, envelope)
  local r = known(id)
  if not is_free(r, '1', 0) then return end
  time = tonumber(time)
  put(id, r, 'S', write_new(id, r, 0, record, envelope), moment(time > 0 and time or now),
      (time == 0 and lane == 'b') and BEHIND or nil)
  hurry = true
end

-- Records a job for another queue, as ledger/settle.lua does; returns its name.
local function record_elsewhere(to, id, lane, time, mark, record, envelope)
  local name = id .. ':' .. mark .. ':E'
  local place = (tonumber(time) == 0 and lane == 'b') and 'B' or 'S'
  redis.call('HSET', fx, name,
      table.concat({ #to, #id, #record, 0, 0, 'E', place, mark, time }, ' ') .. '\n' .. to .. id .. record .. envelope)
  redis.call('ZADD', fxt, now, name)
  return name
end

local function wake_if_needed() end
