-- What the scripts of Goose's own sessions share. It is put before their text.

local function clock()
  local time = redis.call('TIME')
  return tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
end

-- The record of a job: 1|attempt|moves|crashes|lane|notBefore|unknownSince|firstFailedAt|lastFailedAt|diedAt|failure.
-- Where a job waits and until when is told by the list or sorted set that holds its id, not by the record.
local FRESH = '1|1|0|0|b|0|0|0|0|0|'
local FIELDS = '^1|(%d+)|(%d+)|(%d+)|(%a)|(%d+)|(%d+)|(%d+)|(%d+)|(%d+)|(.*)$'

local function parse(text)
  local r = {}
  r.attempt, r.moves, r.crashes, r.lane, r.notBefore, r.unknownSince, r.first, r.last, r.died, r.failure =
      string.match(text or FRESH, FIELDS)
  if not r.attempt then return parse(FRESH) end
  return r
end

local function text(r)
  return table.concat({ '1', r.attempt, r.moves, r.crashes, r.lane, r.notBefore, r.unknownSince, r.first, r.last,
      r.died, r.failure }, '|')
end

-- Stores a record, or nothing for one that says nothing.
local function store(rec, id, r)
  local value = text(r)
  if value == FRESH then
    redis.call('HDEL', rec, id)
  else
    redis.call('HSET', rec, id, value)
  end
end

local function crashes(record)
  return record and tonumber(string.match(record, '^1|%d+|%d+|(%d+)|') or '0') or 0
end

-- Wakes one session that waits, which is then no longer known to. What was done before is not to be undone where the user has
-- no right to the channel: a session looks for jobs every second anyway.
local function wake(idle, prefix, queue, now)
  local waiting = redis.call('ZPOPMAX', idle)
  if waiting[1] and tonumber(waiting[2]) > now then
    redis.pcall('PUBLISH', prefix .. string.match(waiting[1], '^[^.]+'), queue)
  end
end

-- Whether a session that announced these lines can do all that a job needs: one announcement, or several between spaces.
local function knows_all(lines, need)
  for one in string.gmatch(need, '[^ ]+') do
    if not string.find(lines, '\n' .. one .. '\n', 1, true) then return false end
  end
  return true
end

-- Whether a live session has announced that it can do what a job needs.
local function announced(sess, sinfo, need, now)
  for _, session in ipairs(redis.call('ZRANGEBYSCORE', sess, now, '+inf')) do
    local needs = redis.call('HGET', sinfo, 'n:' .. session)
    if needs and redis.call('HEXISTS', sinfo, 'x:' .. session) == 0
        and knows_all(needs, need) then
      return true
    end
  end
  return false
end

-- Wakes a waiting session that can do what a job needs.
local function wake_for(need, idle, sinfo, prefix, queue, now)
  for _, session in ipairs(redis.call('ZRANGEBYSCORE', idle, now, '+inf')) do
    local needs = redis.call('HGET', sinfo, 'n:' .. session)
    if needs and knows_all(needs, need) then
      redis.call('ZREM', idle, session)
      redis.pcall('PUBLISH', prefix .. string.match(session, '^[^.]+'), queue)
      return
    end
  end
end

-- Whether a job is a member of a batch, which its id tells.
local function is_member(id)
  return #id == 36 and string.sub(id, 15, 17) == '8b7' and string.sub(id, 29) > '00000000' and string.sub(id, 29) <= '00989680'
end

-- Records what a member of a batch has become, for the batch may be kept with another queue. Returns the name of what was recorded.
local function record_mark(fx, fxt, id, moves, letter, now)
  local name = id .. ':' .. moves .. letter
  redis.call('HSET', fx, name, 'M')
  redis.call('ZADD', fxt, now, name)
  return name
end

-- Keeps no more of the dead than was asked for, and no row of those that go where there are rows; returns how many had to go.
local function evict(dead, body, rec, max, age, now, row)
  local gone = redis.call('ZRANGEBYSCORE', dead, '-inf', now - age, 'LIMIT', 0, 100)
  if #gone == 0 then
    local over = redis.call('ZCARD', dead) - max
    if over > 0 then gone = redis.call('ZRANGE', dead, 0, math.min(over, 500) - 1) end
  end
  if #gone > 0 then
    if row then redis.call('HDEL', row, unpack(gone)) end
    redis.call('ZREM', dead, unpack(gone))
    redis.call('HDEL', body, unpack(gone))
    redis.call('HDEL', rec, unpack(gone))
  end
  return #gone
end
