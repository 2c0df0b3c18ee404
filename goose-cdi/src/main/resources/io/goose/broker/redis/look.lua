-- keys: sess needs unk fxt
-- What there is to put in order in a queue; changes nothing.
-- Returns { sessions that have expired, needs with lanes, whether recorded effects are older than 10 s, needs nobody knew }
local now = clock()
return {
  redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, 100),
  redis.call('HKEYS', KEYS[2]),
  redis.call('ZCOUNT', KEYS[4], '-inf', now - 10000) > 0 and 1 or 0,
  redis.call('HKEYS', KEYS[3])
}
