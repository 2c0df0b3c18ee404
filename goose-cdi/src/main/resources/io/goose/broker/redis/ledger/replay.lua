-- Has dead or parked jobs run anew, with all their retries: they are due at once. ARGV: places, ids
-- Returns { those that were there, names of recorded marks }
local moved, marks = {}, {}
pass()
for i = 2, #ARGV do
  local id = ARGV[i]
  local r = known(id)
  if r and (r.place == 'D' or r.place == 'P') and string.find(ARGV[1], r.place, 1, true)
      and redis.call('HEXISTS', body, id) == 1 then
    if is_member(id) then marks[#marks + 1] = record_mark(fx, fxt, id, r.moves + 1, 'E', now) end
    local state = parse(redis.call('HGET', rec, id))
    state.moves, state.unknownSince = r.moves + 1, '0'
    state.attempt, state.crashes, state.died = '1', '0', '0'
    store(rec, id, state)
    put(id, r, 'S', r.moves + 1, now + i / 4096)
    moved[#moved + 1] = id
  end
end
return { moved, marks }
