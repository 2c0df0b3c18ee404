-- What the claims of plain queues and of those with limits share.

local function records_of(rec, ids)
  if #ids == 0 or redis.call('HLEN', rec) == 0 then return {} end
  return redis.call('HMGET', rec, unpack(ids))
end

-- The same claim again, for its answer was lost: the ids that are still leased by it and their values, in order; nil if it is another.
local function claimed_before(sinfo, lease, session, number)
  local done, from, to = string.match(redis.call('HGET', sinfo, 'c:' .. session) or '', '^(%d+) (%d+) (%d+)$')
  if done ~= number then return nil end
  local all, found = redis.call('HGETALL', lease), {}
  for i = 1, #all, 2 do
    local token = tonumber(string.match(all[i + 1], '^%d+'))
    if token >= tonumber(from) and token <= tonumber(to) then found[#found + 1] = { token, all[i], all[i + 1] } end
  end
  table.sort(found, function(one, other) return one[1] < other[1] end)
  local ids, values = {}, {}
  for i, entry in ipairs(found) do ids[i], values[i] = entry[2], entry[3] end
  return ids, values
end

-- What has become due goes to the front, in its order; a suspect stays one. It is put there before it is taken away: where a
-- command is refused nothing may be lost.
local function promote(due, front, suspect, rec, now, most)
  local ripe = redis.call('ZRANGEBYSCORE', due, '-inf', now, 'LIMIT', 0, math.max(100, most))
  if #ripe == 0 then return end
  local records, plain = records_of(rec, ripe), {}
  for i, id in ipairs(ripe) do
    if crashes(records[i]) > 0 then redis.call('LPUSH', suspect, id) else plain[#plain + 1] = id end
  end
  if #plain > 0 then redis.call('LPUSH', front, unpack(plain)) end
  redis.call('ZREM', due, unpack(ripe))
end

-- All needs that have jobs, if among them is one that this session knows and did not pass.
local function needs_not_passed(needs, sinfo, session, passed, first)
  local with_jobs = redis.call('HKEYS', needs)
  if #with_jobs == 0 then return nil end
  local known = {}
  for i = first, #passed do known[passed[i]] = true end
  local own = redis.call('HGET', sinfo, 'n:' .. session) or ''
  for _, need in ipairs(with_jobs) do
    if not known[need] and knows_all(own, need) then return with_jobs end
  end
  return nil
end

-- What another producer got wrong.
local function is_no_id(id)
  return #id == 0 or #id > 64 or string.find(id, '[^\32-\126]')
end

