-- Forgets what is known of a job that the transport had, or refused. ARGV: id
-- Returns { whether it was with the transport by right, as far as is known here (1 or 0), the name of what was recorded for its batch }
local id = ARGV[1]
local r = known(id)
if not r then return { 1, {} } end
if string.find('SDP', r.place, 1, true) then return { 0, {} } end
local marks = {}
pass()
if (r.place == 'T' or r.place == 'B') and is_member(id) then marks[1] = record_mark(fx, fxt, id, r.moves, 'C', now) end
remove(id, r)
return { r.place == 'G' and 0 or 1, marks }
