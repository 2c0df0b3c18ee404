-- keys: sess sinfo idle
-- One more: lease:<session>
-- Ends a session in order: what it still holds will expire and count no crash. ARGV: session
local sess, sinfo, idle, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local session = ARGV[1]
redis.call('ZREM', idle, session)
if redis.call('HLEN', lease) == 0 then
  redis.call('ZREM', sess, session)
  redis.call('HDEL', sinfo, 'i:' .. session, 'n:' .. session, 'c:' .. session, 's:' .. session, 'x:' .. session)
elseif redis.call('ZSCORE', sess, session) then
  redis.call('HSET', sinfo, 'x:' .. session, '1')
end
return 1
