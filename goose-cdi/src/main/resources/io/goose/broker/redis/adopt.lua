-- keys: due parked rec front suspect note unk idle
-- One more: n:<need>.
-- A session that knows a need has come: the jobs that waited for it go to the front, a hundred a call.
-- ARGV: need, prefix of the wake-up channels, queue
-- Returns { 1 if there may be more, how many came back }
local due, parked, rec, front, suspect, note, unk, idle, waiting =
    KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8], KEYS[9]
local back = 0
-- Changes nothing: a server out of memory refuses a script whose first write adds something. An id goes from here last: where a
-- command is refused it is found again.
redis.call('SREM', waiting, '')
local ids, found = redis.call('SRANDMEMBER', waiting, 100), {}
-- A set's members come in no order: by the time they waited for, for want of a better one. Ids stay here when their job has gone
-- on, and another one may have come under the same id: what waits now for something else is left alone.
for _, id in ipairs(ids) do
  local time = redis.call('ZSCORE', due, id) or redis.call('ZSCORE', parked, id)
  local r = time and parse(redis.call('HGET', rec, id))
  if r and r.unknownSince ~= '0' then found[#found + 1] = { tonumber(time), id, r } end
end
table.sort(found, function(a, b) return a[1] < b[1] end)
for _, entry in ipairs(found) do
  local id, r = entry[2], entry[3]
  redis.call('LPUSH', tonumber(r.crashes) > 0 and suspect or front, id)
  redis.call('ZREM', due, id)
  redis.call('ZREM', parked, id)
  redis.call('HDEL', note, id)
  r.unknownSince = '0'
  store(rec, id, r)
  back = back + 1
end
if #ids > 0 then redis.call('SREM', waiting, unpack(ids)) end
if back > 0 then wake(idle, ARGV[2], ARGV[3], clock()) end
local left = redis.call('EXISTS', waiting)
if left == 0 then redis.call('HDEL', unk, ARGV[1]) end
return { left, back }
