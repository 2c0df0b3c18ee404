-- Deletes or forgets a job. ARGV: 'delete' one that is not running, or 'forget' what is known of one that the transport had; id
-- Returns 1 if there was one.
local id = ARGV[2]
local r = known(id)
if not r then return 0 end
pass()
if ARGV[1] == 'delete' then
  if r.place == 'T' then
    put(id, r, 'G', r.moves, now) -- its message is old when it comes
    return 1
  end
  if not string.find('SDP', r.place, 1, true) then return 0 end
elseif string.find('SDP', r.place, 1, true) then
  return 0
end
remove(id, r)
return 1
