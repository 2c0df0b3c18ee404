-- keys: cfg sess
-- Stops or resumes leasing. ARGV: 1 to pause or 0, prefix of the wake-up channels, queue
if ARGV[1] == '1' then
  redis.call('HSET', KEYS[1], 'paused', '1')
else
  redis.call('HDEL', KEYS[1], 'paused')
  for _, session in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
    redis.pcall('PUBLISH', ARGV[2] .. string.match(session, '^[^.]+'), ARGV[3])
  end
end
return 1
