-- keys: sess needs unk fxt dead uniq cfg
-- What there is to put in order in a queue; changes nothing. ARGV: most dead, age of the dead (ms)
-- Returns { sessions that have expired, needs with lanes, whether recorded effects are older than 10 s, needs nobody knew,
--   whether some of the dead must go, how many unique keys are noted, whether there are limits }
local now = clock()
return {
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100),
  redis.call('HKEYS', KEYS[2]),
  redis.call('ZCOUNT', KEYS[4], '-inf', now - 10000) > 0 and 1 or 0,
  redis.call('HKEYS', KEYS[3]),
  (redis.call('ZCARD', KEYS[5]) > tonumber(ARGV[1])
    or redis.call('ZCOUNT', KEYS[5], '-inf', now - tonumber(ARGV[2])) > 0) and 1 or 0,
  redis.call('HLEN', KEYS[6]),
  redis.call('HEXISTS', KEYS[7], 'limits')
}
