-- keys: body rec back front due in idle uniq dead parked fx stale sess cfg
-- More: send:<producer>, then lease:<session> of all sessions, if they were asked for.
-- Adds jobs to one queue that are each to be the only one with its key: whether the key is held and the enqueue are one step.
-- ARGV: prefix of the wake-up channels, queue, number of this call, how long a mark is kept (ms), how many sessions, the sessions,
--   then twelve for each job: id, lane (b or f), time to wait for (epoch ms, or 0), mark, record, envelope as of enqueue.v1.lua; then key,
--   scope (w waiting, r running, u until), until (epoch ms, or 0), what becomes of it if the key is held (k keep, r replace, d debounce),
--   queue of the retries ('' for this one), and of that queue an id of which it is known that it is not there ('' for none)
-- Returns for each job a letter and an id, '' where there is none: A added; E not added, for the job with this id is there or holds the
--   key; R the one with this id has the envelope of this one now; L nothing was done, the sessions are needed; Q or V nothing was done, the
--   job with this id may be in the queue of its retries, which follows a tab, and hold the key there, with V while it waits alone: look,
--   and ask again.
-- The last answer of a producer is kept as by enqueue.v1.lua, but with these lines as the answer.
-- What is noted of a key, in uniq: scope|until|length of the id|id, queue of its retries. It holds the key as long as it is there.
local body, rec, back, front, due, accepted, idle, uniq =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local dead, parked, fx, stale, sess, cfg, sent = KEYS[9], KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15]
local prefix, queue, number, retention, sessions = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local FIRST_LEASE, FIRST = 16, 6 + sessions

local function lines(text)
  local all = {}
  for line in string.gmatch(text, '([^\n]*)\n') do all[#all + 1] = line end
  return all
end

local last = redis.call('GET', sent)
local colon = last and string.find(last, ':', 1, true)
if colon and string.sub(last, 1, colon - 1) == number then
  redis.call('SET', sent, last, 'PX', 600000) -- a write, so that whoever waits for replicas waits for the first call too
  return lines(string.sub(last, colon + 1))
end

local now, hurry = clock(), false
local passed, all_passed = {}, true
for i = 1, sessions do passed[ARGV[5 + i]] = true end
if sessions > 0 then
  for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
    if not passed[session] then all_passed = false end
  end
end
local knows_leases = sessions > 0 and all_passed

local function runs(id)
  for i = FIRST_LEASE, #KEYS do
    if redis.call('HEXISTS', KEYS[i], id) == 1 then return true end
  end
  return false
end

-- Whether it is on its way to another queue: recorded as id:moves.
local function is_recorded(id)
  local start = id .. ':'
  for _, name in ipairs(redis.call('HLEN', fx) > 0 and redis.call('HKEYS', fx) or {}) do
    if string.sub(name, 1, #start) == start then return true end
  end
  return false
end

-- Where a noted job is: W it waits or runs, S scheduled, P parked, D dead, X it is not here.
local function place_of(id)
  if redis.call('ZSCORE', dead, id) then return 'D' end
  if redis.call('ZSCORE', parked, id) then return 'P' end
  if redis.call('HEXISTS', body, id) == 0 then return 'X' end
  return redis.call('ZSCORE', due, id) and 'S' or 'W'
end

-- Whether the noted job holds the key: Y or N; L, Q and V as in the answers. And its place.
local function state_of(scope, till, id, retries, absent, conflict)
  local place = place_of(id)
  if scope == 'u' then return till > now and 'Y' or 'N', place end
  if place == 'D' then return 'N', place end
  if place == 'X' then
    if retries == '' then return 'N', place end
    if is_recorded(id) then return 'Y', place end
    return absent == id and 'N' or scope == 'w' and 'V' or 'Q', place
  end
  if place == 'W' and (scope == 'w' or conflict ~= 'k') then
    if not knows_leases and redis.call('ZCARD', sess) > 0 then return 'L', place end
    if runs(id) then return scope == 'w' and 'N' or 'Y', 'B' end
  end
  return 'Y', place
end

-- Of one that is held until a time it is only known where it waits if the leases are.
local function waits(id, place)
  if place == 'S' then return true, true end
  if place ~= 'W' then return false, true end
  if not knows_leases and redis.call('ZCARD', sess) > 0 then return false, false end
  return not runs(id), true
end

local function add(at, id, time)
  local lane, mark, record, envelope = ARGV[at + 1], ARGV[at + 3], ARGV[at + 4], ARGV[at + 5]
  if time > now then
    redis.call('ZADD', due, time, id)
    hurry = hurry or redis.call('ZRANGE', due, 0, 0)[1] == id
  else
    redis.call('LPUSH', (time > 0 or lane == 'f') and front or back, id)
    hurry = true
  end
  redis.call('HSET', body, id, envelope)
  if record ~= '' then redis.call('HSET', rec, id, record) end
  if mark ~= '' then
    redis.call('ZADD', accepted, now, id .. ':' .. mark)
    local old = redis.call('ZRANGEBYSCORE', accepted, '-inf', now - retention, 'LIMIT', 0, 500)
    if #old > 0 then redis.call('ZREM', accepted, unpack(old)) end
  end
end

local function decide(at)
  local id, time, mark = ARGV[at], tonumber(ARGV[at + 2]), ARGV[at + 3]
  local key, scope, till, conflict, retries, absent =
      ARGV[at + 6], ARGV[at + 7], ARGV[at + 8], ARGV[at + 9], ARGV[at + 10], ARGV[at + 11]
  if redis.call('HEXISTS', body, id) == 1 then return 'E', id end
  local when = mark ~= '' and redis.call('ZSCORE', accepted, id .. ':' .. mark)
  if when and tonumber(when) > now - retention then return 'E', id end
  local noted = redis.call('HGET', uniq, key)
  local held_scope, held_till, length, rest = string.match(noted or '', '^(%a)|(%d+)|(%d+)|(.*)$')
  if held_scope then
    local holder = string.sub(rest, 1, tonumber(length))
    local elsewhere = string.sub(rest, #holder + 1)
    local held, place = state_of(held_scope, tonumber(held_till), holder, elsewhere, absent, conflict)
    if held == 'L' then return 'L', '' end
    if held == 'Q' or held == 'V' then return held, holder .. '\t' .. elsewhere end
    if held == 'Y' then
      if conflict == 'k' then return 'E', holder end
      local does_wait, known = waits(holder, place)
      if not known then return 'L', '' end
      if not does_wait then return 'E', holder end
      redis.call('HSET', body, holder, ARGV[at + 5])
      if conflict == 'd' and place == 'S' and time > now then
        redis.call('ZADD', due, time, holder)
        hurry = hurry or redis.call('ZRANGE', due, 0, 0)[1] == holder
      end
      return 'R', holder
    end
  end
  -- Noted first: a key of a job that is not there is not held.
  redis.call('HSET', uniq, key, scope .. '|' .. till .. '|' .. #id .. '|' .. id .. retries)
  add(at, id, time)
  return 'A', ''
end

local answers = {}
for at = FIRST, #ARGV, 12 do
  local letter, id = decide(at)
  answers[#answers + 1] = letter
  answers[#answers + 1] = id
end
if hurry then wake(idle, prefix, queue, now) end
redis.call('SET', sent, number .. ':' .. table.concat(answers, '\n') .. '\n', 'PX', 600000)
return answers
