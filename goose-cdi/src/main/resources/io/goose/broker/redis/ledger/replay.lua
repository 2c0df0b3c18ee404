-- Has a dead or parked job run anew, with all its retries; or parked ones that came with a need, as they were. ARGV: 'job', id; or
-- 'need', the need, most
-- Returns how many there were.
local ids = { ARGV[2] }
if ARGV[1] == 'need' then
  ids = {}
  local found =
      redis.call('ZRANGEBYLEX', needy, '[' .. ARGV[2] .. '\n', '(' .. ARGV[2] .. '\11', 'LIMIT', 0, tonumber(ARGV[3]))
  for n, member in ipairs(found) do ids[n] = string.sub(member, #ARGV[2] + 2) end
end
local count = 0
pass()
for _, id in ipairs(ids) do
  local r = known(id)
  if r and (r.place == 'D' or r.place == 'P') and redis.call('HEXISTS', body, id) == 1 then
    local state = parse(redis.call('HGET', rec, id))
    state.moves, state.unknownSince = r.moves + 1, '0'
    if ARGV[1] == 'job' then state.attempt, state.crashes, state.died = '1', '0', '0' end
    store(rec, id, state)
    put(id, r, 'S', r.moves + 1, moment(now))
    count = count + 1
  elseif ARGV[1] == 'need' then
    clear_parked(id)
  end
end
return count
