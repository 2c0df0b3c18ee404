-- Takes what is due, or what was taken and is said by nobody to be sent. More: call:<caller>. ARGV: number of the call, 'due' or
-- 'strays', most, most bytes of envelopes, for how long it is the taker's (ms)
-- The same number again takes what is left of the same: the answer was lost.
-- Returns { paused, ids, fences, records, envelopes, ms until the next is due or -1, ids whose envelope was missing, for each whether it goes
-- behind what waits (b) or ahead (f) }
if ARGV[2] == 'due' and redis.call('HEXISTS', cfg, 'paused') == 1 then return { 1, {}, {}, {}, {}, -1, {}, '' } end
local from, place = due, 'S'
if ARGV[2] == 'strays' then from, place = sent, 'T' end
local ends = now + tonumber(ARGV[5])
local before = answered(ARGV[1])
local found
if before then
  local low, high, ended = string.match(before, '^(%d+):(%d+):(%d+)$')
  from, place, found = sent, 'T', {}
  for _, id in ipairs(redis.call('ZRANGEBYSCORE', sent, ended, ended, 'LIMIT', 0, 2000)) do
    local r = known(id)
    local fence = r and tonumber(r.fence)
    if r and fence > tonumber(low) and fence <= tonumber(high) then found[#found + 1] = id end
  end
else
  found = redis.call('ZRANGEBYSCORE', from, '-inf', '(' .. now + 1, 'LIMIT', 0, tonumber(ARGV[3]))
end

local ids, fences, records, envelopes, missing, lanes = {}, {}, {}, {}, {}, {}
local first, bytes = nil, 0
if #found > 0 then pass() end
for n, id in ipairs(found) do
  local r = known(id)
  if r and r.place ~= place then
    redis.call('ZREM', from, id) -- a step that was refused midway has left it; the row counts
  else
    bytes = bytes + redis.call('HSTRLEN', body, id)
    if #ids == tonumber(ARGV[3]) or (#ids > 0 and bytes > tonumber(ARGV[4])) then break end
    local envelope, record = redis.call('HGET', body, id), redis.call('HGET', rec, id)
    local moves = r and r.moves or tonumber(parse(record).moves)
    r = r or { place = place }
    if envelope then
      first = first or draw(#found)
      -- What was sent before keeps its place among what waits.
      local lane = 'f'
      if place == 'S' then
        lane = r.fence == BEHIND and 'b' or 'f'
      else
        lane = tonumber(redis.call('ZSCORE', wait, id) or '0') >= rank('b', 0) and 'b' or 'f'
      end
      put(id, r, 'T', moves, place == 'S' and rank(lane, first + n) or nil, first + n, ends)
      local last = #ids + 1
      ids[last], fences[last], records[last], envelopes[last] = id, first + n, record or '', envelope
      lanes[last] = lane
    else
      put(id, r, 'P', moves, now)
      redis.call('HSET', note, id, 'its envelope is not in Redis any more')
      missing[#missing + 1] = id
    end
  end
end
if first then answer(ARGV[1], first .. ':' .. first + #found .. ':' .. ends) end

local head = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
return { 0, ids, fences, records, envelopes, head[2] and math.max(0, math.floor(head[2]) - now) or -1, missing,
    table.concat(lanes) }
