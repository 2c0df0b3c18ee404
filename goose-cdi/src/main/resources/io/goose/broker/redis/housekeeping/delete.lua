-- More: lease:<session> of all sessions, if what waits is among the places.
-- Deletes jobs that are in some places. ARGV: places, how many ids, the ids, the sessions
-- Returns { deleted ids, ids of which it is not known whether they run, for there are sessions that were not passed: ask again,
--   recorded marks }
-- What waits under a key leaves it; the entry of another waiting one stays in its list and is skipped there.
local places, count = ARGV[1], tonumber(ARGV[2])
pass()
local deleted, waiting, unsure = {}, {}, {}
for i = 3, 2 + count do
  local id, found = ARGV[i], nil
  for letter, set in pairs(SETS) do
    if is_in(places, letter) and redis.call('ZREM', set, id) == 1 then found = letter end
  end
  if found then
    drop(id, found)
    deleted[#deleted + 1] = id
  elseif is_in(places, 'W') and is_under_way(id) then
    waiting[#waiting + 1] = id
  end
end
if #waiting > 0 then
  local runs, passed, all = {}, {}, true
  for i = MORE, #KEYS do
    for n, value in ipairs(redis.call('HMGET', KEYS[i], unpack(waiting))) do
      if value then runs[waiting[n]] = true end
    end
    passed[ARGV[3 + count + i - MORE]] = true
  end
  for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
    if not passed[session] then all = false end
  end
  for _, id in ipairs(waiting) do
    if not runs[id] and not all then
      unsure[#unsure + 1] = id
    elseif not runs[id] then
      if not unkey(keyed, kof, id) then
        redis.call('HINCRBY', stale, id, 1)
        redis.call('HINCRBY', cfg, 'stale', 1)
      end
      drop(id, 'W')
      deleted[#deleted + 1] = id
    end
  end
end
return { deleted, unsure, marks }
