-- keys: sinfo body rec cancel held
-- One more: lease:<session>
-- Removes jobs that ran to their end: the fast path of settle.
-- ARGV: session, number of the settle, how many, the ids, the lease values; each id once
-- Returns M if the queue has limits, for settle.lua to do it; else one letter for each: A applied, S not this session's any more; the first answer if the number is repeated.
local sinfo, body, rec, cancel, limited, lease = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6]
local session, number, count = ARGV[1], ARGV[2], tonumber(ARGV[3])

local known = redis.call('HMGET', sinfo, 's:' .. session, 'i:' .. session)
local last = known[1]
if last then
  local colon = string.find(last, ':', 1, true)
  if string.sub(last, 1, colon - 1) == number then return string.sub(last, colon + 1) end
end

if redis.call('HLEN', limited) > 0 then return 'M' end

local held = redis.call('HMGET', lease, unpack(ARGV, 4, 3 + count))
local answers, ours = {}, {}
for i = 1, count do
  if held[i] == ARGV[3 + count + i] then
    answers[i] = 'A'
    ours[#ours + 1] = ARGV[3 + i]
  else
    answers[i] = 'S'
  end
end
if #ours > 0 then
  redis.call('HDEL', lease, unpack(ours))
  redis.call('HDEL', body, unpack(ours))
  if redis.call('HLEN', rec) > 0 then redis.call('HDEL', rec, unpack(ours)) end
  if redis.call('HLEN', cancel) > 0 then redis.call('HDEL', cancel, unpack(ours)) end
end
local answer = table.concat(answers)
if known[2] then redis.call('HSET', sinfo, 's:' .. session, number .. ':' .. answer) end
return answer
