-- keys:
-- One: the branches of the namespace.
-- Decides what becomes of a branch, unless that is decided. ARGV: branch, C it is committed at once or R it is rolled back
-- Returns what is noted of it then; nothing if it is not there.
local line = redis.call('HGET', KEYS[1], ARGV[1])
if not line then return false end
if string.sub(line, 1, 1) == 'P' then line = ARGV[2] .. string.sub(line, 2) end
redis.call('HSET', KEYS[1], ARGV[1], line) -- in any case: who waits for replicas waits for the first call too
return line
