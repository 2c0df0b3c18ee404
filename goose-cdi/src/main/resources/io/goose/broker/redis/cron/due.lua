-- keys: cron cronst crondue
-- The entries of this queue that are due. ARGV: most, most bytes of definitions
-- Returns { now, ms until the next after these or -1, then for each: name, definition, version|state, due }
local cron, cronst, crondue = KEYS[1], KEYS[2], KEYS[3]
local now = clock()
local most = tonumber(ARGV[1])
local names = redis.call('ZRANGEBYSCORE', crondue, '-inf', now, 'WITHSCORES', 'LIMIT', 0, most)
local answer, bytes, left = { now, -1 }, 0, false
for i = 1, #names, 2 do
  local name = names[i]
  local state, definition = redis.call('HGET', cronst, name), redis.call('HGET', cron, name)
  if state and definition then
    bytes = bytes + #definition
    if #answer > 2 and bytes > tonumber(ARGV[2]) then
      left = true
      break
    end
    answer[#answer + 1] = name
    answer[#answer + 1] = definition
    answer[#answer + 1] = state
    answer[#answer + 1] = names[i + 1]
  else
    redis.call('ZREM', crondue, name) -- it was deleted, or a step was refused midway
  end
end
if left or #names == 2 * most then
  answer[2] = 0
else
  local next = redis.call('ZRANGEBYSCORE', crondue, '(' .. now, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  if next[2] then answer[2] = math.max(0, tonumber(next[2]) - now) end
end
return answer
