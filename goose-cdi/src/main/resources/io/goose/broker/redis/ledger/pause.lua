-- Pauses a queue, or ends its pause. ARGV: 1 or 0
if ARGV[1] == '1' then
  redis.call('HSET', cfg, 'paused', '1')
else
  redis.call('HDEL', cfg, 'paused')
end
return 1
