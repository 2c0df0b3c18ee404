-- keys: sess
-- More: xa:<branch>, lease:xa:<branch>, and lease:<session> of the session whose leases the branch settles, if it settles some.
-- Keeps a part of what a branch does in this queue; the leases that it settles are the branch's from then on, which never expires. What it
-- settles is its first part.
-- ARGV: branch, name of the part, the part, then the ids of the settled leases and as many values
-- Returns A, also if it was called before; X if the branch was rolled back; S if a lease is not the session's any more: nothing was done then.
local sess, branch, own, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local name, part, count = ARGV[1], ARGV[2], (#ARGV - 3) / 2
if redis.call('HEXISTS', branch, 'x') == 1 then return 'X' end
local owner, entries = 'xa:' .. name, {}
local ids = {}
for i = 1, count do ids[i] = ARGV[3 + i] end
if count > 0 then
  local held, taken = redis.call('HMGET', lease, unpack(ids)), redis.call('HMGET', own, unpack(ids))
  for i = 1, count do
    local value = ARGV[3 + count + i]
    if held[i] ~= value and taken[i] ~= value then return 'S' end
    entries[2 * i - 1], entries[2 * i] = ids[i], value
  end
end
-- The first write is one that a server out of memory refuses: it is all or nothing. A lease leaves its session last.
redis.call('HSET', branch, part, ARGV[3])
if count > 0 then
  redis.call('HSET', own, unpack(entries))
  redis.call('ZADD', sess, 9007199254740991, owner)
  redis.call('HDEL', lease, unpack(ids))
end
return 'A'
