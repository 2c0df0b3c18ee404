-- Deletes jobs that are in some places. ARGV: places, ids
-- Returns { those that were there, names of recorded marks }
local deleted, marks = {}, {}
pass()
for i = 2, #ARGV do
  local id = ARGV[i]
  local r = known(id)
  if r and string.find(ARGV[1], r.place, 1, true) then
    drop(id, r, marks)
    deleted[#deleted + 1] = id
  end
end
return { deleted, marks }
