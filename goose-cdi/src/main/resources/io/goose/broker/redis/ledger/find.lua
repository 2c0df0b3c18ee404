-- Looks for a job that has not ended. ARGV: id
-- Returns {} or { place, envelope, record, note, its score in the set of its place }
local id = ARGV[1]
local r, envelope = known(id), redis.call('HGET', body, id)
if not r or SETS[r.place] == gone or not (envelope or r.place == 'P') then return {} end
return { r.place, envelope or '', redis.call('HGET', rec, id) or '', redis.call('HGET', note, id) or '',
    redis.call('ZSCORE', SETS[r.place], id) or '0' }
