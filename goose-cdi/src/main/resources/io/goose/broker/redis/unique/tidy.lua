-- keys: uniq body dead parked fx
-- Forgets what is noted of keys that nobody holds any more, as those of deleted jobs; some at a time, found by chance.
-- ARGV: most, then pairs of a key and the id of its job of which it is known that it is not in the queue of its retries either
-- Returns { how many were forgotten, how many are left, keys and ids of jobs that may be in the queues of their retries, and those
--   queues, in threes }
-- One that is dead may be replayed, and then holds its key if nobody else has it: it is left alone.
local uniq, body, dead, parked, fx = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local now, forgotten, doubtful = clock(), 0, {}
local absent = {}
for i = 2, #ARGV, 2 do absent[ARGV[i]] = ARGV[i + 1] end
redis.call('HDEL', uniq, '') -- changes nothing: a server out of memory refuses a script whose first write adds something

local recorded = nil
local function is_recorded(id)
  if not recorded then
    recorded = {}
    for _, name in ipairs(redis.call('HKEYS', fx)) do recorded[string.match(name, '^(.*):') or name] = true end
  end
  return recorded[id]
end

local function look(key, noted)
  local scope, till, length, rest = string.match(noted, '^(%a)|(%d+)|(%d+)|(.*)$')
  local id = scope and string.sub(rest, 1, tonumber(length))
  local retries = scope and string.sub(rest, #id + 1)
  if scope == 'u' then
    if tonumber(till) > now then return end
  elseif scope then
    if redis.call('HEXISTS', body, id) == 1 or redis.call('ZSCORE', parked, id) or redis.call('ZSCORE', dead, id) then return end
    if retries ~= '' and (is_recorded(id) or absent[key] ~= id) then
      if not is_recorded(id) then
        doubtful[#doubtful + 1] = key
        doubtful[#doubtful + 1] = id
        doubtful[#doubtful + 1] = retries
      end
      return
    end
  end
  forgotten = forgotten + redis.call('HDEL', uniq, key)
end

if next(absent) then
  for key in pairs(absent) do
    local noted = redis.call('HGET', uniq, key)
    if noted then look(key, noted) end
  end
else
  local some = redis.call('HRANDFIELD', uniq, ARGV[1], 'WITHVALUES')
  for i = 1, #some, 2 do look(some[i], some[i + 1]) end
end
return { forgotten, redis.call('HLEN', uniq), doubtful }
