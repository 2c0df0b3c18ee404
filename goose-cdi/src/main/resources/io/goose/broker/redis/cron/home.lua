-- keys:
-- Says in which queues an entry is, or may be while it moves. KEYS: <namespace>:cron. ARGV: name, what is said of it ('' for nothing),
-- what is to be said ('' for nothing)
-- Returns what is said then.
local said = redis.call('HGET', KEYS[1], ARGV[1]) or ''
if said ~= ARGV[2] then return said end
if ARGV[3] == '' then
  redis.call('HDEL', KEYS[1], ARGV[1])
else
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
end
return ARGV[3]
