-- keys: sess sinfo cfg suspect front back due stale body rec tok idle needs parked note limits held run rate keyed kof keys blocked until
-- More: lease:<session>, then two lanes h:<need> and s:<need> (suspects) for each need of the session that has jobs.
-- Leases ready jobs of a queue that has limits. What is at the front and the back moves to keyed, where each class has its own
-- order: first those that go ahead, lane 0, then those of the back, lane 1. keys has the classes that may have work and permits, by
-- their turns; blocked those that wait for a permit of some scope, and which scopes are in until: those to which time will bring one.
-- ARGV: as of claim.lua
-- Returns { 'U' } if the queue has no limits, else as claim.lua does; the time to the next due job is that to the next permit if that
--   comes first.
local sess, sinfo, cfg, suspect, front, back, due, stale =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local body, rec, tok, idle, needs, parked, note =
    KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local limits, held, run, rate, keyed, kof, keys, blocked, until_, lease =
    KEYS[16], KEYS[17], KEYS[18], KEYS[19], KEYS[20], KEYS[21], KEYS[22], KEYS[23], KEYS[24], KEYS[25]
local session, number, max, max_bytes = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local FIRST_LANE, FIRST_NEED = 26, 9
local MOST_SORTED, MOST_SORTED_BYTES, MOST_LOOKED = 500, 1048576, 1000
local LEAST_WAIT = 10000 -- microseconds
local time = redis.call('TIME')
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local now = math.floor(micros / 1000)

local expiry = redis.call('ZSCORE', sess, session)
if not expiry or tonumber(expiry) <= now then return { 'L' } end
redis.call('ZREM', idle, session)

-- When time brings a permit that a job in a list of its own waits for, and one for the whole queue; infinity for never.
local permit_at, queue_at = math.huge, nil

-- When to ask again for a permit that time brings. With many keys one comes in every moment, and nobody is to ask in every moment: a
-- bucket may well fill for a part of its burst, which loses nothing, or for a fiftieth of the time of one job.
local limit_of
local function worth(scope, at)
  local limit = limit_of and limit_of(scope)
  if not limit or not limit.step then return at end
  return math.max(at, math.min(at + math.max((limit.burst - 1) / 4, 1 / 50) * limit.step, micros + LEAST_WAIT))
end

local function next_due()
  local first = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
  local left = first[2] and tonumber(first[2]) - now or math.huge
  local permits = redis.call('ZRANGE', until_, 0, 9, 'WITHSCORES')
  local at = permit_at
  for i = 1, #permits, 2 do at = math.min(at, worth(permits[i], tonumber(permits[i + 1]))) end
  if queue_at then
    at = redis.call('ZCARD', keyed) + redis.call('LLEN', front) + redis.call('LLEN', back) > 0 and queue_at or math.huge
  end
  if at < math.huge then left = math.min(left, math.ceil((at - micros) / 1000)) end
  return left < math.huge and math.max(0, left) or -1
end

local ids_before, values_before = claimed_before(sinfo, lease, session, number)
if ids_before then
  local bodies = #ids_before > 0 and redis.call('HMGET', body, unpack(ids_before)) or {}
  return { 'C', 1, next_due(), ids_before, values_before, bodies, records_of(rec, ids_before), {}, redis.call('HKEYS', needs), now }
end

local set = redis.call('HMGET', cfg, 'paused', 'limits')
if set[1] then return { 'P' } end
if not set[2] then return { 'U' } end

promote(due, front, suspect, rec, now, max)

local not_passed = needs_not_passed(needs, sinfo, session, ARGV, FIRST_NEED)
if not_passed then return { 'N', not_passed } end

-- The limits, what runs and what the buckets hold, as far as they were looked at; what this claim takes counts at once.
local known, runs, full = {}, {}, {}
local count_of_limits = redis.call('HLEN', limits)
local function define(text)
  local c, r, p = string.match(text or '', '^(%d+) (%d+) (%d+)')
  if not c then return false end
  c, r, p = tonumber(c), tonumber(r), tonumber(p)
  return { c = c, step = r > 0 and p * 1000 / r, burst = math.max(1, math.floor(r * 1000 / p / 20)) }
end
local of_queue, of_each = unpack(redis.call('HMGET', limits, 'q', 'k'))
known['q'] = define(of_queue)
local each = define(of_each)
local turns = count_of_limits > (of_queue and 1 or 0)

function limit_of(scope)
  if known[scope] == nil then
    known[scope] = define(redis.call('HGET', limits, scope)) or (string.sub(scope, 1, 2) == 'k:' and each) or false
  end
  return known[scope]
end

-- Nothing if there is a permit; else when time brings one, infinity for never.
local function look(scope)
  local limit = limit_of(scope)
  if not limit then return nil end
  if limit.c > 0 then
    if not runs[scope] then runs[scope] = tonumber(redis.call('HGET', run, scope) or '0') end
    if runs[scope] >= limit.c then return math.huge end
  end
  if limit.step then
    if not full[scope] then full[scope] = tonumber(redis.call('ZSCORE', rate, scope) or '0') end
    local at = full[scope] - (limit.burst - 1) * limit.step
    if at > micros then return at end
  end
  return nil
end

local function take_permits(scopes)
  for _, scope in ipairs(scopes) do
    local limit = limit_of(scope)
    if limit then
      if limit.c > 0 then runs[scope] = runs[scope] + 1 end
      if limit.step then full[scope] = math.max(micros, full[scope]) + limit.step end
    end
  end
end

-- What of a class's scopes, but that of the queue, is to be waited for longest; nothing if there are permits.
local function blocked_by(scopes)
  local by, latest = nil, nil
  for i = 2, #scopes do
    local at = look(scopes[i])
    if at and (not latest or at > latest) then by, latest = scopes[i], at end
  end
  return by, latest
end

local function queue_is_full()
  queue_at = look('q')
  return queue_at ~= nil
end

local missing = {}

-- An envelope that is gone is never passed over in silence.
local function set_aside(id)
  redis.call('ZADD', parked, now, id)
  redis.call('HSET', note, id, is_no_id(id) and 'its id is not 1 to 64 characters of ASCII' or 'its envelope is not in Redis any more')
  missing[#missing + 1] = id
end

local function pass_over(id)
  if redis.call('HLEN', stale) == 0 then return false end
  local times = tonumber(redis.call('HGET', stale, id) or '0')
  if times <= 0 then return false end
  if times > 1 then redis.call('HSET', stale, id, times - 1) else redis.call('HDEL', stale, id) end
  redis.call('HINCRBY', cfg, 'stale', -1)
  return true
end

local has_work = {}
local function range_of(class)
  return '[' .. class .. '\0', '(' .. class .. '\1'
end

-- Puts a job under its class. One that has work has a turn, or waits for a permit; any other gets a turn.
local function key(class, lane, id, again)
  if has_work[class] == nil then
    local from, to = range_of(class)
    has_work[class] = #redis.call('ZRANGEBYLEX', keyed, from, to, 'LIMIT', 0, 1) > 0
  end
  local entry = entry_of(class, lane, MIDDLE + next_number(cfg), id)
  redis.call('ZADD', keyed, 0, entry)
  redis.call('HSET', kof, id, entry)
  if again or not has_work[class] then
    has_work[class] = true
    redis.call('ZADD', keys, 'NX', next_number(cfg), class)
  end
end

-- Moves what waits in a common lane under its class, in order; while jobs take no turns all are of one class.
local sorted_bytes = 0
local function sort(list, lane, most)
  local found = redis.call('LRANGE', list, -most, -1)
  local done = 0
  for i = #found, 1, -1 do
    if sorted_bytes > MOST_SORTED_BYTES then break end
    local id = found[i]
    done = done + 1
    if not pass_over(id) then
      local envelope = redis.call('HGET', body, id)
      if not envelope or is_no_id(id) then
        set_aside(id)
      else
        sorted_bytes = sorted_bytes + (turns and #envelope or 0)
        key(turns and class_of(envelope) or '0:0:', lane, id)
      end
    end
  end
  if done > 0 then redis.call('LTRIM', list, 0, -done - 1) end
end
if count_of_limits > 0 then
  local most = turns and MOST_SORTED or math.min(MOST_SORTED, max)
  sort(front, '0', most)
  sort(back, '1', most)
end

-- What is taken: ids, marks, envelopes, classes; where from: a list, or the entry in keyed. Nothing leaves its place before its lease
-- is written.
local ids, marks, bodies, classes, lists, entries, bytes, full_up = {}, {}, {}, {}, {}, {}, 0, false

local function pick(id, mark, envelope, class, scopes, list, entry)
  if #ids > 0 and bytes + #envelope > max_bytes then
    full_up = true
    return false
  end
  bytes = bytes + #envelope
  local n = #ids + 1
  ids[n], marks[n], bodies[n], classes[n], lists[n], entries[n] = id, mark, envelope, class, list or false, entry or false
  take_permits(scopes)
  return true
end

-- From a lane that has a list of its own: what has no permit is left there, and what is behind it is looked at.
local function take_from(list, mark, want)
  while true do
    local id = redis.call('LINDEX', list, -1)
    if not id or not pass_over(id) then break end
    redis.call('RPOP', list)
  end
  local found, left, gone = redis.call('LRANGE', list, -50, -1), {}, {}
  for i = #found, 1, -1 do
    if want <= 0 or full_up or queue_is_full() then return end
    local id = found[i]
    left[id] = left[id] or tonumber(redis.call('HGET', stale, id) or '0')
    if left[id] > 0 then
      left[id] = left[id] - 1
    else
      local envelope = redis.call('HGET', body, id)
      if envelope then
        local class = class_of(envelope)
        local scopes = scopes_of(class)
        local by, at = blocked_by(scopes)
        if by then
          permit_at = math.min(permit_at, at)
        elseif pick(id, mark, envelope, class, scopes, list) then
          want = want - 1
        end
      else
        gone[#gone + 1] = id
      end
    end
  end
  for _, id in ipairs(gone) do
    set_aside(id)
    redis.call('LREM', list, -1, id)
  end
end

-- At most one suspect, if the session holds none.
local may_suspect = ARGV[7] == '1'
if may_suspect then
  for _, value in ipairs(redis.call('HVALS', lease)) do
    if string.sub(value, -1) == 's' then may_suspect = false end
  end
end
if may_suspect then
  take_from(suspect, 's', 1)
  for i = FIRST_LANE + 1, #KEYS, 2 do take_from(KEYS[i], 's', 1 - #ids) end
end
for i = FIRST_LANE, #KEYS, 2 do take_from(KEYS[i], 'f', max - #ids) end

-- Until time brings a permit of a scope, classes that wait for it are left alone.
local function wait_until(scope, at)
  redis.call('ZADD', until_, at, scope)
  redis.call('ZADD', blocked, 0, timer_of(scope))
end

-- Classes that wait for a scope have their turn when it has a permit, one after the other.
local function go_on(scope)
  if not limit_of(scope) then return end
  local at = look(scope)
  if not at then
    pull(keys, blocked, cfg, scope)
  elseif at < math.huge then
    local of = #scope .. ':' .. scope
    if #redis.call('ZRANGEBYLEX', blocked, '[' .. of .. '\0', '(' .. of .. '\1', 'LIMIT', 0, 1) > 0 then wait_until(scope, at) end
  end
end
for _, scope in ipairs(redis.call('ZRANGEBYSCORE', until_, '-inf', micros, 'LIMIT', 0, MOST_LOOKED)) do
  redis.call('ZREM', until_, scope)
  redis.call('ZREM', blocked, timer_of(scope))
  go_on(scope)
end

-- How many of each class's lanes were taken, and the next one: of ten at least one from the back.
local used = {}
local function next_entry(class, turn)
  local from = { ['0'] = class .. '\0000', ['1'] = class .. '\0001' }
  local first = (number + turn) % 10 == 9 and '1' or '0'
  for _, lane in ipairs({ first, first == '0' and '1' or '0' }) do
    local name = from[lane]
    local found = redis.call('ZRANGEBYLEX', keyed, '[' .. name, '(' .. class .. '\000' .. (lane == '0' and '1' or '2'),
        'LIMIT', used[name] or 0, 1)[1]
    if found then return found, name end
  end
end

local looked = 0
while #ids < max and not full_up and looked < MOST_LOOKED and not queue_is_full() do
  local class = redis.call('ZRANGE', keys, 0, 0)[1]
  if not class then break end
  looked = looked + 1
  local scopes = scopes_of(class)
  local by, at = blocked_by(scopes)
  if by and not next_entry(class, 0) then
    redis.call('ZREM', keys, class)
  elseif by then
    redis.call('ZREM', keys, class)
    redis.call('ZADD', blocked, 0, #by .. ':' .. by .. '\0' .. string.format('%016.0f', next_number(cfg)) .. class)
    if at < math.huge then wait_until(by, at) end
  else
    local entry, name = next_entry(class, looked)
    local id = entry and id_of_entry(entry)
    local envelope = id and redis.call('HGET', body, id)
    local real = envelope and class_of(envelope)
    if not entry then
      redis.call('ZREM', keys, class)
    elseif not envelope then
      set_aside(id)
      unkey(keyed, kof, id)
    elseif turns and real ~= class then
      -- It came when there was no limit of handlers or keys, or its envelope was replaced.
      redis.call('ZREM', keyed, entry)
      key(real, string.sub(name, -1), id, true) -- what it had may all be taken by now
    else
      if pick(id, string.sub(name, -1) == '0' and 'f' or 'b', envelope, real, scopes_of(real), nil, entry) then
        used[name] = (used[name] or 0) + 1
        redis.call('ZADD', keys, next_number(cfg), class)
      end
    end
  end
  for i = 2, #scopes do
    if scopes[i] ~= by then go_on(scopes[i]) end
  end
end

local values = {}
if #ids > 0 then
  local to = redis.call('INCRBY', tok, #ids)
  local from, leases, holds = to - #ids + 1, {}, {}
  for i = 1, #ids do
    values[i] = (from + i - 1) .. marks[i]
    leases[2 * i - 1], leases[2 * i] = ids[i], values[i]
    holds[2 * i - 1], holds[2 * i] = ids[i], classes[i]
  end
  redis.call('HSET', held, unpack(holds))
  redis.call('HSET', lease, unpack(leases))
  redis.call('HSET', sinfo, 'c:' .. session, number .. ' ' .. from .. ' ' .. to)
  for i = 1, #ids do
    for _, scope in ipairs(scopes_of(classes[i])) do
      redis.call('HINCRBY', run, scope, 1)
      if full[scope] and limit_of(scope) and limit_of(scope).step then redis.call('ZADD', rate, full[scope], scope) end
    end
    if entries[i] then
      redis.call('ZREM', keyed, entries[i])
      redis.call('HDEL', kof, ids[i])
    else
      redis.call('LREM', lists[i], -1, ids[i])
    end
  end
end
redis.call('ZREMRANGEBYSCORE', rate, '-inf', micros)

for i = FIRST_LANE, #KEYS, 2 do
  local need = ARGV[FIRST_NEED + (i - FIRST_LANE) / 2]
  local left = redis.call('LLEN', KEYS[i]) + redis.call('LLEN', KEYS[i + 1])
  if left > 0 then redis.call('HSET', needs, need, left) else redis.call('HDEL', needs, need) end
end

-- No limit is left, and nothing waits where there were some.
if count_of_limits == 0 and redis.call('ZCARD', keyed) == 0 then
  redis.call('HDEL', cfg, 'limits')
  redis.call('DEL', held, run, rate, keys, blocked, until_)
end

local common = redis.call('LLEN', front) + redis.call('LLEN', back) > 0
local more = not queue_is_full() and (redis.call('ZCARD', keys) > 0 or common)
if #ids == 0 or (not more and #ids < max) then
  redis.call('ZADD', idle, now + tonumber(ARGV[8]), session)
elseif more then
  wake(idle, ARGV[5], ARGV[6], now)
end
return { 'C', more and 1 or 0, next_due(), ids, values, bodies, records_of(rec, ids), missing, redis.call('HKEYS', needs), now }
