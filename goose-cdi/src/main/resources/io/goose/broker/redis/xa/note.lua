-- keys:
-- One: the branches of the namespace.
-- Notes a branch before anything of it is stored. ARGV: branch, how many jobs, how many settled leases, the queues with spaces between
-- What is noted: state (P prepared, C committed at once, R rolled back) | since when (ms) | jobs | settled | queues
-- What is there is written once more: who waits for replicas waits for the first call too.
local line = redis.call('HGET', KEYS[1], ARGV[1]) or table.concat({ 'P', clock(), ARGV[2], ARGV[3], ARGV[4] }, '|')
redis.call('HSET', KEYS[1], ARGV[1], line)
return 1
