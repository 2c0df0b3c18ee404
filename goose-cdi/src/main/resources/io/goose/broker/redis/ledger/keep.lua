-- Keeps jobs for later. More: call:<caller>. ARGV: number of the call, then for each job: id, marked (1 or 0), moves, time to wait for
-- (epoch ms, or 0 for at once), record, envelope
-- Returns one letter for each: A added, E it is there already, or was if it is marked.
local before = answered(ARGV[1])
if before then return before end
local letters = {}
for i = 2, #ARGV, 6 do
  local id, moves, time = ARGV[i], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  local r = known(id)
  if is_free(r, ARGV[i + 1], moves) then
    put(id, r, 'S', write_new(id, r, moves, ARGV[i + 4], ARGV[i + 5]), moment(time > 0 and time or now))
    letters[#letters + 1] = 'A'
  else
    letters[#letters + 1] = 'E'
  end
end
return answer(ARGV[1], table.concat(letters))
