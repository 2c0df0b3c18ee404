-- keys: body rec unk
-- More: n:<need> for each need.
-- Ids of jobs that have gone on or were deleted stay noted under what they needed: lets go of some. ARGV: the needs
-- Returns how many needs are not noted any more.
local body, rec, unk = KEYS[1], KEYS[2], KEYS[3]
local FIRST = 4
local gone = 0
for i, need in ipairs(ARGV) do
  local waiting = KEYS[FIRST + i - 1]
  local ids = redis.call('SRANDMEMBER', waiting, 100)
  if #ids > 0 then
    local bodies, records, old = redis.call('HMGET', body, unpack(ids)), redis.call('HMGET', rec, unpack(ids)), {}
    for n, id in ipairs(ids) do
      if not bodies[n] or parse(records[n]).unknownSince == '0' then old[#old + 1] = id end
    end
    if #old > 0 then redis.call('SREM', waiting, unpack(old)) end
  end
  if redis.call('EXISTS', waiting) == 0 then gone = gone + redis.call('HDEL', unk, need) end
end
return gone
