-- keys:
-- One: the branches of the namespace.
-- Notes a branch before anything of it is stored. ARGV: branch, how many jobs, how many settled leases, the queues with spaces between
-- What is noted: state (P prepared, C committed at once) | since when (ms) | jobs | settled | queues
redis.call('HSETNX', KEYS[1], ARGV[1], table.concat({ 'P', clock(), ARGV[2], ARGV[3], ARGV[4] }, '|'))
return 1
