-- keys:
-- One: the branches of the namespace.
-- Decides that a branch is committed, where nobody else does. ARGV: branch
-- Returns whether it was there.
local line = redis.call('HGET', KEYS[1], ARGV[1])
if not line then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], 'C' .. string.sub(line, 2))
return 1
