-- Deletes some of what is in a place, from the lowest score on. ARGV: place, most, up to which score ('' for all)
-- Returns { those that are gone, names of recorded marks }
local set, gone, marks = SETS[ARGV[1]], {}, {}
pass()
for _, id in ipairs(redis.call('ZRANGEBYSCORE', set, '-inf', ARGV[3] == '' and '+inf' or ARGV[3], 'LIMIT', 0, tonumber(ARGV[2]))) do
  local r = known(id)
  if r and r.place ~= ARGV[1] then
    redis.call('ZREM', set, id) -- a step that was refused midway has left it; the row counts
  else
    drop(id, r or { place = ARGV[1], moves = 0 }, marks)
    gone[#gone + 1] = id
  end
end
return { gone, marks }
