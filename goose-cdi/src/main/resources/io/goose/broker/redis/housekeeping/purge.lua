-- More: two lanes h:<need> and s:<need> (suspects) for each need that has jobs, if it is what waits.
-- Deletes some of what is in a place. ARGV: place, most, up to which score ('' for all), how many needs, the needs
-- Returns { ids that are gone, 1 if there may be more, all needs that have jobs if some were not passed, and then nothing is done,
--   recorded marks }
local place, most, count = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[4])
local gone, more = {}, 0

if SETS[place] then
  pass()
  gone = redis.call('ZRANGEBYSCORE', SETS[place], '-inf', ARGV[3] == '' and '+inf' or ARGV[3], 'LIMIT', 0, most)
  for _, id in ipairs(gone) do drop(id, place) end
  if #gone > 0 then redis.call('ZREM', SETS[place], unpack(gone)) end
  return { gone, #gone == most and 1 or 0, {}, marks }
end

local lanes = lanes_of(5, count)
if not lanes then return { {}, 1, redis.call('HKEYS', needs), {} } end
local lists = { suspect }
for i = MORE, #KEYS, 2 do
  lists[#lists + 1] = KEYS[i + 1]
  lists[#lists + 1] = KEYS[i]
end
lists[#lists + 1] = front
lists[#lists + 1] = back

-- In the order of claims, for of several entries of an id the first ones are passed over.
pass()
local looked = 0
for _, list in ipairs(lists) do
  while #gone < most and looked < 5000 do
    local entries = redis.call('LRANGE', list, #gone - most, -1)
    if #entries == 0 then break end
    for i = #entries, 1, -1 do
      local id = entries[i]
      if redis.call('HEXISTS', stale, id) == 1 then
        forget_stale(id, 1)
      else
        drop(id, 'W')
        gone[#gone + 1] = id
      end
    end
    redis.call('LTRIM', list, 0, -#entries - 1)
    looked = looked + #entries
  end
  if redis.call('LLEN', list) > 0 then more = 1 end
end
for _, entry in ipairs(#gone < most and redis.call('ZRANGE', keyed, 0, most - #gone - 1) or {}) do
  local id = id_of_entry(entry)
  unkey(keyed, kof, id)
  drop(id, 'W')
  gone[#gone + 1] = id
end
if redis.call('ZCARD', keyed) > 0 then more = 1 end
count_lanes(lanes)
return { gone, more, {}, marks }
