-- Forgets jobs that have been over for long enough, and lets go of the dead that are too many or too old, some at a time. ARGV: for how
-- long tombstones stay (ms), most dead, age of the dead (ms), most tombstones
-- Returns { how many tombstones went, how many dead, whether there are effects that nobody has delivered }
local old = redis.call('ZRANGEBYSCORE', gone, '-inf', '(' .. (now - tonumber(ARGV[1])), 'LIMIT', 0, tonumber(ARGV[4]))
if #old > 0 then
  local rows, over = redis.call('HMGET', row, unpack(old)), {}
  for i, line in ipairs(rows) do
    if line and string.find(line, '^[GN]|') then over[#over + 1] = old[i] end
  end
  if #over > 0 then redis.call('HDEL', row, unpack(over)) end
  redis.call('ZREM', gone, unpack(old))
end
local evicted = evict(dead, body, rec, tonumber(ARGV[2]), tonumber(ARGV[3]), now, row)
return { #old, evicted, #redis.call('ZRANGEBYSCORE', fxt, '-inf', now - 10000, 'LIMIT', 0, 1) }
