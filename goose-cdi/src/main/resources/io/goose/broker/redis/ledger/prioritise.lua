-- Makes jobs due ahead of all others, in this order. One that the transport has is to be sent again, with more moves: its message is
-- old then. ARGV: places, ids
-- Returns those that were there.
local head = redis.call('ZRANGE', due, 0, 0, 'WITHSCORES')
local before, moved = math.min(now, head[2] and tonumber(head[2]) or now), {}
pass()
for i = 2, #ARGV do
  local id = ARGV[i]
  local r = known(id)
  if r and (r.place == 'S' or r.place == 'T') and string.find(ARGV[1], r.place, 1, true)
      and redis.call('HEXISTS', body, id) == 1 then
    local moves = r.moves
    if r.place == 'T' then
      local state = parse(redis.call('HGET', rec, id))
      moves = moves + 1
      state.moves = moves
      store(rec, id, state)
    end
    put(id, r, 'S', moves, before - (#ARGV - i + 1) / 4096)
    moved[#moved + 1] = id
  end
end
return moved
