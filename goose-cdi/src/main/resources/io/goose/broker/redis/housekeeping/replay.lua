-- Sends dead or parked jobs anew, with all their retries. ARGV: prefix of the wake-up channels, queue, places, ids
-- Returns { those that were there, recorded marks }
local places, moved = ARGV[3], {}
for i = 4, #ARGV do
  local id = ARGV[i]
  if redis.call('HEXISTS', body, id) == 1 and ((is_in(places, 'D') and redis.call('ZSCORE', dead, id))
      or (is_in(places, 'P') and redis.call('ZSCORE', parked, id))) then
    local r = parse(redis.call('HGET', rec, id))
    r.attempt, r.moves, r.crashes, r.unknownSince, r.died = '1', r.moves + 1, '0', '0', '0'
    store(rec, id, r)
    mark(id, 'E')
    redis.call('HDEL', note, id)
    redis.call('LPUSH', front, id)
    redis.call('ZREM', dead, id)
    redis.call('ZREM', parked, id)
    moved[#moved + 1] = id
  end
end
if #moved > 0 then wake(idle, ARGV[1], ARGV[2], clock()) end
return { moved, marks }
