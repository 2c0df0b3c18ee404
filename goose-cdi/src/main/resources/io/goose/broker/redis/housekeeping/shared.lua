-- keys: body rec due dead parked note stale sess cfg suspect front back needs idle fx fxt keyed kof
-- What the scripts share that change many jobs at once; it is put between shared.lua and their text. All pass the same keys, and more
-- of their own after them. Places are letters: W waiting, S scheduled, D dead, P parked.
local body, rec, due, dead, parked, note, stale, sess, cfg =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local suspect, front, back, needs, idle, fx, fxt, keyed, kof =
    KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17], KEYS[18]
local MORE = 19

local SETS = { S = due, D = dead, P = parked }

-- Changes nothing: a server out of memory refuses a script whose first write adds something, and what frees memory must go on.
local function pass()
  redis.call('ZREM', dead, '')
end

local function is_in(places, letter)
  return string.find(places, letter, 1, true) ~= nil
end

-- Whether a job is in none of the sorted sets: it waits or runs.
local function is_under_way(id)
  return redis.call('HEXISTS', body, id) == 1
      and not (redis.call('ZSCORE', due, id) or redis.call('ZSCORE', dead, id) or redis.call('ZSCORE', parked, id))
end

-- What members of batches have become, by the names under which it was recorded; all scripts that end or replay jobs return it last.
local marks = {}

local function mark(id, letter)
  if is_member(id) then
    marks[#marks + 1] = record_mark(fx, fxt, id, parse(redis.call('HGET', rec, id)).moves, letter, clock())
  end
end

-- A job ends without having run: what else is known of it ends here. Of one that is dead its batch knows already.
local function drop(id, from)
  if from ~= 'D' then mark(id, 'C') end
  redis.call('HDEL', body, id)
  redis.call('HDEL', rec, id)
  redis.call('HDEL', note, id)
end

-- So many entries of an id are not to be passed over any more.
local function forget_stale(id, count)
  if redis.call('HINCRBY', stale, id, -count) <= 0 then redis.call('HDEL', stale, id) end
  redis.call('HINCRBY', cfg, 'stale', -count)
end

-- Whether all needs that have jobs are among those of which the lanes were passed; if so, writes how many each has now, when asked.
local function lanes_of(first, count)
  local passed = {}
  for i = 0, count - 1 do passed[ARGV[first + i]] = { KEYS[MORE + 2 * i], KEYS[MORE + 2 * i + 1] } end
  for _, need in ipairs(redis.call('HKEYS', needs)) do
    if not passed[need] then return nil end
  end
  return passed
end

local function count_lanes(lanes)
  for need, two in pairs(lanes) do
    local left = redis.call('LLEN', two[1]) + redis.call('LLEN', two[2])
    if left > 0 then redis.call('HSET', needs, need, left) else redis.call('HDEL', needs, need) end
  end
end
