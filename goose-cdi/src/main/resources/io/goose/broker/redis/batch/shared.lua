-- What the scripts share that work on one batch, behind batch/own.lua or ledger/batch.lua.

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

