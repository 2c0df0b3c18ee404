-- keys: cfg limits held run keys blocked until body sess
-- More: lease:<session> of all sessions.
-- Sets a limit or removes it, and counts anew what runs.
-- ARGV: prefix of the wake-up channels, queue, scope ('' to count alone), text of the limit ('' to remove it), the sessions
-- Returns { 1 if the limit was there before, how many leases were counted wrongly, 1 if more are to be counted: ask again }, or
--   { -1, 0, 0 } if there are sessions that were not passed: then nothing is done.
local cfg, limits, held, run, keys, blocked, until_, body, sess =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local FIRST_LEASE, FIRST_SESSION, MOST = 10, 5, 500
local prefix, queue, scope, text = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local passed = {}
for i = FIRST_SESSION, #ARGV do passed[ARGV[i]] = true end
for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
  if not passed[session] then return { -1, 0, 0 } end
end

-- Changes nothing: a server out of memory refuses a script whose first write adds something.
redis.call('HDEL', held, '')
local was = 0
if scope ~= '' then
  was = redis.call('HEXISTS', limits, scope)
  if text == '' then
    redis.call('HDEL', limits, scope)
  else
    redis.call('HSET', limits, scope, text)
    redis.call('HSET', cfg, 'limits', '1')
  end
end
if redis.call('HEXISTS', cfg, 'limits') == 0 then return { was, 0, 0 } end

-- What is leased counts, whoever leased it and before whatever limit; nothing else does.
local leased, wrong, more, looked = {}, 0, 0, 0
for i = FIRST_LEASE, #KEYS do
  local ids = redis.call('HKEYS', KEYS[i])
  for from = 1, #ids, MOST do
    local to = math.min(from + MOST - 1, #ids)
    local known = redis.call('HMGET', held, unpack(ids, from, to))
    for n = from, to do
      local id = ids[n]
      leased[id] = true
      if id ~= '' and not known[n - from + 1] then
        if looked >= MOST then
          more = 1
        else
          looked, wrong = looked + 1, wrong + 1
          redis.call('HSET', held, id, class_of(redis.call('HGET', body, id) or ''))
        end
      end
    end
  end
end
local all, counts = redis.call('HGETALL', held), {}
for i = 1, #all, 2 do
  if leased[all[i]] then
    for _, one in ipairs(scopes_of(all[i + 1])) do counts[one] = (counts[one] or 0) + 1 end
  else
    wrong = wrong + 1
    redis.call('HDEL', held, all[i])
  end
end
local before = redis.call('HGETALL', run)
for i = 1, #before, 2 do
  if counts[before[i]] ~= tonumber(before[i + 1]) then wrong = math.max(wrong, 1) end
end
if wrong > 0 then
  redis.call('DEL', run)
  for one, count in pairs(counts) do redis.call('HSET', run, one, count) end
end

-- All look for permits again: what each of them waited for may be another limit now.
if scope ~= '' or wrong > 0 then
  for _, entry in ipairs(redis.call('ZRANGE', blocked, 0, -1)) do
    local length = string.match(entry, '^%d+')
    if length then redis.call('ZADD', keys, 'NX', next_number(cfg), string.sub(entry, #length + 1 + length + 18)) end
  end
  redis.call('DEL', blocked, until_)
  for _, session in ipairs(redis.call('ZRANGE', sess, 0, -1)) do
    redis.pcall('PUBLISH', prefix .. string.match(session, '^[^.]+'), queue)
  end
end
return { was, wrong, more }
