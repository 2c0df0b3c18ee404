-- Forgets what is known of a job that the transport had, or refused. ARGV: id
-- Returns 1 if there was one.
local id = ARGV[1]
local r = known(id)
if not r or string.find('SDP', r.place, 1, true) then return 0 end
pass()
remove(id, r)
return 1
