-- Does what enqueue.v1.lua does for the usual call, one new job for the back: a third of the arguments, two commands fewer. Both
-- keep the last number of a producer in the same way, so its calls may be of either.
--
-- KEYS, all with the prefix <namespace>:{<queue>}:
--   1 body, 2 back, 3 idle, 4 send:<producer>
-- ARGV: 1 number of this call, never 0; 2 id; 3 envelope
-- Returns A if the job was added, E if a job with this id is there already.

local call, try, number, id = redis.call, redis.pcall, ARGV[1], ARGV[2]

-- The answer is noted first, for that also tells the last one. It is a write that a server out of memory refuses: all or nothing.
local last = call('SET', KEYS[4], number .. ':A', 'PX', 600000, 'GET')
if last and string.sub(last, 1, #number + 1) == number .. ':' then
  call('SET', KEYS[4], last, 'PX', 600000)
  return string.sub(last, #number + 2)
end

local stored = try('HSETNX', KEYS[1], id, ARGV[3])
if stored == 0 then
  call('SET', KEYS[4], number .. ':E', 'PX', 600000)
  return 'E'
end
if stored == 1 then
  local pushed = try('LPUSH', KEYS[2], id)
  if type(pushed) == 'number' then
    -- Wakes one worker that waits; one that leaves jobs behind wakes the next. The job is added already: where the user has no
    -- right to the channel, workers find it a second later.
    local waiting = call('ZPOPMAX', KEYS[3])
    if waiting[1] then
      local time = call('TIME')
      if tonumber(waiting[2]) > tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000) then
        local namespace, queue = string.match(KEYS[3], '^(.*):{(.*)}:idle$')
        try('PUBLISH', namespace .. ':wake:' .. string.match(waiting[1], '^[^.]+'), queue)
      end
    end
    return 'A'
  end
  call('HDEL', KEYS[1], id)
  stored = pushed
end

-- Refused midway. All is as it was, so that a job that nobody would run is not taken for added.
call('SET', KEYS[4], last or '', 'PX', 600000)
return stored
