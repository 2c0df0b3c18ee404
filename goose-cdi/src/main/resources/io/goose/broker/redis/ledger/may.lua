-- Looks whether jobs may be sent at once, or notes that they were. ARGV: 'ask' or 'note', then for each: id, marked (1 or 0), moves
-- Returns one letter for each: Y its id is free, which now has no tombstone or is noted; N it is not.
pass()
local letters = {}
for i = 2, #ARGV, 3 do
  local id, moves = ARGV[i], tonumber(ARGV[i + 2])
  local r = known(id)
  local free = is_free(r, ARGV[i + 1], moves)
  if free and ARGV[1] == 'note' then
    put(id, r, 'N', moves, now)
  elseif free and r then
    remove(id, r)
  end
  letters[#letters + 1] = free and 'Y' or 'N'
end
return table.concat(letters)
