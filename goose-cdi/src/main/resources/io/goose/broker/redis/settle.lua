-- keys: sess sinfo suspect front back due body rec stale dead parked note idle needs unk fx fxt in cancel held run keys blocked cfg
-- More: lease:<session>, then h:<need>, s:<need> and n:<need> for each need that is named; last uniq, result and resultt, if a unique
--   key is given up or something is kept of a job.
-- Applies outcomes and effects, each job's in one step.
-- ARGV: session, number of the settle or 0, prefix of the wake-up channels, queue, most dead, age of the dead (ms), how long a
--   mark is kept (ms), how many needs, the needs, then for each job: id, lease value, operation, three arguments, how many effects; for each effect:
--   queue ('' for this one), id, lane, time to wait for (epoch ms or 0), mark, record, envelope; with the lane u it is the
--   id that gives up the unique key in the place of the record, with v it is the id of which the text in the place of the envelope
--   is kept, for the time in the place of the mark (ms); or for what a member has become for its batch: '*', letter of the state,
--   moves, and nothing four times
-- Operations: D done; R after, record: retried here; Q after, record, queue: retried on another queue; X record: buried;
--   L after, need: released; Z after: snoozed; P reason, need: parked; U returned unstarted (to the head of its lane)
-- Returns { letters as of done.lua, names of recorded effects, how many dead were evicted }
local sess, sinfo, suspect, front, back, due, body, rec, stale =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local dead, parked, note, idle, needs, unk, fx, fxt, accepted, cancel =
    KEYS[10], KEYS[11], KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17], KEYS[18], KEYS[19]
local limited, run, keys, blocked, cfg, lease = KEYS[20], KEYS[21], KEYS[22], KEYS[23], KEYS[24], KEYS[25]
local session, number, prefix, queue = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local now = clock()

local known = redis.call('HMGET', sinfo, 's:' .. session, 'i:' .. session)
local last = known[1]
if number ~= '0' and last then
  local done, letters, names = string.match(last, '^(%d+):(%a*)\n?(.*)$')
  if done == number then
    local recorded = {}
    for name in string.gmatch(names, '[^\n]+') do recorded[#recorded + 1] = name end
    return { letters, recorded, 0 }
  end
end

local lanes, suspects, unknown, live = {}, {}, {}, {}
local cursor = 9
for i = 1, tonumber(ARGV[8]) do
  local need = ARGV[cursor]
  lanes[need], suspects[need], unknown[need] = KEYS[23 + 3 * i], KEYS[24 + 3 * i], KEYS[25 + 3 * i]
  cursor = cursor + 1
end

local recorded, evicted, hurry = {}, 0, false

local function knows(need)
  if live[need] == nil then live[need] = announced(sess, sinfo, need, now) end
  return live[need]
end

local function later(id, after)
  redis.call('ZADD', due, now + after, id)
  hurry = hurry or redis.call('ZRANGE', due, 0, 0)[1] == id
end

local function to_front(id, crashed)
  redis.call('LPUSH', crashed and suspect or front, id)
  hurry = true
end

local function route(id, need, crashed)
  redis.call('LPUSH', crashed and suspects[need] or lanes[need], id)
  redis.call('HSET', needs, need, redis.call('LLEN', lanes[need]) + redis.call('LLEN', suspects[need]))
  wake_for(need, idle, sinfo, prefix, queue, now)
end

local function clear_unknown(id, record)
  local r = parse(record)
  if r.unknownSince ~= '0' then
    r.unknownSince = '0'
    store(rec, id, r)
  end
end

-- No live session can run it: remembered, so that one that can finds it when it comes.
local function note_unknown(id, need)
  local r = parse(redis.call('HGET', rec, id))
  if r.unknownSince == '0' then
    r.unknownSince = now
    store(rec, id, r)
  end
  redis.call('SADD', unknown[need], id)
  redis.call('HSET', unk, need, '1')
end

-- What goes to another slot: a header that begins with the lengths, then queue, id, record and envelope.
local function record_effect(to, id, lane, time, mark, record, envelope)
  local name = id .. ':' .. mark
  redis.call('HSET', fx, name,
      table.concat({ #to, #id, #record, lane, time, mark }, ' ') .. '\n' .. to .. id .. record .. envelope)
  redis.call('ZADD', fxt, now, name)
  recorded[#recorded + 1] = name
end

local function enqueue_here(id, lane, time, mark, record, envelope)
  local name = id .. ':' .. mark
  local oldest = now - tonumber(ARGV[7])
  local before = redis.call('ZSCORE', accepted, name)
  if redis.call('HEXISTS', body, id) == 1 or (before and tonumber(before) > oldest) then return end
  redis.call('HSET', body, id, envelope)
  if record ~= '' then redis.call('HSET', rec, id, record) end
  redis.call('ZADD', accepted, now, name)
  local old = redis.call('ZRANGEBYSCORE', accepted, '-inf', oldest, 'LIMIT', 0, 100)
  if #old > 0 then redis.call('ZREM', accepted, unpack(old)) end
  time = tonumber(time)
  if time > now then
    later(id, time - now)
  else
    redis.call('LPUSH', (time > 0 or lane == 'f') and front or back, id)
    hurry = true
  end
end

local apply = {}

function apply.D(id)
  redis.call('HDEL', body, id)
  redis.call('HDEL', rec, id)
end

function apply.R(id, after, record)
  redis.call('HSET', rec, id, record)
  if tonumber(after) > 0 then later(id, tonumber(after)) else to_front(id, crashes(record) > 0) end
end

function apply.Q(id, after, record, to)
  local envelope = redis.call('HGET', body, id)
  if envelope then
    local r = parse(record)
    local time = tonumber(after) > 0 and now + after or 1
    record_effect(to, id, 'f', time, r.moves, record, envelope)
    redis.call('HDEL', body, id)
    redis.call('HDEL', rec, id)
  else
    redis.call('ZADD', parked, now, id)
    redis.call('HSET', note, id, 'its envelope is not in Redis any more')
  end
end

function apply.X(id, record)
  local r = parse(record)
  r.died, r.unknownSince = now, '0'
  redis.call('HSET', rec, id, text(r))
  redis.call('ZADD', dead, now, id)
  evicted = evicted + evict(dead, body, rec, tonumber(ARGV[5]), tonumber(ARGV[6]), now)
end

-- A job that is routed keeps since when nobody knew it: the session that it goes to may miss something else, and two that
-- pass it on to each other must not make it wait for ever. Who released it without a need could have run it.
function apply.L(id, after, need)
  local record = redis.call('HGET', rec, id)
  local crashed = crashes(record) > 0
  after = tonumber(after)
  if need == '' then
    if record then clear_unknown(id, record) end
    if after > 0 then later(id, after) else to_front(id, crashed) end
  elseif knows(need) then
    route(id, need, crashed)
  else
    note_unknown(id, need)
    later(id, math.max(after, 1))
  end
end

function apply.Z(id, after)
  local r = parse(redis.call('HGET', rec, id))
  r.moves, r.crashes, r.unknownSince = r.moves + 1, '0', '0'
  store(rec, id, r)
  if tonumber(after) > 0 then later(id, tonumber(after)) else to_front(id, false) end
end

function apply.P(id, reason, need)
  if need ~= '' and knows(need) then
    apply.L(id, '0', need)
    return
  end
  if need ~= '' then note_unknown(id, need) end
  redis.call('ZADD', parked, now, id)
  redis.call('HSET', note, id, reason)
end

local ids, places = {}, {}
while cursor <= #ARGV do
  ids[#ids + 1], places[#places + 1] = ARGV[cursor], cursor
  cursor = cursor + 7 + 7 * tonumber(ARGV[cursor + 6])
end
local held = #ids > 0 and redis.call('HMGET', lease, unpack(ids)) or {}
local asked = #ids > 0 and redis.call('HLEN', cancel) > 0 and redis.call('HMGET', cancel, unpack(ids)) or {}
local answers, settled = {}, {}
-- Changes nothing: a server out of memory refuses a script whose first write adds something, and a user without the right to
-- take leases away is refused before anything is written. A lease goes last: where a command is refused the job is still held.
redis.call('HDEL', lease, '')
for n, id in ipairs(ids) do
  local at = places[n]
  local value, operation = ARGV[at + 1], ARGV[at + 2]
  if held[n] ~= value or settled[id] then
    answers[n] = 'S'
  else
    answers[n] = 'A'
    settled[id] = true
    if asked[n] then redis.call('HDEL', cancel, id) end
    local removed = asked[n] == value and operation ~= 'X' and operation ~= 'D' -- cancelled: it is not put back
    if removed then
      if is_member(id) then
        local moves = parse(redis.call('HGET', rec, id)).moves
        recorded[#recorded + 1] = record_mark(fx, fxt, id, moves, 'C', now)
      end
      apply.D(id)
    elseif operation == 'U' then
      local crashed = string.sub(value, -1) == 's' or crashes(redis.call('HGET', rec, id)) > 0
      redis.call('RPUSH', crashed and suspect or front, id)
      hurry = true
    else
      apply[operation](id, ARGV[at + 3], ARGV[at + 4], ARGV[at + 5])
    end
    for e = 0, tonumber(ARGV[at + 6]) - 1 do
      local f = at + 7 + 7 * e
      if ARGV[f] == '*' then
        if not removed then recorded[#recorded + 1] = record_mark(fx, fxt, id, ARGV[f + 2], ARGV[f + 1], now) end
      elseif ARGV[f] == '' and ARGV[f + 2] == 'u' then
        release_unique(KEYS[#KEYS - 2], ARGV[f + 1], ARGV[f + 5])
      elseif ARGV[f + 2] == 'v' then
        put_result(KEYS[#KEYS - 1], KEYS[#KEYS], ARGV[f + 1], tonumber(ARGV[f + 4]), ARGV[f + 6], now)
      elseif ARGV[f] == '' then
        enqueue_here(ARGV[f + 1], ARGV[f + 2], ARGV[f + 3], ARGV[f + 4], ARGV[f + 5], ARGV[f + 6])
      else
        record_effect(ARGV[f], ARGV[f + 1], ARGV[f + 2], ARGV[f + 3], ARGV[f + 4], ARGV[f + 5], ARGV[f + 6])
      end
    end
    redis.call('HDEL', lease, id)
  end
end

local ended = {}
for id in pairs(settled) do ended[#ended + 1] = id end
local freed, awaited = permits_back(limited, run, keys, blocked, cfg, ended)
if awaited or (freed and redis.call('LLEN', suspect) + redis.call('HLEN', needs) > 0) then hurry = true end
if hurry then wake(idle, prefix, queue, now) end
local answer = table.concat(answers)
if number ~= '0' and known[2] then
  local names = #recorded > 0 and '\n' .. table.concat(recorded, '\n') or ''
  redis.call('HSET', sinfo, 's:' .. session, number .. ':' .. answer .. names)
end
return { answer, recorded, evicted }
