-- Notes that a batch is to be cancelled. Returns 1 if it was in progress, else 0.
local m = redis.call('HMGET', batch, 'total', 'completed', 'sealed', 'asked')
if not m[1] or m[2] then return 0 end
redis.call('HSET', batch, 'asked', m[3] == '1' and (m[4] or '1') or '2', 'sealed', '1') -- 2: it was not made whole
complete()
wake_if_needed()
return 1
