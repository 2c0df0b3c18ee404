-- What was begun was not run to its end, and the transport has it again. ARGV: for each: id, moves, record
pass()
local first = draw(#ARGV)
for i = 1, #ARGV, 3 do
  local id = ARGV[i]
  local r = known(id)
  if r and r.place == 'B' and r.moves == tonumber(ARGV[i + 1]) then
    if ARGV[i + 2] ~= '' then redis.call('HSET', rec, id, ARGV[i + 2]) end
    put(id, r, 'T', r.moves, rank('f', first + i))
  end
end
return 1
