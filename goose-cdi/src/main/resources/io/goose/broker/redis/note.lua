-- keys:
-- One key: the set of all queues. ARGV: queues.
-- Notes queues. The write that changes nothing comes first because a server out of memory refuses one that adds if it is the
-- first of a script: a worker must be able to go on, or memory would never be freed.
redis.call('SREM', KEYS[1], '')
redis.call('SADD', KEYS[1], unpack(ARGV))
return 1
