-- What the scripts share that work on one batch, behind batch/own.lua or ledger/batch.lua.

local ENDS = { 'success', 'partial-success', 'dead', 'cancelled' }

-- The callbacks of an end in their order, and the names of all, of this end and others.
local function callbacks(state)
  local found, names = {}, {}
  for _, of in ipairs(ENDS) do
    local n = 1
    while true do
      local name = 'c:' .. of .. ':' .. n
      local callback = redis.call('HGET', batch, name)
      if not callback then break end
      names[#names + 1] = name
      if of == state then found[#found + 1] = callback end
      n = n + 1
    end
  end
  return found, names
end

-- A batch that is sealed and whose members have all ended is completed, once: its callbacks are enqueued in this step, and are then no
-- longer kept with it, for they may be large.
local function complete()
  local m = redis.call('HMGET', batch, 'sealed', 'completed', 'total', 'success', 'dead', 'cancelled', 'asked', 'linger')
  if m[1] ~= '1' or m[2] then return end
  local success, dead, cancelled = tonumber(m[4]), tonumber(m[5]), tonumber(m[6])
  if success + dead + cancelled < tonumber(m[3]) then return end
  local state = 'partial-success'
  if m[7] == '2' or (m[7] and cancelled > 0) then
    state = 'cancelled'
  elseif dead + cancelled == 0 then
    state = 'success'
  elseif success == 0 then
    state = dead > 0 and 'dead' or 'cancelled'
  end
  local found, names = callbacks(state)
  for _, callback in ipairs(found) do
    enqueue_here(string.sub(callback, 1, 36), 'f', '0', '', string.sub(callback, 37))
  end
  redis.call('HSET', batch, 'completed', now, 'state', state)
  if #names > 0 then redis.call('HDEL', batch, unpack(names)) end
  if tonumber(m[8]) > 0 then
    redis.call('PEXPIRE', batch, m[8])
    redis.call('PEXPIRE', members, m[8])
  else
    redis.call('UNLINK', batch, members)
  end
end

