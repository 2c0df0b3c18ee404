-- keys: sess sinfo suspect front body rec dead idle cancel fx fxt held run keys blocked cfg
-- One more: lease:<session> of the dead session.
-- Gives back what a dead session held, and removes what was cancelled, at most 500 jobs a call, the youngest leases first.
-- ARGV: the dead session, prefix of the wake-up channels, queue, how many crashes bury, most dead, age of the dead (ms)
-- Returns { 1 if there is more, ids back at the front, ids that became suspects, ids that were buried, dead evicted, names of recorded
--   marks of members of batches }
local sess, sinfo, suspect, front, body, rec, dead, idle, cancel, fx, fxt =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10], KEYS[11]
local limited, run, keys, blocked, cfg, lease = KEYS[12], KEYS[13], KEYS[14], KEYS[15], KEYS[16], KEYS[17]
local session, prefix, queue, limit = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local now = clock()

local expiry = redis.call('ZSCORE', sess, session)
if not expiry or tonumber(expiry) > now then return { 0, {}, {}, {}, 0, {} } end

local threads, exposure, host = string.match(redis.call('HGET', sinfo, 'i:' .. session) or '', '^(%d+) (%d+) (.*)$')
threads, exposure, host = threads or '0', tonumber(exposure or '0'), host or '?'
-- Jobs are started in the order of their leases. A session that was closed in order was running none.
if redis.call('HEXISTS', sinfo, 'x:' .. session) == 1 then exposure = -1 end

local held, entries = redis.call('HGETALL', lease), {}
for i = 1, #held, 2 do
  entries[#entries + 1] =
      { tonumber(string.match(held[i + 1], '^%d+')), held[i], string.sub(held[i + 1], -1) == 's', false, held[i + 1] }
end
table.sort(entries, function(a, b) return a[1] < b[1] end)

-- Which can have been running: the first ones, not counting the suspect, which is never kept waiting.
local plain = 0
for _, entry in ipairs(entries) do
  if not entry[3] then plain = plain + 1 end
  entry[4] = exposure >= 0 and (entry[3] or plain <= exposure)
end

local function json(value)
  return '"' .. string.gsub(string.gsub(value, '[^\10\32-\126]', '?'), '["\\\10]', { ['"'] = '\\"', ['\\'] = '\\\\', ['\10'] = '\\n' }) .. '"'
end

-- The session is called as it calls itself: its standing with this queue has a number more.
local function bury(id, r)
  local neighbours = { 'neighbours:' }
  for _, entry in ipairs(entries) do
    if entry[4] and entry[2] ~= id and #neighbours <= 100 then neighbours[#neighbours + 1] = entry[2] end
  end
  local message = 'was running, alone among suspects, when its worker died for the ' .. r.crashes .. (r.crashes == 3 and 'rd' or 'th') .. ' time; host ' .. host
      .. ', session ' .. string.match(session, '^[^.]+') .. ', ' .. threads .. ' threads'
  r.failure = '{"type":"goose.poison","message":' .. json(message) .. ',"stack":' .. json(table.concat(neighbours, '\n')) .. '}'
  if r.first == '0' then r.first = now end
  r.last, r.died, r.unknownSince = now, now, '0'
  redis.call('HSET', rec, id, text(r))
  redis.call('ZADD', dead, now, id)
end

-- Changes nothing: a server out of memory refuses a script whose first write adds something. A lease goes last: where a command is
-- refused the job is still held.
redis.call('HDEL', lease, '')
local rescued, suspects, buried, heads, ended, marks = {}, {}, {}, {}, {}, {}
local any_cancelled = redis.call('HLEN', cancel) > 0
local lowest = math.max(1, #entries - 499)
for i = #entries, lowest, -1 do
  local id, was_suspect, counted = entries[i][2], entries[i][3], entries[i][4]
  ended[#ended + 1] = id
  if any_cancelled and redis.call('HGET', cancel, id) == entries[i][5] then
    if is_member(id) then
      marks[#marks + 1] = record_mark(fx, fxt, id, parse(redis.call('HGET', rec, id)).moves, 'C', now)
    end
    redis.call('HDEL', body, id)
    redis.call('HDEL', rec, id)
    redis.call('HDEL', cancel, id)
  elseif counted then
    local r = parse(redis.call('HGET', rec, id))
    r.crashes = r.crashes + 1
    if was_suspect and r.crashes >= limit then
      bury(id, r)
      if is_member(id) then marks[#marks + 1] = record_mark(fx, fxt, id, r.moves, 'X', now) end
      buried[#buried + 1] = id
    else
      redis.call('HSET', rec, id, text(r))
      table.insert(suspects, 1, id)
    end
  elseif was_suspect then
    redis.call('RPUSH', suspect, id)
    table.insert(rescued, 1, id)
  else
    heads[#heads + 1] = id
    table.insert(rescued, 1, id)
  end
end
if #suspects > 0 then redis.call('LPUSH', suspect, unpack(suspects)) end
if #heads > 0 then redis.call('RPUSH', front, unpack(heads)) end
local permits = permits_back(limited, run, keys, blocked, cfg, ended)
if #ended > 0 then redis.call('HDEL', lease, unpack(ended)) end

if lowest == 1 then
  redis.call('ZREM', sess, session)
  redis.call('ZREM', idle, session)
  redis.call('HDEL', sinfo, 'i:' .. session, 'n:' .. session, 'c:' .. session, 's:' .. session, 'x:' .. session)
end
local evicted = #buried > 0 and evict(dead, body, rec, tonumber(ARGV[5]), tonumber(ARGV[6]), now) or 0
if permits or #rescued + #suspects > 0 then wake(idle, prefix, queue, now) end
return { lowest > 1 and 1 or 0, rescued, suspects, buried, evicted, marks }
