-- Keys: those of enqueue.v1.lua, those of settle.lua with lease:xa:<branch>, uniq, result and resultt, then xa:<branch>.
-- Carries out one part of a branch in this queue and forgets it.
-- ARGV: branch, prefix of the wake-up channels, queue, how long a mark is kept (ms), most dead, age of the dead (ms)
-- Returns { how many parts are left, names of recorded effects, how many dead were evicted }. What is not there any more was done before.
local ENQUEUE, SETTLE, BRANCH = 8, 36, 37
local branch, owner = KEYS[BRANCH], 'xa:' .. ARGV[1]
local prefix, queue, retention, most, age = ARGV[2], ARGV[3], ARGV[4], ARGV[5], ARGV[6]
-- Changes nothing: what frees memory must go on, and a user who may not do it is refused before anything is done.
redis.call('HDEL', branch, '')
local parts = redis.call('HKEYS', branch)
if #parts == 0 then -- a write, so that who waits for replicas waits for the call that did it too
  redis.call('HSET', branch, '', '')
  redis.call('DEL', branch)
  return { 0, {}, 0 }
end
if parts[1] == 'x' then return { 0, {}, 0 } end
table.sort(parts, function(a, b) return tonumber(string.match(a, '%d+')) < tonumber(string.match(b, '%d+')) end)
local part, recorded, evicted = parts[1], {}, 0
local packed = redis.call('HGET', branch, part)
if string.sub(part, -1) == 's' then
  local answer = settle(some_keys(ENQUEUE + 1, SETTLE),
      unpacked({ owner, '0', prefix, queue, most, age, retention, '0' }, packed))
  recorded, evicted = answer[2], answer[3]
else
  enqueue(some_keys(1, ENQUEUE), unpacked({ prefix, queue, '0', retention }, packed))
end
redis.call('HDEL', branch, part)
if #parts == 1 then redis.call('ZREM', KEYS[ENQUEUE + 1], owner) end
return { #parts - 1, recorded, evicted }
