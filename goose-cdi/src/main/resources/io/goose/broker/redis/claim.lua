-- keys: sess sinfo cfg suspect front back due stale body rec tok idle needs parked note
-- More: lease:<session>, then two lanes h:<need> and s:<need> (suspects) for each need of the session that has jobs.
-- Leases ready jobs.
-- ARGV: session, number of the claim, most jobs, most bytes, prefix of the wake-up channels, queue, whether a suspect may be
--   leased (1 or 0), how long the session will wait if there is nothing (ms), then the needs of the lanes
-- Returns { 'L' } if the session is not known or has expired, { 'P' } if the queue is paused, { 'M' } if it has limits, { 'N', needs } if lanes that are
--   this session's have jobs and are not passed: it asks again with them; else
--   { 'C', whether ready jobs are left, ms to the next due job or -1, ids, lease values, envelopes, records,
--     ids set aside because their envelope is missing or they are none, all needs that have jobs, the server's time }.
-- A claim repeated with its number gets the same jobs.
local sess, sinfo, cfg, suspect, front, back, due, stale =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local body, rec, tok, idle, needs, parked, note, lease =
    KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16]
local session, number, max, max_bytes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local FIRST_LANE, FIRST_NEED = 17, 9
local now = clock()

local expiry = redis.call('ZSCORE', sess, session)
if not expiry or tonumber(expiry) <= now then return { 'L' } end
redis.call('ZREM', idle, session)

local function next_due()
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  return first[2] and math.max(0, tonumber(first[2]) - now) or -1
end

local ids_before, values_before = claimed_before(sinfo, lease, session, number)
if ids_before then
  local bodies = #ids_before > 0 and redis.call('HMGET', body, unpack(ids_before)) or {}
  return { 'C', 1, next_due(), ids_before, values_before, bodies, records_of(rec, ids_before), {}, redis.call('HKEYS', needs), now }
end

local set = redis.call('HMGET', cfg, 'paused', 'limits')
if set[1] then return { 'P' } end
if set[2] then return { 'M' } end

promote(due, front, suspect, rec, now, max)

local not_passed = needs_not_passed(needs, sinfo, session, ARGV, FIRST_NEED)
if not_passed then return { 'N', not_passed } end

-- What is taken, with the place of each in its list, from the right; and how far each list is used up.
local ids, marks, lists, places, count, depth = {}, {}, {}, {}, 0, {}
local skips = redis.call('HLEN', stale) > 0
-- Entries that are passed over, their lists and places; how often each id was to be, and how often it still is.
local passed, passed_lists, passed_places, times, left = {}, {}, {}, {}, {}

-- Looks only: nothing leaves a list before its lease is written. Where entries may have to be passed over many are read together.
local function take(list, mark, want)
  local size = skips and 100 or 1
  for _ = 1, 10 do
    if want <= 0 then return end
    local at, over = depth[list] or 0, 0
    local found = redis.call('LRANGE', list, -at - math.max(want, size), -at - 1)
    if #found == 0 then return end
    local stales = skips and redis.call('HMGET', stale, unpack(found))
    for i = #found, 1, -1 do
      if want <= 0 then break end
      local id = found[i]
      at = at + 1
      if skips and not left[id] then
        times[id] = tonumber(stales[i] or '0')
        left[id] = times[id]
      end
      if skips and left[id] > 0 then
        left[id], over = left[id] - 1, over + 1
        passed[#passed + 1] = id
        passed_lists[#passed], passed_places[#passed] = list, at
      else
        count = count + 1
        ids[count], marks[count], lists[count], places[count] = id, mark, list, at
        want = want - 1
      end
    end
    depth[list] = at
    if over == 0 then return end
    size = 500
  end
end

-- At most one suspect, if the session holds none.
local function suspects_left()
  local left = redis.call('LLEN', suspect)
  for i = FIRST_LANE + 1, #KEYS, 2 do left = left + redis.call('LLEN', KEYS[i]) end
  return left
end
local may_suspect = ARGV[7] == '1' and suspects_left() > 0
if may_suspect then
  for _, value in ipairs(redis.call('HVALS', lease)) do
    if string.sub(value, -1) == 's' then may_suspect = false end
  end
end
if may_suspect then
  take(suspect, 's', 1)
  for i = FIRST_LANE + 1, #KEYS, 2 do take(KEYS[i], 's', 1 - count) end
end

-- Jobs that only some sessions can run, then the front; of both one in ten gives way to the back.
local waiting = redis.call('LLEN', back)
local reserved = math.min(waiting, math.floor(number * max / 10) - math.floor((number - 1) * max / 10))
for i = FIRST_LANE, #KEYS, 2 do take(KEYS[i], 'f', max - count - reserved) end
take(front, 'f', max - count - reserved)
take(back, 'b', max - count)

-- The envelopes, as many as fit; the rest stays where it is.
local bodies, kept, kept_marks, missing, bytes, full = {}, {}, {}, {}, 0, nil
for from = 1, count, 100 do
  if full then break end
  local to = math.min(from + 99, count)
  local chunk = redis.call('HMGET', body, unpack(ids, from, to))
  for i = from, to do
    local envelope = chunk[i - from + 1]
    if not envelope or is_no_id(ids[i]) then
      missing[#missing + 1] = ids[i]
    elseif #kept > 0 and bytes + #envelope > max_bytes then
      full = i
      break
    else
      bytes = bytes + #envelope
      kept[#kept + 1], kept_marks[#kept + 1], bodies[#bodies + 1] = ids[i], marks[i], envelope
    end
  end
end
if full then
  for i = count, full, -1 do depth[lists[i]] = places[i] - 1 end
end
-- Changes nothing: if it is refused, it is before a lease is written.
if count + #passed > 0 then redis.call('LTRIM', front, 0, -1) end

-- An envelope that is gone is never passed over in silence.
for _, id in ipairs(missing) do
  redis.call('ZADD', parked, now, id)
  redis.call('HSET', note, id, is_no_id(id) and 'its id is not 1 to 64 characters of ASCII' or 'its envelope is not in Redis any more')
end

local values = {}
if #kept > 0 then
  local to = redis.call('INCRBY', tok, #kept)
  local from, entries = to - #kept + 1, {}
  for i = 1, #kept do
    local value = (from + i - 1) .. kept_marks[i]
    values[i] = value
    entries[2 * i - 1], entries[2 * i] = kept[i], value
  end
  -- A small hash is searched from end to end: from some size on a long value, put in and taken out, makes Redis index it.
  local grown = redis.call('HLEN', lease) + #kept > 64
  if grown and (#kept > 64 or redis.call('OBJECT', 'ENCODING', lease) ~= 'hashtable') then
    entries[#entries + 1], entries[#entries + 2] = '', string.rep(' ', 100)
    redis.call('HSET', lease, unpack(entries))
    redis.call('HDEL', lease, '')
  else
    redis.call('HSET', lease, unpack(entries))
  end
  redis.call('HSET', sinfo, 'c:' .. session, number .. ' ' .. from .. ' ' .. to)
end

-- Entries of deleted jobs.
if #passed > 0 then
  local total = 0
  for i, id in ipairs(passed) do
    if passed_places[i] <= depth[passed_lists[i]] then
      times[id], total = times[id] - 1, total + 1
      if times[id] > 0 then redis.call('HSET', stale, id, times[id]) else redis.call('HDEL', stale, id) end
    end
  end
  if redis.call('HLEN', stale) > 0 then
    redis.call('HINCRBY', cfg, 'stale', -total)
  else
    redis.call('HDEL', cfg, 'stale')
  end
end
for list, used in pairs(depth) do
  if used > 0 then redis.call('LTRIM', list, 0, -used - 1) end
end

local more = redis.call('LLEN', front) > 0 or redis.call('LLEN', back) > 0
    or (may_suspect and count == 0 and suspects_left() > 0)
for i = FIRST_LANE, #KEYS, 2 do
  local need, left = ARGV[FIRST_NEED + (i - FIRST_LANE) / 2], redis.call('LLEN', KEYS[i])
  more = more or left > 0
  left = left + redis.call('LLEN', KEYS[i + 1])
  if left > 0 then
    redis.call('HSET', needs, need, left)
  else
    redis.call('HDEL', needs, need)
  end
end

if #kept == 0 then
  redis.call('ZADD', idle, now + tonumber(ARGV[8]), session)
elseif more then
  wake(idle, ARGV[5], ARGV[6], now)
end
return { 'C', more and 1 or 0, next_due(), kept, values, bodies, records_of(rec, kept), missing, redis.call('HKEYS', needs), now }
