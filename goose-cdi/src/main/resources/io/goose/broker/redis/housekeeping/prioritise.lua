-- More: two lanes h:<need> and s:<need> (suspects) for each need that has jobs.
-- Puts jobs ahead of all others of their kind. ARGV: prefix of the wake-up channels, queue, places, how many entries of lists to look
--   through at most, how many needs, the needs, then the ids, of which each goes ahead of the one before
-- Returns { moved ids, how many of the ids were dealt with, all needs that have jobs }. None were dealt with if some of those needs
-- were not passed; at least one is otherwise. The caller comes again with the others.
-- An entry that is moved leaves its list for good: one that was only to be passed over would be taken for the new one, which is
-- met first.
local places, budget, count = ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local lanes = lanes_of(6, count)
if not lanes then return { {}, 0, redis.call('HKEYS', needs) } end

local lists = { suspect, front, back }
for i = MORE, #KEYS do lists[#lists + 1] = KEYS[i] end
local listed = 0
for _, list in ipairs(lists) do listed = listed + redis.call('LLEN', list) end

-- The usual case: the job has one entry. From the right end, where the next ones are.
local function move_one(id, head)
  for _, list in ipairs(lists) do
    if redis.call('LPOS', list, id, 'RANK', -1) then
      redis.call('RPUSH', head, id)
      redis.call('LREM', list, list == head and 1 or -1, id)
      return true
    end
  end
  return false
end

-- Some of its entries are to be passed over, and if the job waits one more is there.
local function move_among(id, head, over)
  local entries, total = {}, 0
  for n, list in ipairs(lists) do
    entries[n] = #redis.call('LPOS', list, id, 'COUNT', 0)
    total = total + entries[n]
  end
  if total <= over then return false end
  redis.call('RPUSH', head, id)
  for n, list in ipairs(lists) do
    if entries[n] > 0 then redis.call('LREM', list, entries[n], id) end
  end
  forget_stale(id, over)
  return true
end

-- What waits under a key goes ahead of all others of that key.
local function move_in_class(id)
  local entry = unkey(keyed, kof, id)
  if not entry then return false end
  local next = entry_of(class_of_entry(entry), '0', MIDDLE - next_number(cfg), id)
  redis.call('ZADD', keyed, 0, next)
  redis.call('HSET', kof, id, next)
  return true
end

pass()
local moved, dealt = {}, 0
for i = 6 + count, #ARGV do
  if dealt > 0 and budget <= 0 then break end
  local id = ARGV[i]
  dealt = dealt + 1
  local head = crashes(redis.call('HGET', rec, id)) > 0 and suspect or front
  if is_in(places, 'S') and redis.call('ZSCORE', due, id) then
    redis.call('RPUSH', head, id)
    redis.call('ZREM', due, id)
    moved[#moved + 1] = id
  elseif is_in(places, 'W') and is_under_way(id) then
    local did = move_in_class(id)
    if not did then
      budget = budget - 2 * listed
      local over = tonumber(redis.call('HGET', stale, id) or '0')
      if over > 0 then did = move_among(id, head, over) else did = move_one(id, head) end
    end
    if did then moved[#moved + 1] = id end
  end
end
count_lanes(lanes)
if #moved > 0 then wake(idle, ARGV[1], ARGV[2], clock()) end
return { moved, dealt, {} }
