-- Asked before deliveries are run. More: call:<caller>. ARGV: number of the call, then for each: id, moves, whether it may have come out
-- before (1 or 0), record
-- Returns one letter for each: R it is to be run, O it is old or a copy.
local before = answered(ARGV[1])
if before then return before end
local letters, first = {}, nil
for i = 2, #ARGV, 4 do
  local id, moves, again = ARGV[i], tonumber(ARGV[i + 1]), ARGV[i + 2] == '1'
  local r, runs = known(id), true
  if r then
    if r.moves ~= moves then
      runs = r.moves < moves or r.place == 'N'
    elseif r.place == 'B' then
      runs = again -- else it is another copy of what runs
    else
      runs = r.place == 'T' or r.place == 'S' or r.place == 'N' -- S: taken, sent, and put off by another
    end
    if runs and r.place ~= 'N' then
      if not first then
        pass()
        first = draw(#ARGV)
      end
      if ARGV[i + 3] ~= '' then redis.call('HSET', rec, id, ARGV[i + 3]) end
      put(id, r, 'B', moves, first + i)
    end
  end
  letters[#letters + 1] = runs and 'R' or 'O'
end
local text = table.concat(letters)
return first and answer(ARGV[1], text) or text
