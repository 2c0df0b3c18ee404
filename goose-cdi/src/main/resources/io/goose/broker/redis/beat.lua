-- keys: sess unk cancel
-- One more: lease:<session>
-- Keeps a session alive. ARGV: session, lease (ms)
-- Returns how many leases it holds, the needs for which jobs wait that nobody could run, and the ids and values of leases whose
--   jobs were cancelled; -1 if it is not known here.
-- A server out of memory refuses a script whose first write adds something; a beat must go through all the same.
redis.call('ZREM', KEYS[1], '')
if not redis.call('ZSCORE', KEYS[1], ARGV[1]) then return { -1, {}, {} } end
redis.call('ZADD', KEYS[1], 'XX', clock() + tonumber(ARGV[2]), ARGV[1])
local asked, mine = redis.call('HGETALL', KEYS[3]), {}
for i = 1, #asked, 2 do
  if redis.call('HGET', KEYS[4], asked[i]) == asked[i + 1] then
    mine[#mine + 1], mine[#mine + 2] = asked[i], asked[i + 1]
  end
end
return { redis.call('HLEN', KEYS[4]), redis.call('HKEYS', KEYS[2]), mine }
