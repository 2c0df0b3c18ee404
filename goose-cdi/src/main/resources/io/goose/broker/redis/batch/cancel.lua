-- Notes that a batch is to be cancelled. Returns 1 if it was in progress, else 0.
local m = redis.call('HMGET', batch, 'total', 'completed')
if not m[1] or m[2] then return 0 end
redis.call('HSET', batch, 'asked', '1', 'sealed', '1')
complete()
wake_if_needed()
return 1
