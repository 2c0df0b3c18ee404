-- Has parked jobs that came with a need run again, as they were. ARGV: the need, most
-- Returns how many there were.
local found =
    redis.call('ZRANGEBYLEX', needy, '[' .. ARGV[1] .. '\n', '(' .. ARGV[1] .. '\11', 'LIMIT', 0, tonumber(ARGV[2]))
local count = 0
pass()
for _, member in ipairs(found) do
  local id = string.sub(member, #ARGV[1] + 2)
  local r = known(id)
  if r and (r.place == 'D' or r.place == 'P') and redis.call('HEXISTS', body, id) == 1 then
    local state = parse(redis.call('HGET', rec, id))
    state.moves, state.unknownSince = r.moves + 1, '0'
    store(rec, id, state)
    put(id, r, 'S', r.moves + 1, moment(now))
    count = count + 1
  else
    clear_parked(id)
  end
end
return count
